import { accessExtras } from './access-extras.js'
import { accessLine, isCount } from './access-line.js'
import { endpoint, outcomeOf, related, urlOf, userAgentFields } from './draft.js'
import type { EcsEndpoint } from './ecs.js'
import { httpFields, requestLine } from './http-request.js'
import { isIp, isPrivateIp } from './ip-address.js'
import { isoTime } from './log-time.js'
import type { Draft, Parser } from './parser.js'
import { unescaped } from './quoted.js'

/**
 * nginx's access log: `[host[:port] ]addresses - user [time] "request" status bytes "referrer" "user agent"`, with what
 * {@link accessExtras} knows behind it. Fields as of Filebeat's nginx module.
 */
export const nginxAccess: Parser = (line, context, truncated) => {
  const found = accessLine(line, truncated)
  if (typeof found === 'string') return found
  const who = client(found.before)
  if (who === undefined) return 'format'
  const { destination, addresses, address } = who
  const user = who.user === '-' || who.user === '' ? undefined : unescaped(who.user)
  const request = requestLine(found.request)
  const { forwardedFor, duration } = accessExtras(found.number === undefined ? found.after : `${found.number} ${found.after}`, 'seconds')
  const source = endpoint(addresses === undefined ? address : senderOf(addresses), context)
  const http = httpFields(request, said(found.referrer), found.status, found.bytes)
  const url = urlOf(request, destination)
  const userAgent = said(found.userAgent)
  const forwarded = forwardedFor[0]
  const draft: Draft = {
    '@timestamp': isoTime(found.time),
    event: { kind: 'event', category: ['web'], type: ['access'], ...outcomeOf(found.status), module: 'nginx', dataset: 'nginx.access', ...(duration !== undefined && { duration }) },
    service: { type: 'nginx' },
    fileset: { name: 'access' },
    source,
    ...related([source.ip, destination?.ip, ...forwardedFor], user),
  }
  if (destination !== undefined) draft.destination = destination
  if (addresses !== undefined) draft.nginx = { access: { remote_ip_list: addresses } }
  if (forwarded !== undefined) draft.network = { forwarded_ip: forwarded }
  if (user !== undefined) draft.user = { name: user }
  if (http !== undefined) draft.http = http
  if (url !== undefined) draft.url = url
  if (userAgent !== undefined) draft.user_agent = userAgentFields(userAgent, context)
  return draft
}

/** What a field said; undefined for `-`, which nginx writes for what is not there. */
function said(field: string | undefined): string | undefined {
  return field === undefined || field === '-' || field === '' ? undefined : unescaped(field)
}

interface Client {
  destination: EcsEndpoint | undefined
  /** Undefined when what stands there is no list of addresses and names. */
  addresses: string[] | undefined
  /** As logged. */
  address: string
  user: string
}

/** What stands before the time. A user name may hold anything; the address before it holds no blank and dash. */
function client(before: string): Client | undefined {
  const dash = before.indexOf(' - ')
  if (dash < 1) return undefined
  const user = before.slice(dash + 3)
  let rest = before.slice(0, dash)
  let destination: EcsEndpoint | undefined
  const space = rest.indexOf(' ')
  if (space > 0 && rest.charCodeAt(0) !== 34) {
    destination = hostAndPort(rest.slice(0, space))
    if (destination !== undefined) rest = rest.slice(space + 1)
  }
  const addresses = addressList(rest)
  return addresses === undefined && rest.includes(' ') ? undefined : { destination, addresses, address: rest, user }
}

/** `host`, `host:port` or an address; undefined for a piece of a list. */
function hostAndPort(text: string): EcsEndpoint | undefined {
  if (isIp(text)) return { ip: text }
  const colon = text.indexOf(':')
  const host = colon < 0 ? text : text.slice(0, colon)
  if (host === '' || /[\s,"]/.test(host)) return undefined
  const port = colon < 0 ? undefined : text.slice(colon + 1)
  if (port !== undefined && !(isCount(port) && port.length < 6)) return undefined
  return { ...(isIp(host) ? { ip: host } : { domain: host }), ...(port !== undefined && { port: Number(port) }) }
}

/** Addresses and names of one word, separated by commas, blanks or both, some of them in quotes; undefined for anything else. */
function addressList(text: string): string[] | undefined {
  const list: string[] = []
  for (let part of text.split(' ')) {
    if (part.startsWith('"')) part = part.slice(1)
    if (part.endsWith(',')) part = part.slice(0, -1)
    if (part.endsWith('"')) part = part.slice(0, -1)
    if (!isIp(part) && !/^\w+$/.test(part)) return undefined
    list.push(part)
  }
  return list
}

/** Who sent a request that came over proxies: the first address that is nobody's inner one; if all are, the first. */
function senderOf(addresses: readonly string[]): string {
  return addresses.find((address) => !isIp(address) || !isPrivateIp(address)) ?? addresses[0] ?? ''
}
