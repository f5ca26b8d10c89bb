import type { TrustedProxies } from './trusted-proxies.js'

/** The part of a request that tells where it was sent to. */
export interface AddressedRequest {
  /** Path and query, as they came. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/**
 * The address that a client called, as its signature knows it: the public address, then path and query. Of a proxy that
 * is believed the `X-Forwarded` headers say scheme, host and port; one that is missing is the public address's.
 *
 * @param publicUrl without a slash at its end; its path is what a proxy in front takes off
 */
export function calledAddress(request: AddressedRequest, publicUrl: string, trusted: TrustedProxies): string {
  const base = trusted.has(request.socket.remoteAddress) ? forwardedBase(request.headers, publicUrl) : publicUrl
  return base + request.url
}

function forwardedBase(headers: AddressedRequest['headers'], publicUrl: string): string {
  const known = new URL(publicUrl)
  const proto = first(headers['x-forwarded-proto']) ?? known.protocol.slice(0, -1)
  const forwardedHost = first(headers['x-forwarded-host'])
  const host = forwardedHost ?? known.host
  const port = first(headers['x-forwarded-port'])
  // A port that the host names itself is the client's own word; the other may be the proxy's.
  const namesPort = /:\d+$/.test(forwardedHost ?? '')
  const authority = port === undefined || namesPort ? host : `${host.replace(/:\d+$/, '')}:${port}`
  return `${proto}://${authority}${known.pathname.replace(/\/+$/, '')}`
}

/** Of a list that several proxies made, the first is what the client called. */
function first(header: string | string[] | undefined): string | undefined {
  return String(header ?? '').split(',')[0]?.trim() || undefined
}
