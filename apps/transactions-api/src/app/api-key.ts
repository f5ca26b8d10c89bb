import { hash as hashOnce, timingSafeEqual } from 'node:crypto'

export const scopes = ['transactions:write', 'transactions:read'] as const
/** What a key allows. */
export type Scope = (typeof scopes)[number]

/** A client's key, known by its hash only. */
export interface ApiKey {
  /** Who the key belongs to. A client may have several keys, as while it changes from one to the next. */
  readonly client: string
  /** SHA-256 of the key, hex. Unsalted, as keys are 256 random bits: there is nothing to guess. */
  readonly hash: string
  readonly scopes: ReadonlySet<Scope>
}

/**
 * Reads `<client>:<SHA-256 of the key, hex>:<scope>[+<scope>][,…]`.
 *
 * @returns the keys, or a sentence that says what is wrong
 */
export function parseApiKeys(text: string): ApiKey[] | string {
  const keys: ApiKey[] = []
  for (const [index, entry] of text.split(',').entries()) {
    const [, client, hex, scopeList] = /^\s*([a-z0-9][a-z0-9._-]{0,63}):([0-9a-f]{64}):(\S+)\s*$/.exec(entry) ?? []
    if (client === undefined || hex === undefined || scopeList === undefined) {
      return `entry ${index + 1} is not <client>:<sha256 hex>:<scope>[+<scope>]`
    }
    const granted = scopeList.split('+')
    if (!granted.every(isScope)) return `entry ${index + 1} (${client}) has a scope other than ${scopes.join(', ')}`
    keys.push({ client, hash: hex, scopes: new Set(granted) })
  }
  return keys
}

/** An entry of the list that `parseApiKeys` reads. */
export function apiKeyEntry(client: string, key: string, granted: readonly Scope[]): string {
  return `${client}:${hashOf(key)}:${granted.join('+')}`
}

/** The key's record, or undefined when nobody has it. The time taken tells nothing of how near a guess was. */
export function findApiKey(keys: readonly ApiKey[], presented: string): ApiKey | undefined {
  const hash = Buffer.from(hashOf(presented))
  let found: ApiKey | undefined
  for (const key of keys) if (timingSafeEqual(Buffer.from(key.hash), hash)) found = key
  return found
}

export function isScope(text: string): text is Scope {
  return (scopes as readonly string[]).includes(text)
}

function hashOf(key: string): string {
  return hashOnce('sha256', key, 'hex')
}
