import { hash as hashOnce, timingSafeEqual } from 'node:crypto'

/** A client's key, known by its hash only. */
export interface ApiKey<S extends string = string> {
  /** Who the key belongs to. A client may have several keys, as while it changes from one to the next. */
  readonly client: string
  /** SHA-256 of the key, hex. Unsalted, as keys are 256 random bits: there is nothing to guess. */
  readonly hash: string
  /** What the key allows. */
  readonly scopes: ReadonlySet<S>
}

/**
 * Reads `<client>:<SHA-256 of the key, hex>:<scope>[+<scope>][,…]`.
 *
 * @param scopes those that there are
 * @returns the keys, or a sentence that says what is wrong
 */
export function parseApiKeys<S extends string>(text: string, scopes: readonly S[]): ApiKey<S>[] | string {
  const isScope = (scope: string): scope is S => (scopes as readonly string[]).includes(scope)
  const keys: ApiKey<S>[] = []
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
export function apiKeyEntry(client: string, key: string, granted: readonly string[]): string {
  return `${client}:${hashOf(key)}:${granted.join('+')}`
}

/** The key's record, or undefined when nobody has it. The time taken tells nothing of how near a guess was. */
export function findApiKey<S extends string>(keys: readonly ApiKey<S>[], presented: string): ApiKey<S> | undefined {
  const hash = Buffer.from(hashOf(presented))
  let found: ApiKey<S> | undefined
  for (const key of keys) if (timingSafeEqual(Buffer.from(key.hash), hash)) found = key
  return found
}

function hashOf(key: string): string {
  return hashOnce('sha256', key, 'hex')
}
