import { isCount } from './access-line.js'
import { namedEndpoint } from './apache-access.js'
import { related } from './draft.js'
import { isIp } from './ip-address.js'
import { apacheErrorTime, isoTime } from './log-time.js'
import type { Draft, Parser } from './parser.js'

/** Levels that Filebeat's module calls errors; the others are information. */
const errorLevels: ReadonlySet<string> = new Set(['emerg', 'alert', 'crit', 'error', 'warn'])

/** What this app files as its path and referrer, as Filebeat's module does. */
const missingFile = 'File does not exist: '
const referer = ', referer: '

/**
 * Apache's error log, of 2.2 (`[time] [level] [client address] message`) and of 2.4 (`[time] [module:level] [pid N:tid N]
 * [client address:port] message`). Fields as of Filebeat's Apache module.
 */
export const apacheError: Parser = (line, context) => {
  if (line.charCodeAt(0) !== 91) return 'format'
  const timeEnd = line.indexOf('] [')
  const levelEnd = line.indexOf(']', timeEnd + 3)
  if (timeEnd < 0 || timeEnd > 40 || levelEnd < 0) return 'format'
  const level = line.slice(timeEnd + 3, levelEnd)
  const colon = level.indexOf(':')
  const logLevel = level.slice(colon + 1)
  if (!/^[a-z]{1,10}\d?$/i.test(logLevel)) return 'format'
  const time = apacheErrorTime(line.slice(1, timeEnd), context.zone)
  if (Number.isNaN(time)) return 'time'
  const process = processOf(line, levelEnd + 1)
  const client = bracketed(line, process.end, ' [client ')
  const begin = client.end
  const message = line.slice(line.charCodeAt(begin) === 32 ? begin + 1 : begin)
  const draft: Draft = {
    '@timestamp': isoTime(time),
    event: { kind: 'event', category: ['web'], type: [errorLevels.has(logLevel) ? 'error' : 'info'], module: 'apache', dataset: 'apache.error', timezone: context.zone.name },
    service: { type: 'apache' },
    fileset: { name: 'error' },
    log: { level: logLevel },
    message,
  }
  if (colon > 0) draft.apache = { error: { module: level.slice(0, colon) } }
  if (process.pid !== undefined) draft.process = { pid: process.pid, ...(process.tid !== undefined && { thread: { id: process.tid } }) }
  if (client.text !== undefined) {
    const { host, port } = hostAndPort(client.text, colon > 0)
    const source = namedEndpoint(host, context)
    draft.source = port === undefined ? source : { ...source, port }
    Object.assign(draft, related([source.ip]))
  }
  const from = message.lastIndexOf(referer)
  if (from >= 0) draft.http = { request: { referrer: message.slice(from + referer.length) } }
  if (message.startsWith(missingFile)) draft.file = { path: message.slice(missingFile.length, from < 0 ? undefined : from) }
  return draft
}

/** The text of ` [name …]` at an index. */
function bracketed(line: string, at: number, opening: string): { text?: string; end: number } {
  if (!line.startsWith(opening, at)) return { end: at }
  const close = line.indexOf(']', at)
  return close < 0 ? { end: at } : { text: line.slice(at + opening.length, close), end: close + 1 }
}

function processOf(line: string, at: number): { pid?: number; tid?: number; end: number } {
  const { text, end } = bracketed(line, at, ' [pid ')
  if (text === undefined) return { end }
  const colon = text.indexOf(':tid ')
  const pid = colon < 0 ? text : text.slice(0, colon)
  const tid = colon < 0 ? '' : text.slice(colon + 5)
  if (!isCount(pid)) return { end: at }
  return { pid: Number(pid), ...(isCount(tid) && { tid: Number(tid) }), end }
}

/**
 * `address:port` of 2.4, `address` of 2.2. Of an IPv6 address without brackets nothing tells the last group from a port
 * but that 2.4 always has one.
 */
function hostAndPort(text: string, isNewer: boolean): { host: string; port?: number } {
  const colon = text.lastIndexOf(':')
  const port = text.slice(colon + 1)
  const host = text.slice(0, Math.max(colon, 0))
  const hasPort = colon > 0 && isCount(port) && port.length < 6 && (!host.includes(':') || (isIp(host) && (isNewer || !isIp(text))))
  return hasPort ? { host, port: Number(port) } : { host: text }
}
