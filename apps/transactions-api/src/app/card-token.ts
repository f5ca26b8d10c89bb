import { createSecretKey, type KeyObject } from 'node:crypto'
import type { CardNumber } from '../domain/card-number.js'
import { hmacSha256 } from './hmac-sha256.js'

/** A secret to make card tokens with. */
export interface TokenKey {
  /** From 1. Part of every token made with the key. */
  readonly version: number
  /** 32 bytes or more; an object that prints as nothing. */
  readonly secret: KeyObject
  /** HMAC-SHA-256 under the secret over a text's UTF-8, base64url. */
  readonly hmac: (text: string) => string
}

/** Every key that tokens were made with, by version. */
export interface TokenKeys {
  /** The highest version: it makes all new tokens. */
  readonly newest: TokenKey
  readonly byVersion: ReadonlyMap<number, TokenKey>
}

/** HMAC-SHA-256 gets no stronger with a longer key, and weaker with a shorter one (RFC 2104 section 3). */
const minSecretBytes = 32

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
  const byVersion = new Map<number, TokenKey>()
  for (const [index, entry] of text.split(',').entries()) {
    const [, version, base64] = /^\s*([1-9]\d{0,5}):([A-Za-z0-9+/]+={0,2})\s*$/.exec(entry) ?? []
    if (version === undefined || base64 === undefined) return `entry ${index + 1} is not <version>:<base64>`
    const secret = Buffer.from(base64, 'base64')
    if (secret.toString('base64').replaceAll('=', '') !== base64.replaceAll('=', '')) return `entry ${index + 1} is not base64`
    if (secret.length < minSecretBytes) {
      return `the key of version ${version} has ${secret.length} bytes, at least ${minSecretBytes} are needed`
    }
    if (byVersion.has(Number(version))) return `version ${version} is there twice`
    byVersion.set(Number(version), { version: Number(version), secret: createSecretKey(secret), hmac: hmacSha256(secret) })
  }
  const newest = [...byVersion.values()].reduce((a, b) => (b.version > a.version ? b : a))
  return { newest, byVersion }
}

/** The name every other place knows the card by: `v<key version>.<base64url of HMAC-SHA-256 over the card number>`. */
export function cardToken(key: TokenKey, cardNumber: CardNumber): string {
  return keyedHash(key, cardNumber)
}

/** `v<key version>.<base64url of HMAC-SHA-256 over the text's UTF-8>`. */
export function keyedHash(key: TokenKey, text: string): string {
  return `v${key.version}.${key.hmac(text)}`
}
