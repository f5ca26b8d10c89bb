import { endpoint, related } from './draft.js'
import { isCount } from './access-line.js'
import { requestLine } from './http-request.js'
import { isoTime, nginxErrorTime } from './log-time.js'
import type { Draft, Parser } from './parser.js'
import { unescaped } from './quoted.js'

const timeLength = 19

/**
 * nginx's error log: `2016/10/25 14:49:34 [error] pid#tid: *connection message`, and what nginx says of the request
 * behind the message (`, client: …, server: …, request: "…", upstream: "…", host: "…", referrer: "…"`). Fields as of
 * Filebeat's nginx module, and those of the request.
 */
export const nginxError: Parser = (line, context) => {
  if (line.charCodeAt(4) !== 47 || line.charCodeAt(timeLength) !== 32 || line.charCodeAt(timeLength + 1) !== 91) return 'format'
  const bracket = line.indexOf(']', timeLength)
  const hash = line.indexOf('#', bracket)
  const colon = line.indexOf(':', hash)
  if (bracket < 0 || hash < 0 || colon < 0) return 'format'
  const level = line.slice(timeLength + 2, bracket)
  const pid = line.slice(bracket + 2, hash)
  const tid = line.slice(hash + 1, colon)
  if (!/^[a-z]{1,10}$/.test(level) || !isCount(pid) || !isCount(tid)) return 'format'
  const time = nginxErrorTime(line, context.zone)
  if (Number.isNaN(time)) return 'time'
  const begin = line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1
  const connection = connectionAt(line, begin)
  const message = line.slice(connection === undefined ? begin : line.indexOf(' ', begin) + 1)
  const draft: Draft = {
    '@timestamp': isoTime(time),
    event: { kind: 'event', category: ['web'], type: ['error'], module: 'nginx', dataset: 'nginx.error', timezone: context.zone.name },
    service: { type: 'nginx' },
    fileset: { name: 'error' },
    log: { level },
    process: { pid: Number(pid), thread: { id: Number(tid) } },
    message,
  }
  if (connection !== undefined) draft.nginx = { error: { connection_id: connection } }
  const about = aboutRequest(message)
  if (about.client !== undefined) {
    draft.source = endpoint(about.client, context)
    Object.assign(draft, related([draft.source.ip]))
  }
  const request = about.request === undefined ? undefined : requestLine(about.request)
  if (request !== undefined) {
    draft.http = { request: { method: request.method }, ...(request.version !== undefined && { version: request.version }) }
    draft.url = request.url
  }
  if (about.referrer !== undefined) draft.http = { ...draft.http, request: { ...draft.http?.request, referrer: unescaped(about.referrer) } }
  if (about.host !== undefined && draft.url !== undefined) draft.url.domain ??= about.host.replace(/:\d{1,5}$/, '')
  return draft
}

/** The number of `*42 `. */
function connectionAt(line: string, at: number): number | undefined {
  if (line.charCodeAt(at) !== 42) return undefined
  const digits = line.slice(at + 1, line.indexOf(' ', at))
  return isCount(digits) ? Number(digits) : undefined
}

interface About {
  client?: string
  request?: string
  host?: string
  referrer?: string
}

const begins = ', client: '

/**
 * What nginx appends to a message. It begins at the first `, client: ` outside of quotes: paths in a message are quoted.
 * nginx does not escape the quotes of what clients send here, so a client can forge what these fields say, though never
 * the message, which stays whole, nor another entry.
 */
function aboutRequest(message: string): About {
  const about: Partial<Record<string, string>> = Object.create(null)
  let at = beginOf(message)
  while (at >= 0 && message.startsWith(', ', at)) {
    const colon = message.indexOf(': ', at)
    if (colon < 0) break
    const name = message.slice(at + 2, colon)
    const isQuoted = message.charCodeAt(colon + 2) === 34
    const end = isQuoted ? endOfQuoted(message, colon + 3) : endOfBare(message, colon + 2)
    about[name] ??= message.slice(colon + (isQuoted ? 3 : 2), end)
    at = isQuoted ? end + 1 : end
  }
  const { client, request, host, referrer } = about
  return { ...(client !== undefined && { client }), ...(request !== undefined && { request }), ...(host !== undefined && { host }), ...(referrer !== undefined && { referrer }) }
}

function beginOf(message: string): number {
  let quotes = 0
  let quote = message.indexOf('"')
  for (let at = message.indexOf(begins); at >= 0; at = message.indexOf(begins, at + 1)) {
    for (; quote >= 0 && quote < at; quote = message.indexOf('"', quote + 1)) quotes++
    if (quotes % 2 === 0) return at
  }
  return -1
}

/** nginx's quoted values end at a quote that a comma or the end follows. */
function endOfQuoted(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    const next = text.charCodeAt(quote + 1)
    if (next === 44 || Number.isNaN(next)) return quote
  }
  return text.length
}

function endOfBare(text: string, from: number): number {
  const comma = text.indexOf(', ', from)
  return comma < 0 ? text.length : comma
}
