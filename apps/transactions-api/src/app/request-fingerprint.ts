import type { Swipe } from '../domain/swipe.js'
import { keyedHash, type TokenKeys } from './card-token.js'

/**
 * A fingerprint of a swipe, to tell a repetition from another request under the same key. The swipe holds a card number
 * and little else that is unknown, so a plain hash could be searched; this one needs the token key. It can not be taken
 * for a card's token: what is hashed begins with a brace there, with a digit here.
 */
export function fingerprint(keys: TokenKeys, swipe: Swipe): string {
  return keyedHash(keys.newest, canonicalJson(swipe))
}

/** Whether the swipe is the one of the fingerprint, also when the token key changed since. False when that key is gone. */
export function hasFingerprint(keys: TokenKeys, swipe: Swipe, known: string): boolean {
  const key = keys.byVersion.get(Number(/^v(\d+)\./.exec(known)?.[1]))
  return key !== undefined && keyedHash(key, canonicalJson(swipe)) === known
}

/**
 * One text for each swipe, whatever the order of the fields: names sorted, no blanks, numbers and texts as ECMAScript
 * writes them (RFC 8785, JSON Canonicalization Scheme). Absent fields are left out. Field by field: to sort the names
 * each time takes four times as long.
 */
function canonicalJson(swipe: Swipe): string {
  return JSON.stringify({
    amount_minor: swipe.amount_minor,
    card_number: swipe.card_number,
    country: swipe.country,
    currency: swipe.currency,
    entry_mode: swipe.entry_mode,
    merchant_category: swipe.merchant_category,
    merchant_id: swipe.merchant_id,
    merchant_name: swipe.merchant_name,
    occurred_at: swipe.occurred_at,
    place: swipe.place && { latitude: swipe.place.latitude, longitude: swipe.place.longitude },
    terminal_id: swipe.terminal_id,
  } satisfies Record<keyof Swipe, unknown>)
}
