import type { Feedback } from '../domain/feedback.js'
import type { Swipe } from '../domain/swipe.js'
import { keyedHash, type TokenKeys } from './card-token.js'

/** Feedback with the transaction it is about. */
export interface FeedbackOnTransaction extends Feedback {
  readonly transaction_id: string
}

/** What a client may send under an `Idempotency-Key`. */
export type KeyedRequest = Swipe | FeedbackOnTransaction

/**
 * A fingerprint of a request, to tell a repetition from another one under the same key. A swipe holds a card number and
 * little else that is unknown, so a plain hash could be searched; this one needs the token key. It can not be taken for
 * a card's token: what is hashed begins with a brace here, with a digit there.
 */
export function fingerprint(keys: TokenKeys, request: KeyedRequest): string {
  return keyedHash(keys.newest, canonicalJson(request))
}

/** Whether the request is the one of the fingerprint, also when the token key changed since. False when that key is gone. */
export function hasFingerprint(keys: TokenKeys, request: KeyedRequest, known: string): boolean {
  const key = keys.byVersion.get(Number(/^v(\d+)\./.exec(known)?.[1]))
  return key !== undefined && keyedHash(key, canonicalJson(request)) === known
}

function canonicalJson(request: KeyedRequest): string {
  return 'card_number' in request ? canonicalSwipe(request) : canonicalFeedback(request)
}

/**
 * One text for each swipe, whatever the order of the fields: names sorted, no blanks, numbers and texts as ECMAScript
 * writes them (RFC 8785, JSON Canonicalization Scheme). Absent fields are left out. Field by field: to sort the names
 * each time takes four times as long.
 */
function canonicalSwipe(swipe: Swipe): string {
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

/** As above; no swipe has the same text. */
function canonicalFeedback(feedback: FeedbackOnTransaction): string {
  return JSON.stringify({
    actor: feedback.actor,
    card_action: feedback.card_action,
    comment: feedback.comment,
    transaction_id: feedback.transaction_id,
    verdict: feedback.verdict,
  } satisfies Record<keyof FeedbackOnTransaction, unknown>)
}
