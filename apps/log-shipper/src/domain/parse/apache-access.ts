import { accessExtras, nanoseconds } from './access-extras.js'
import { type AccessLine, accessLine, isCount, timeBracket } from './access-line.js'
import { endpoint, outcomeOf, related, urlOf, userAgentFields } from './draft.js'
import type { EcsEndpoint } from './ecs.js'
import { httpFields, requestLine } from './http-request.js'
import { isIp, isPrivateIp } from './ip-address.js'
import { clfLength, clfTime, isoTime } from './log-time.js'
import type { Draft, ParseContext, Parser, ParseReason } from './parser.js'
import { closingQuote, unescaped } from './quoted.js'

/**
 * Apache's access log: `[vhost[:port] ]address identity user [time] "request" status bytes` (common), with `"referrer"
 * "user agent"` behind it (combined) and what {@link accessExtras} knows, or mod_ssl's `[time] address protocol cipher
 * "request" bytes`. Fields as of Filebeat's Apache module; as there, `-` stays for a user, a referrer and a user agent
 * that the client did not send, so that searches and dashboards made for it find the same.
 */
export const apacheAccess: Parser = (line, context, truncated) => {
  if (line.charCodeAt(0) === 91 && timeBracket(line) !== 0) return sslRequest(line, context)
  const found = accessLine(line, truncated)
  if (typeof found === 'string') return found
  const who = client(found.before)
  return who === undefined ? 'format' : draftOf(found, who, context)
}

function draftOf(found: AccessLine, { destination, address, identity, user: logged }: Client, context: ParseContext): Draft {
  const user = unescaped(logged)
  const request = requestLine(found.request)
  const extras = accessExtras(found.after, 'microseconds')
  const { forwardedFor } = extras
  const duration = found.number === undefined ? extras.duration : nanoseconds(found.number, 'microseconds')
  const source = namedEndpoint(address, context)
  const http = httpFields(request, said(found.referrer), found.status, found.bytes)
  const url = urlOf(request, destination)
  const userAgent = said(found.userAgent)
  const forwarded = forwardedFor[0]
  const access = {
    ...(identity !== '-' && { identity: unescaped(identity) }),
    ...(forwarded !== undefined && { remote_addresses: [...forwardedFor, address] }),
    ...(duration !== undefined && { response_time: Math.round(duration / 1e3) }),
  }
  const draft: Draft = {
    '@timestamp': isoTime(found.time),
    event: { kind: 'event', category: ['web'], type: ['access'], ...outcomeOf(found.status), module: 'apache', dataset: 'apache.access', ...(duration !== undefined && { duration }) },
    service: { type: 'apache' },
    fileset: { name: 'access' },
    source,
    user: { name: user },
    ...related([source.ip, ...forwardedFor], user === '-' ? undefined : user),
  }
  if (destination !== undefined) draft.destination = destination
  if (Object.keys(access).length > 0) draft.apache = { access }
  if (forwarded !== undefined) {
    draft.network = { forwarded_ip: forwarded }
    draft.client = { ip: forwardedFor.find((ip) => !isPrivateIp(ip)) ?? forwarded }
  }
  if (http !== undefined) draft.http = http
  if (url !== undefined) draft.url = url
  if (userAgent !== undefined) draft.user_agent = userAgentFields(userAgent, context)
  return draft
}

function said(field: string | undefined): string | undefined {
  return field === undefined || field === '' ? undefined : unescaped(field)
}

interface Client {
  destination: EcsEndpoint | undefined
  address: string
  identity: string
  user: string
}

/** What stands before the time: a user name may hold blanks, the others none. A virtual host is before an address or a host, never before `-`. */
function client(before: string): Client | undefined {
  const [first = '', second = '', third = '', ...others] = before.split(' ')
  if (!isAddress(first) || second === '' || third === '') return undefined
  if (others.length > 0 && isAddress(second) && (isIp(second) || !isIp(first))) {
    return { destination: hostAndPort(first), address: second, identity: third, user: others.join(' ') }
  }
  return { destination: undefined, address: first, identity: second, user: [third, ...others].join(' ') }
}

/** Whether a text can be an address or the name of a host, with a port or without. */
function isAddress(text: string): boolean {
  return isIp(text) || /^[\w[][\w.:[\]-]*$/.test(text)
}

function hostAndPort(text: string): EcsEndpoint {
  const colon = text.lastIndexOf(':')
  const port = colon < 0 ? '' : text.slice(colon + 1)
  return isCount(port) && port.length < 6 && !isIp(text) ? { domain: text.slice(0, colon), port: Number(port) } : { domain: text }
}

/** As {@link endpoint}; Apache logs names too, with HostnameLookups. */
export function namedEndpoint(address: string, context: ParseContext): EcsEndpoint {
  const found = endpoint(address, context)
  return found.ip === undefined ? { ...found, domain: address } : found
}

/** mod_ssl's request log: `[time] address protocol cipher "request" bytes`. */
function sslRequest(line: string, context: ParseContext): Draft | ParseReason {
  const quote = line.indexOf(' "')
  const end = quote < 0 ? -1 : closingQuote(line, quote + 2)
  const [address = '', protocol = '', cipher = '', ...others] = line.slice(clfLength + 3, Math.max(quote, 0)).split(' ')
  const bytes = line.slice(end + 2)
  if (end < 0 || cipher === '' || others.length > 0 || !isAddress(address) || !(bytes === '-' || isCount(bytes))) return 'format'
  const time = clfTime(line, 1)
  if (Number.isNaN(time)) return 'time'
  const request = requestLine(line.slice(quote + 2, end))
  const http = httpFields(request, undefined, undefined, bytes === '-' ? undefined : Number(bytes))
  const source = namedEndpoint(address, context)
  return {
    '@timestamp': isoTime(time),
    event: { kind: 'event', category: ['web'], type: ['access'], module: 'apache', dataset: 'apache.access' },
    service: { type: 'apache' },
    fileset: { name: 'access' },
    source,
    ...related([source.ip]),
    apache: { access: { ssl: { protocol, cipher } } },
    tls: { cipher, ...tlsVersion(protocol) },
    ...(http !== undefined && { http }),
    ...(request !== undefined && { url: request.url }),
  }
}

/** `TLSv1.2` as name and number; `SSLv3` has no number after the point. */
function tlsVersion(protocol: string): { version?: string; version_protocol?: string } {
  const [name, version, ...others] = protocol.toLowerCase().split('v')
  if (name === undefined || version === undefined || version === '' || others.length > 0) return {}
  return { version: version.includes('.') ? version : `${version}.0`, version_protocol: name }
}
