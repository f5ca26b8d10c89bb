import { isEmailAddress } from './contact.js'
import { oneLine } from './plain-text.js'

/** Who an e-mail is from. */
export interface Sender {
  /** Display name; empty when there is none. */
  readonly name: string
  readonly address: string
}

/** Reads `Name <address>` or a bare address; undefined when it is neither. */
export function parseSender(text: string): Sender | undefined {
  const parts = /^(?<name>[^<>]*)<(?<address>[^<>]+)>\s*$/.exec(text)?.groups
  const address = (parts?.['address'] ?? text).trim()
  const name = oneLine(parts?.['name'] ?? '', 100).replace(/^"(.*)"$/, '$1')
  return isEmailAddress(address) ? { name, address } : undefined
}
