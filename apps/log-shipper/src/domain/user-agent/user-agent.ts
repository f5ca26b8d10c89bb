import type { EcsUserAgent } from '../parse/ecs.js'
import { firstMatch, type Matcher, matcher } from './matcher.js'
import { Recent } from './recent.js'
import type { UserAgentRules } from './rules.js'

/** How many different user agents are remembered. A site sees some thousands in an hour. */
const remembered = 20_000

/** What of a longer user agent is looked at. Real ones end before; expressions of the list are slow on longer ones. */
const maxLength = 1_000

/** Elasticsearch's name for what no rule knows. */
const other = 'Other'

/**
 * Tells browser, system and device of user agents, named as by Elasticsearch's `user_agent` processor.
 *
 * @param load gives uap-core's rules; called at the first user agent
 */
export function userAgents(load: () => UserAgentRules): (original: string) => EcsUserAgent {
  const recent = new Recent<EcsUserAgent>(remembered)
  let rules: Compiled | undefined
  return (original) => recent.get(original, (text) => classify((rules ??= compiled(load())), text))
}

interface Compiled {
  readonly agents: readonly Matcher[]
  readonly systems: readonly Matcher[]
  readonly devices: readonly Matcher[]
}

function compiled(rules: UserAgentRules): Compiled {
  return {
    agents: rules.user_agent_parsers.map((rule) => matcher(rule.regex, undefined, rule.family_replacement, [rule.v1_replacement, rule.v2_replacement, rule.v3_replacement])),
    systems: rules.os_parsers.map((rule) => matcher(rule.regex, undefined, rule.os_replacement, [rule.os_v1_replacement, rule.os_v2_replacement, rule.os_v3_replacement, rule.os_v4_replacement])),
    devices: rules.device_parsers.map((rule) => matcher(rule.regex, rule.regex_flag, rule.device_replacement)),
  }
}

function classify({ agents, systems, devices }: Compiled, original: string): EcsUserAgent {
  const text = original.slice(0, maxLength)
  const lowerCase = text.toLowerCase()
  const agent = firstMatch(agents, text, lowerCase)
  const system = firstMatch(systems, text, lowerCase)
  const device = firstMatch(devices, text, lowerCase)
  return {
    original,
    name: agent?.name ?? other,
    ...(agent?.version !== undefined && { version: agent.version }),
    ...(system !== undefined && { os: { name: system.name, ...(system.version !== undefined && { version: system.version, full: `${system.name} ${system.version}` }) } }),
    device: { name: device?.name ?? other },
  }
}
