/**
 * A log entry in the names of the Elastic Common Schema (ECS 8), as far as this app uses it, with the field sets that
 * Filebeat's nginx and Apache modules add. One document of the index.
 */
export interface EcsDocument {
  /** When it happened; of an entry without a readable time, when it was read. ISO 8601, UTC. */
  '@timestamp': string
  ecs: { version: string }
  event: EcsEvent
  message?: string
  /** Holds `_parsefailure` on an entry that could not be parsed. */
  tags?: string[]
  labels?: Record<string, string>
  log?: EcsLog
  host?: { name?: string; hostname?: string }
  service?: { name?: string; type?: string; version?: string; environment?: string }
  fileset?: { name: string }
  source?: EcsEndpoint
  client?: EcsEndpoint
  destination?: EcsEndpoint
  network?: { forwarded_ip: string }
  http?: EcsHttp
  url?: EcsUrl
  user?: { name: string }
  user_agent?: EcsUserAgent
  process?: { pid?: number; name?: string; thread?: { id: number } }
  file?: { path: string }
  error?: { message?: string; type?: string; code?: string; stack_trace?: string }
  trace?: { id: string }
  transaction?: { id: string }
  span?: { id: string }
  related?: { ip?: string[]; user?: string[] }
  tls?: { cipher: string; version?: string; version_protocol?: string }
  nginx?: { access?: { remote_ip_list: string[] }; error?: { connection_id: number } }
  apache?: {
    access?: { identity?: string; remote_addresses?: string[]; response_time?: number; ssl?: { protocol: string; cipher: string } }
    error?: { module: string }
  }
  /** What a JSON line says beyond ECS, as it stands there. */
  json?: Record<string, unknown>
}

export interface EcsEvent {
  kind: 'event'
  category?: string[]
  type?: string[]
  outcome?: 'success' | 'failure'
  module?: string
  dataset: string
  /** The entry as it was shipped. */
  original: string
  /** The zone by which a time without zone was read: an IANA name, or an offset such as -02:00. */
  timezone?: string
  /** Nanoseconds. */
  duration?: number
  /** When the entry was read. ISO 8601, UTC. */
  created?: string
}

export interface EcsLog {
  level?: string
  logger?: string
  offset?: number
  file?: { path: string }
  flags?: string[]
  syslog?: EcsSyslog
}

export interface EcsSyslog {
  priority?: number
  facility?: { code: number; name: string }
  severity?: { code: number; name: string }
  version?: string
  hostname?: string
  appname?: string
  procid?: string
  msgid?: string
  structured_data?: Record<string, Record<string, string>>
}

export interface EcsEndpoint {
  address?: string
  ip?: string
  domain?: string
  port?: number
  geo?: EcsGeo
  as?: { number: number; organization?: { name: string } }
}

export interface EcsGeo {
  continent_name?: string
  country_iso_code?: string
  country_name?: string
  region_iso_code?: string
  region_name?: string
  city_name?: string
  location?: { lat: number; lon: number }
}

export interface EcsHttp {
  version?: string
  request?: { method?: string; referrer?: string; id?: string }
  response?: { status_code?: number; body?: { bytes: number } }
}

export interface EcsUrl {
  original?: string
  path?: string
  query?: string
  extension?: string
  fragment?: string
  scheme?: string
  domain?: string
  port?: number
}

export interface EcsUserAgent {
  original: string
  name?: string
  version?: string
  os?: { name: string; version?: string; full?: string }
  device?: { name: string }
}

/** The version of ECS that the names are of. */
export const ecsVersion = '8.17.0'
