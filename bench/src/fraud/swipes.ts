import { createHash, randomBytes } from 'node:crypto'
import { type Transaction, transactionsLog, uuidv7 } from '@swipestream/contracts'
import type { Outgoing } from '@swipestream/messaging'

/** Cards that swipe. */
export const cardCount = 20_000
/** Event time between two transactions, whichever cards they are of: a card swipes every four hours. */
export const stepMs = 720
/** Terminals, where swipes have one. */
const terminalCount = 2_000

/** Of every thousand transactions so many come one after the other from one card: too many for a person at tills. */
const blockLength = 1_000
export const burstLength = 6

const cards = Array.from({ length: cardCount }, (_, i) => `v1.${createHash('sha256').update(`card ${i}`).digest('base64url')}`)
const tokyo = { latitude: 35.6762, longitude: 139.6503 }
const categories = ['5411', '5812', '5462', '5541', '5912', '4111']

export interface Swipes {
  /** Event time of the first one, milliseconds since the Unix epoch. */
  readonly began: number
  /** Whether they are made at terminals: fraud-service then counts by terminal as well. */
  readonly terminals: boolean
}

/**
 * The transaction number `i`: the same but for its id whenever it is asked for. Cards swipe at random, near home, at
 * merchants they know, for 5 to 65 EUR, but for some:
 *
 * - 6 of 1,000 are above 1,000 EUR (large_amount), 6 at 300 to 500 EUR (amount_against_history, for many cards);
 * - 5 of 1,000 are made in Tokyo (impossible_travel);
 * - 6 of 1,000 come within seconds from one card (velocity from the fourth), in every second thousand each of at most
 *   2 EUR (card_testing).
 */
export function transactionAt(i: number, { began, terminals }: Swipes): Transaction {
  const block = Math.floor(i / blockLength)
  const burst = inBurst(i)
  const card = burst ? mix(block, 1) % cardCount : mix(i, 2) % cardCount
  const lot = mix(i, 3) % 1_000
  const random = mix(i, 4)
  const small = burst && block % 2 === 1
  const amount = small ? 50 + (random % 150) : lot < 6 ? 100_100 + (random % 80_000) : lot < 12 ? 30_000 + (random % 20_000) : 500 + (random % 6_000)
  const far = lot >= 12 && lot < 17
  const at = began + i * stepMs
  return {
    transaction_id: uuidv7(),
    card_id: cards[card] as string,
    card_bin: '411111',
    card_last4: String(1_000 + (card % 9_000)),
    amount_minor: amount,
    currency: 'EUR',
    merchant_id: `M-${10_000 + ((card * 7 + (random % 15)) % 40_000)}`,
    merchant_name: 'Bäckerei & Konditorei Gruber, Wien',
    merchant_category: categories[random % categories.length] as string,
    terminal_id: terminals ? `T-${random % terminalCount}` : null,
    entry_mode: 'contactless',
    place: far ? tokyo : { latitude: 47 + (card % 200) / 100 + (random % 20) / 1_000, longitude: 14 + (card % 173) / 80 + (random % 30) / 1_000 },
    country: far ? 'JP' : 'AT',
    occurred_at: at,
    received_at: at + 500,
  }
}

/** The transaction as transactions-api publishes it: each has a trace of its own. */
export function swipeEvent(transaction: Transaction): Outgoing {
  return transactionsLog.event(transaction, { traceparent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00` })
}

/** Whether it is one of those that come one after the other. */
export function inBurst(i: number): boolean {
  const block = Math.floor(i / blockLength)
  const begins = mix(block, 5) % (blockLength - burstLength)
  const place = i % blockLength
  return place >= begins && place < begins + burstLength
}

/** A whole number of 32 bits that looks random, of a number and what it is for. */
function mix(n: number, salt: number): number {
  let h = Math.imul(n ^ Math.imul(salt, 0x9e3779b1), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f)
  return (h ^ (h >>> 15)) >>> 0
}
