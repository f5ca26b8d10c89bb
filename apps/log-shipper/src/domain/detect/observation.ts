import type { EcsDocument } from '../parse/ecs.js'
import { routeOf } from './route.js'

/** What detection looks at of an entry. */
export interface Observation {
  readonly service: string
  /** When it happened. Milliseconds since the Unix epoch. */
  readonly at: number
  /** Of a request. */
  readonly request?: { readonly route: string; readonly failed: boolean; readonly ms: number | undefined; readonly sample: string }
  /** The message of an entry that is an error. */
  readonly error?: string
}

const errorLevels: ReadonlySet<string> = new Set(['error', 'crit', 'critical', 'alert', 'emerg', 'emergency', 'fatal', 'panic'])
const longestSample = 120

/**
 * A request that was answered, or an error that was logged; undefined for what is neither. Only what the server is at
 * fault for has failed: 5xx. What clients ask wrongly (4xx) comes in storms that nobody can mend.
 *
 * @param service in whose name the entry was shipped
 */
export function observationOf(document: EcsDocument, service: string): Observation | undefined {
  const at = Date.parse(document['@timestamp'])
  const { http, url, event, log, message } = document
  const status = http?.response?.status_code
  if (typeof status === 'number') {
    const route = routeOf(http?.request?.method, url?.path)
    const sample = `${status} ${http?.request?.method ?? '-'} ${url?.path ?? '-'}`.slice(0, longestSample)
    return { service, at, request: { route, failed: status >= 500, ms: typeof event.duration === 'number' ? event.duration / 1e6 : undefined, sample } }
  }
  if (typeof log?.level === 'string' && errorLevels.has(log.level) && typeof message === 'string') return { service, at, error: message }
  return undefined
}
