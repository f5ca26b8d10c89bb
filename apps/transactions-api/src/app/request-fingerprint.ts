import { canonicalJson } from '../domain/canonical-json.js'
import { keyedHash, type TokenKeys } from './card-token.js'

/**
 * A fingerprint of a request's body, to tell a repetition from another request under the same key. The body holds a
 * card number and little else that is unknown, so a plain hash could be searched; this one needs the token key. It can
 * not be taken for a card's token: what is hashed begins with a brace there, with a digit here.
 */
export function fingerprint(keys: TokenKeys, body: object): string {
  return keyedHash(keys.newest, canonicalJson(body))
}

/** Whether the body is the one of the fingerprint, also when the token key changed since. False when that key is gone. */
export function hasFingerprint(keys: TokenKeys, body: object, known: string): boolean {
  const key = keys.byVersion.get(Number(/^v(\d+)\./.exec(known)?.[1]))
  return key !== undefined && keyedHash(key, canonicalJson(body)) === known
}
