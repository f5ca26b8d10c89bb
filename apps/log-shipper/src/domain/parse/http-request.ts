import type { EcsHttp, EcsUrl } from './ecs.js'
import { unescaped } from './quoted.js'
import { connectParts, urlParts } from './url-parts.js'

export interface RequestLine {
  readonly method: string
  readonly version?: string
  readonly url: EcsUrl
}

/** The longest name of a method that is believed: a word, not the beginning of something else. */
const maxMethod = 32

/**
 * The request line as the server logged it, or undefined when it is no HTTP: empty, `-`, the bytes of a TLS handshake, or
 * what a scanner sent. A target with blanks in it is kept whole.
 */
export function requestLine(logged: string): RequestLine | undefined {
  const space = logged.indexOf(' ')
  if (space < 1 || space > maxMethod || !isToken(logged, space)) return undefined
  const method = logged.slice(0, space)
  const protocol = logged.lastIndexOf(' HTTP/')
  if (protocol > space) {
    const version = logged.slice(protocol + 6)
    if (!isVersion(version)) return undefined
    return { method, version, url: target(method, logged.slice(space + 1, protocol)) }
  }
  // HTTP/0.9 has no version.
  return logged.charCodeAt(space + 1) === 47 ? { method, url: target(method, logged.slice(space + 1)) } : undefined
}

function target(method: string, logged: string): EcsUrl {
  const plain = unescaped(logged)
  return method === 'CONNECT' ? connectParts(plain) : urlParts(plain)
}

function isToken(text: string, end: number): boolean {
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i)
    if (!((code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 45 || code === 95 || (code >= 48 && code <= 57))) return false
  }
  return true
}

function isVersion(text: string): boolean {
  return text.length <= 3 && /^\d(\.\d)?$/.test(text)
}

/** `http`, of what is there of request and response; undefined when nothing is. */
export function httpFields(request: RequestLine | undefined, referrer: string | undefined, status: number | undefined, bytes: number | undefined): EcsHttp | undefined {
  const http: EcsHttp = {}
  if (request?.version !== undefined) http.version = request.version
  if (request !== undefined || referrer !== undefined) {
    http.request = {}
    if (request !== undefined) http.request.method = request.method
    if (referrer !== undefined) http.request.referrer = referrer
  }
  if (status !== undefined || bytes !== undefined) {
    http.response = {}
    if (status !== undefined) http.response.status_code = status
    if (bytes !== undefined) http.response.body = { bytes }
  }
  return http.version === undefined && http.request === undefined && http.response === undefined ? undefined : http
}
