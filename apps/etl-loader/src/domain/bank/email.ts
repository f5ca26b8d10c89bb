/** What may stand before the @ (RFC 5321, without quoted local parts), and a domain of at least two labels. */
const address = /^([^\s\p{C}<>()[\]\\,;:"@]{1,64})@((?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.)+[\p{L}\p{N}][\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])$/u

/**
 * An e-mail address without what people put around it, its domain in lower case; undefined for what is none, or more
 * than one. The local part stays as it is: only its owner knows whether case counts there (RFC 5321, 2.4).
 */
export function emailOf(text: string): string | undefined {
  const bare = text.trim().replace(/^mailto:/i, '').replace(/^<(.*)>$/, '$1').trim()
  const [, local, domain] = (bare.length <= 254 ? address.exec(bare) : null) ?? []
  return local === undefined || domain === undefined || /^\.|\.\.|\.$/.test(local) ? undefined : `${local}@${domain.toLowerCase()}`
}
