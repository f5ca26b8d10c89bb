import type { EcsDocument } from './parse/ecs.js'

/** An entry as a person reads it: four columns. */
export interface ToldEntry {
  /** ISO 8601, UTC. */
  readonly time: string
  readonly service: string
  /** The status of a request, the level of a message; `?` where neither is known. */
  readonly status: string
  readonly text: string
}

/** Levels of an entry that tells of something that went wrong. */
const errorLevels: ReadonlySet<string> = new Set(['error', 'crit', 'critical', 'alert', 'emerg', 'emergency', 'fatal', 'panic'])

/** The columns of an entry's document. */
export function toldEntry(document: EcsDocument): ToldEntry {
  const { http, url, source, event, log, service, message } = document
  const head = { time: document['@timestamp'], service: service?.name ?? '-' }
  const status = http?.response?.status_code
  if (status === undefined) return { ...head, status: log?.level ?? '?', text: message ?? event.original }
  const took = typeof event.duration === 'number' ? `${Number((event.duration / 1e6).toPrecision(3))} ms` : undefined
  const parts = [http?.request?.method ?? '-', url?.original ?? url?.path ?? '-', took, source?.address]
  return { ...head, status: String(status), text: parts.filter((part) => part !== undefined).join(' ') }
}

/** Whether an entry tells of a failure: a request that was answered with 5xx, or a message of a level that is an error. */
export function isFailure({ http, log, event }: EcsDocument): boolean {
  const status = http?.response?.status_code
  if (typeof status === 'number') return status >= 500
  return (typeof log?.level === 'string' && errorLevels.has(log.level)) || event.type?.includes('error') === true
}
