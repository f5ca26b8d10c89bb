import { createSecretKey, type KeyObject } from 'node:crypto'

/** A secret that makes tokens or signatures. */
export interface VersionedKey {
  /** From 1. Part of everything made with the key. */
  readonly version: number
  /** 32 bytes or more; an object that prints as nothing. */
  readonly secret: KeyObject
}

/** Every key that something valid was made with, by version. */
export interface VersionedKeys {
  /** The highest version: it makes everything new. */
  readonly newest: VersionedKey
  readonly byVersion: ReadonlyMap<number, VersionedKey>
}

/** HMAC-SHA-256 gets no stronger with a longer key, and weaker with a shorter one (RFC 2104 section 3). */
const minSecretBytes = 32

/**
 * Reads `<version>:<base64 of 32 bytes or more>[,…]`.
 *
 * @returns the keys, or a sentence that says what is wrong, without any part of a secret
 */
export function parseVersionedKeys(text: string): VersionedKeys | string {
  const byVersion = new Map<number, VersionedKey>()
  for (const [index, entry] of text.split(',').entries()) {
    const [, version, base64] = /^\s*([1-9]\d{0,5}):([A-Za-z0-9+/]+={0,2})\s*$/.exec(entry) ?? []
    if (version === undefined || base64 === undefined) return `entry ${index + 1} is not <version>:<base64>`
    const secret = Buffer.from(base64, 'base64')
    if (secret.toString('base64').replaceAll('=', '') !== base64.replaceAll('=', '')) return `entry ${index + 1} is not base64`
    if (secret.length < minSecretBytes) {
      return `the key of version ${version} has ${secret.length} bytes, at least ${minSecretBytes} are needed`
    }
    if (byVersion.has(Number(version))) return `version ${version} is there twice`
    byVersion.set(Number(version), { version: Number(version), secret: createSecretKey(secret) })
  }
  const newest = [...byVersion.values()].reduce((a, b) => (b.version > a.version ? b : a))
  return { newest, byVersion }
}
