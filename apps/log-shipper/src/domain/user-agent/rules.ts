/** What uap-core's `regexes.yaml` holds, as far as it is used (https://github.com/ua-parser/uap-core, docs/specification.md). */
export interface UserAgentRules {
  readonly user_agent_parsers: readonly UserAgentRule[]
  readonly os_parsers: readonly OsRule[]
  readonly device_parsers: readonly DeviceRule[]
}

export interface UserAgentRule {
  readonly regex: string
  readonly family_replacement?: string
  readonly v1_replacement?: string | number
  readonly v2_replacement?: string | number
  readonly v3_replacement?: string | number
}

export interface OsRule {
  readonly regex: string
  readonly os_replacement?: string
  readonly os_v1_replacement?: string | number
  readonly os_v2_replacement?: string | number
  readonly os_v3_replacement?: string | number
  readonly os_v4_replacement?: string | number
}

export interface DeviceRule {
  readonly regex: string
  readonly regex_flag?: string
  readonly device_replacement?: string
}
