import { isWebAddress } from './send-request.js'

/** A proxy in front of what is called: the public address is called and signed, another one answers. Both without a slash at the end. */
export interface Route {
  readonly from: string
  readonly to: string
}

/** Reads `<public address>=<address>`; undefined for anything else. */
export function routeFrom(text: string): Route | undefined {
  const [from = '', to = '', ...more] = text.split('=').map((part) => part.replace(/\/+$/, ''))
  return isWebAddress(from) && isWebAddress(to) && more.length === 0 ? { from, to } : undefined
}

/** Where a request to a public address goes. */
export function routed(url: string, route: Route | undefined): string {
  return route !== undefined && (url === route.from || url.startsWith(`${route.from}/`)) ? route.to + url.slice(route.from.length) : url
}
