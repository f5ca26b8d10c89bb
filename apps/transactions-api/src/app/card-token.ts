import { parseVersionedKeys, type VersionedKey } from '@swipestream/platform'
import type { CardNumber } from '../domain/card-number.js'
import { hmacSha256 } from './hmac-sha256.js'

/** A secret to make card tokens with. */
export interface TokenKey extends VersionedKey {
  /** HMAC-SHA-256 under the secret over a text's UTF-8, base64url. */
  readonly hmac: (text: string) => string
}

/** Every key that tokens were made with, by version. */
export interface TokenKeys {
  /** The highest version: it makes all new tokens. */
  readonly newest: TokenKey
  readonly byVersion: ReadonlyMap<number, TokenKey>
}

/**
 * Reads `<version>:<base64 of 32 bytes or more>[,…]`.
 *
 * Rotation: a new version is a new secret, so every card gets **another token** from then on. Nothing links the two
 * tokens of one card: its fraud profile and history begin again, and the `cards` topic must have been filled with the
 * new tokens before (only who still has the card number can make them). Rotate because a key leaked or by plan, not by
 * habit. Keep the older version listed for 24 hours: answers promised to `Idempotency-Key` are compared with it.
 *
 * @returns the keys, or a sentence that says what is wrong, without any part of a secret
 */
export function parseTokenKeys(text: string): TokenKeys | string {
  const keys = parseVersionedKeys(text)
  if (typeof keys === 'string') return keys
  const tokenKey = (key: VersionedKey): TokenKey => ({ ...key, hmac: hmacSha256(key.secret.export()) })
  return { newest: tokenKey(keys.newest), byVersion: new Map([...keys.byVersion].map(([version, key]) => [version, tokenKey(key)])) }
}

/** The name every other place knows the card by: `v<key version>.<base64url of HMAC-SHA-256 over the card number>`. */
export function cardToken(key: TokenKey, cardNumber: CardNumber): string {
  return keyedHash(key, cardNumber)
}

/** `v<key version>.<base64url of HMAC-SHA-256 over the text's UTF-8>`. */
export function keyedHash(key: TokenKey, text: string): string {
  return `v${key.version}.${key.hmac(text)}`
}
