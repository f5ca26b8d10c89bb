import { isCount } from './access-line.js'
import type { EcsSyslog } from './ecs.js'
import { isoTime, rfc3164Time, rfc3339Time } from './log-time.js'
import type { Draft, Parser } from './parser.js'
import { isError, priorityFields, priorityOf } from './syslog.js'

/**
 * Syslog of RFC 3164, `<PRI>Oct  7 13:55:36 host tag[pid]: message`, and as daemons write it to files: without `<PRI>`,
 * or with a time of RFC 3339.
 */
export const syslog3164: Parser = (line, context) => {
  const pri = priorityOf(line)
  const from = pri?.end ?? 0
  const isDigit = line.charCodeAt(from) >= 48 && line.charCodeAt(from) <= 57
  const timeEnd = isDigit ? line.indexOf(' ', from) : from + 15
  if (timeEnd < 0 || line.charCodeAt(timeEnd) !== 32) return 'format'
  if (isDigit ? line.charCodeAt(from + 4) !== 45 : line.charCodeAt(from + 9) !== 58) return 'format'
  const time = isDigit ? rfc3339Time(line.slice(from, timeEnd), context.zone) : rfc3164Time(line, from, context.zone, context.now)
  if (Number.isNaN(time)) return 'time'
  const hostEnd = line.indexOf(' ', timeEnd + 1)
  if (hostEnd < 0) return 'format'
  const hostname = line.slice(timeEnd + 1, hostEnd)
  const { name, pid, messageAt } = tagAt(line, hostEnd + 1)
  const { level, syslog }: { level?: string; syslog: EcsSyslog } = pri === undefined ? { syslog: {} } : priorityFields(pri.priority)
  syslog.hostname = hostname
  if (name !== undefined) syslog.appname = name
  if (pid !== undefined) syslog.procid = pid
  const draft: Draft = {
    '@timestamp': isoTime(time),
    event: { kind: 'event', type: [isError(syslog) ? 'error' : 'info'], dataset: 'syslog', ...(!isDigit && { timezone: context.zone.name }) },
    log: { ...(level !== undefined && { level }), syslog },
    host: { hostname },
    message: line.slice(messageAt),
  }
  if (name !== undefined) draft.process = { name, ...(pid !== undefined && isCount(pid) && { pid: Number(pid) }) }
  return draft
}

/** The longest tag that is believed: RFC 3164 allows 32, daemons write longer ones. */
const maxTag = 128

/** `tag[pid]: ` at an index; where there is none, all of it is the message. */
function tagAt(line: string, from: number): { name?: string; pid?: string; messageAt: number } {
  const space = line.indexOf(' ', from)
  const end = space < 0 ? line.length : space
  if (end - from > maxTag || line.charCodeAt(end - 1) !== 58) return { messageAt: from }
  const tag = line.slice(from, end - 1)
  const bracket = tag.indexOf('[')
  const messageAt = Math.min(end + 1, line.length)
  if (bracket < 1 || !tag.endsWith(']')) return { name: tag, messageAt }
  return { name: tag.slice(0, bracket), pid: tag.slice(bracket + 1, -1), messageAt }
}
