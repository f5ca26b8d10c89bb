import { BlockList, isIP } from 'node:net'

/** Proxies whose word is believed. */
export interface TrustedProxies {
  /** @param address of the other end of a connection, IPv4 or IPv6 */
  has(address: string | undefined): boolean
}

/**
 * Reads addresses and networks (CIDR), separated by commas.
 *
 * @returns the proxies, or a sentence that says what is wrong
 */
export function parseTrustedProxies(text: string): TrustedProxies | string {
  const list = new BlockList()
  const entries = text.split(',').map((part) => part.trim()).filter(Boolean)
  for (const [index, entry] of entries.entries()) {
    const [, network = '', bits] = /^([^/\s]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
    const family = isIP(network)
    const longest = family === 4 ? 32 : 128
    if (family === 0 || Number(bits ?? 0) > longest) return `entry ${index + 1} is no address and no network such as 10.0.0.0/8`
    list.addSubnet(network, Number(bits ?? longest), family === 4 ? 'ipv4' : 'ipv6')
  }
  return {
    has(address = '') {
      // Of a link-local address, what is behind % names the interface.
      const bare = address.replace(/%.*$/, '')
      const family = isIP(bare)
      return family !== 0 && list.check(bare, family === 4 ? 'ipv4' : 'ipv6')
    },
  }
}
