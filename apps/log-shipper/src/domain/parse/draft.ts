import type { EcsDocument, EcsEndpoint, EcsUrl, EcsUserAgent } from './ecs.js'
import type { RequestLine } from './http-request.js'
import { isIp } from './ip-address.js'
import type { ParseContext } from './parser.js'

/** What a status says of a request, as Filebeat's modules do: 4xx and 5xx are failures. */
export function outcomeOf(status: number | undefined): { outcome?: 'success' | 'failure' } {
  return status === undefined ? {} : { outcome: status < 400 ? 'success' : 'failure' }
}

/** An endpoint of an address: its IP and where that is, if it is one. */
export function endpoint(address: string, { locate }: ParseContext): EcsEndpoint {
  if (!isIp(address)) return { address }
  return { address, ip: address, ...locate?.(address) }
}

/** What was asked for, and of which host, where the log names it; that is known also of requests that are no HTTP. */
export function urlOf(request: RequestLine | undefined, destination: EcsEndpoint | undefined): EcsUrl | undefined {
  const domain = request?.url.domain ?? destination?.domain
  return domain === undefined ? request?.url : { ...request?.url, domain }
}

export function userAgentFields(original: string, { userAgent }: ParseContext): EcsUserAgent {
  return userAgent?.(original) ?? { original }
}

/** `related`, of the addresses and the user that are there; each once. */
export function related(ips: readonly (string | undefined)[], user?: string): Pick<EcsDocument, 'related'> {
  const known = [...new Set(ips.filter((ip) => ip !== undefined))]
  if (known.length === 0 && user === undefined) return {}
  return { related: { ...(known.length > 0 && { ip: known }), ...(user !== undefined && { user: [user] }) } }
}
