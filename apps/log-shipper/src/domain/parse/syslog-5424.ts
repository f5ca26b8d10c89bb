import { isCount } from './access-line.js'
import { isoTime, rfc3339Time } from './log-time.js'
import type { Draft, Parser } from './parser.js'
import { isError, priorityFields, priorityOf } from './syslog.js'

/** Elements of structured data and their parameters, by their names. */
type StructuredData = Record<string, Record<string, string>>

/** Syslog of RFC 5424: `<PRI>1 TIME HOST APP PROCID MSGID [SD-ELEMENT …] MESSAGE`. A time that is `-` is when the entry was read. */
export const syslog5424: Parser = (line, context) => {
  const pri = priorityOf(line)
  if (pri === undefined || line.charCodeAt(pri.end) !== 49 || line.charCodeAt(pri.end + 1) !== 32) return 'format'
  const words: string[] = []
  let at = pri.end + 2
  for (let i = 0; i < 5; i++) {
    const space = line.indexOf(' ', at)
    if (space < 0) return 'format'
    words.push(line.slice(at, space))
    at = space + 1
  }
  const [stamp = '-', hostname = '-', appname = '-', procid = '-', msgid = '-'] = words
  const data = structuredData(line, at)
  if (data === undefined) return 'format'
  const time = stamp === '-' ? context.now : rfc3339Time(stamp, context.zone)
  if (Number.isNaN(time)) return 'time'
  const { level, syslog } = priorityFields(pri.priority)
  syslog.version = '1'
  if (hostname !== '-') syslog.hostname = hostname
  if (appname !== '-') syslog.appname = appname
  if (procid !== '-') syslog.procid = procid
  if (msgid !== '-') syslog.msgid = msgid
  if (data.elements !== undefined) syslog.structured_data = data.elements
  let message = line.slice(data.end)
  if (message.startsWith(' ')) message = message.slice(1)
  // The message may begin with a byte order mark, which says that it is UTF-8.
  if (message.charCodeAt(0) === 0xfeff) message = message.slice(1)
  const draft: Draft = {
    '@timestamp': isoTime(time),
    event: { kind: 'event', type: [isError(syslog) ? 'error' : 'info'], dataset: 'syslog' },
    log: { level, syslog },
    message,
  }
  if (hostname !== '-') draft.host = { hostname }
  if (appname !== '-' || isCount(procid)) draft.process = { ...(appname !== '-' && { name: appname }), ...(isCount(procid) && { pid: Number(procid) }) }
  return draft
}

/** Structured data at an index (RFC 5424, 6.3): `-`, or elements in brackets; undefined where it breaks off. */
function structuredData(line: string, from: number): { elements?: StructuredData; end: number } | undefined {
  if (line.charCodeAt(from) === 45) return { end: from + 1 }
  const elements: StructuredData = Object.create(null)
  let at = from
  while (line.charCodeAt(at) === 91) {
    const element = parameters(line, at)
    if (element === undefined) return undefined
    elements[element.id] = element.values
    at = element.end
  }
  return at === from ? undefined : { elements, end: at }
}

function parameters(line: string, open: number): { id: string; values: Record<string, string>; end: number } | undefined {
  let at = open + 1
  while (at < line.length && line.charCodeAt(at) !== 32 && line.charCodeAt(at) !== 93) at++
  const id = line.slice(open + 1, at)
  const values: Record<string, string> = Object.create(null)
  while (line.charCodeAt(at) === 32) {
    const equals = line.indexOf('="', at)
    if (equals < 0) return undefined
    const value = valueAt(line, equals + 2)
    if (value === undefined) return undefined
    values[line.slice(at + 1, equals)] = value.text
    at = value.end
  }
  return line.charCodeAt(at) === 93 && id !== '' ? { id, values, end: at + 1 } : undefined
}

/** A value in quotes, in which `"`, `\` and `]` are escaped by a backslash. */
function valueAt(line: string, from: number): { text: string; end: number } | undefined {
  let text = ''
  let begin = from
  for (let at = from; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if (code === 34) return { text: text + line.slice(begin, at), end: at + 1 }
    if (code !== 92) continue
    const next = line.charCodeAt(at + 1)
    if (next === 34 || next === 92 || next === 93) {
      text += line.slice(begin, at)
      begin = ++at
    }
  }
  return undefined
}
