import { redactText } from '../redaction.js'
import { loggedUrl } from './logged-url.js'

/** A request that has ended, as the access logs tell it. */
export interface AccessEntry {
  /** When it ended. Milliseconds since the Unix epoch. */
  readonly at: number
  readonly method: string
  /** As it was asked for. */
  readonly url: string
  /** Such as 1.1 */
  readonly httpVersion: string
  /** As it is registered; undefined: there is none for the URL. */
  readonly route: string | undefined
  readonly status: number
  /** Of the answer's body; undefined where it was streamed, or cut off. */
  readonly bytes: number | undefined
  /** How long it took, in milliseconds. */
  readonly ms: number
  readonly address: string | undefined
  /** Whose API key it had. */
  readonly client: string | undefined
  readonly referrer: string | undefined
  readonly userAgent: string | undefined
  /** What the client or a proxy calls it by, in `X-Request-Id`. */
  readonly requestId: string | undefined
  readonly traceId: string | undefined
  readonly spanId: string | undefined
}

/** An entry in which nothing is left that must not be logged. */
export interface LoggedEntry extends AccessEntry {
  readonly isLogged: true
}

/** What a request id looks like; another one is the client's to keep. */
const requestId = /^[\w.:-]{1,128}$/

/** The same entry without personal data and secrets. */
export function loggedEntry(entry: AccessEntry): LoggedEntry {
  const { url, address, referrer, userAgent } = entry
  return {
    ...entry,
    isLogged: true,
    url: loggedUrl(utf8(url)),
    // An IPv4 address of a socket that takes both.
    address: address?.startsWith('::ffff:') === true ? address.slice(7) : address,
    referrer: referrer === undefined ? undefined : loggedUrl(utf8(referrer)),
    userAgent: userAgent === undefined ? undefined : redactText(utf8(userAgent)),
    requestId: entry.requestId !== undefined && requestId.test(entry.requestId) ? redactText(entry.requestId) : undefined,
  }
}

/**
 * A line of the combined format, as Apache httpd and nginx write it:
 * `address - client [time] "request" status bytes "referrer" "user agent"`. What clients send is escaped as nginx does
 * it (`\xNN` for each byte that is a quote, a backslash or no printable ASCII), so that a line is one line.
 */
export function combinedLine({ at, method, url, httpVersion, status, bytes, address, client, referrer, userAgent }: LoggedEntry): string {
  const request = `${escaped(method)} ${escaped(url)} HTTP/${httpVersion}`
  return `${address ?? '-'} - ${field(client)} [${clfTime(at)}] "${request}" ${status} ${bytes ?? '-'} "${field(referrer)}" "${field(userAgent)}"\n`
}

/** A line of JSON: an ECS document, with the route in `labels.route` and the duration in nanoseconds. */
export function ecsLine(service: string, entry: LoggedEntry): string {
  const { at, method, url, httpVersion, route, status, bytes, ms, address, client, referrer, userAgent, traceId, spanId } = entry
  const question = url.indexOf('?')
  const document = {
    '@timestamp': new Date(at).toISOString(),
    'log.level': status >= 500 ? 'error' : 'info',
    message: `${method} ${route ?? '(no route)'} ${status}`,
    'ecs.version': '8.17.0',
    event: { kind: 'event', category: ['web'], type: ['access'], outcome: status < 400 ? 'success' : 'failure', duration: Math.round(ms * 1e6) },
    service: { name: service },
    http: { version: httpVersion, request: { id: entry.requestId ?? spanId, method, referrer }, response: { status_code: status, body: bytes === undefined ? undefined : { bytes } } },
    url: { original: url, path: question < 0 ? url : url.slice(0, question), query: question < 0 ? undefined : url.slice(question + 1) },
    labels: route === undefined ? undefined : { route },
    source: address === undefined ? undefined : { address, ip: address },
    user: client === undefined ? undefined : { name: client },
    user_agent: userAgent === undefined ? undefined : { original: userAgent },
    trace: traceId === undefined ? undefined : { id: traceId },
    span: spanId === undefined ? undefined : { id: spanId },
  }
  return `${JSON.stringify(document)}\n`
}

function field(text: string | undefined): string {
  return text === undefined || text === '' ? '-' : escaped(text)
}

const unsafe = /["\\]|[^\x20-\x7e]/
const eachUnsafe = /["\\]|[^\x20-\x7e]/gu

function escaped(text: string): string {
  if (!unsafe.test(text)) return text
  return text.replace(eachUnsafe, (character) => [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''))
}

/** Node has the bytes of a request line and of headers as characters up to U+00FF; bytes that are no UTF-8 become U+FFFD. */
function utf8(text: string): string {
  return /[^ -\x7f]/.test(text) ? Buffer.from(text, 'latin1').toString() : text
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
let second = -1
let text = ''

/** Such as 29/Nov/2026:17:49:07 +0000; made once a second. */
function clfTime(at: number): string {
  const its = Math.floor(at / 1000)
  if (its === second) return text
  const time = new Date(its * 1000)
  const two = (number: number) => String(number).padStart(2, '0')
  text = `${two(time.getUTCDate())}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}:${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} +0000`
  second = its
  return text
}
