import type { FraudDecision, Transaction } from '@swipestream/contracts'
import { began, day, elsewhere, minute, second, swipeAt, tokyo } from './swipes.js'

/** Swipes of one card, and what is decided about the last of them. */
export interface Case {
  readonly name: string
  readonly swipes: readonly Transaction[]
  readonly outcome: FraudDecision['outcome']
  readonly score: number
  /** Ids of rules, in the order of the decision. */
  readonly reasons: readonly string[]
}

type Swipe = readonly [after: number, changes?: Partial<Transaction>]

const approved = { outcome: 'approve', score: 0, reasons: [] } as const
const cents = (amount_minor: number, currency = 'EUR') => ({ amount_minor, currency })
const inTokyo = { place: tokyo, country: 'JP' }

function card(name: string, swipes: readonly Swipe[], expected: Pick<Case, 'outcome' | 'score' | 'reasons'>): Case {
  const card_id = `v1.${name.replaceAll(' ', '-')}`
  return { name, swipes: swipes.map(([after, changes]) => swipeAt(began + after, { card_id, ...changes })), ...expected }
}

/** So many everyday swipes, as far apart as `step`. */
const every = (step: number, count: number): Swipe[] => Array.from({ length: count }, (_, i) => [i * step])

/** Each rule fires in one case at least, and just does not in another. */
export const cases: readonly Case[] = [
  card('a large amount', [[0, cents(100_001)]], { outcome: 'approve', score: 250, reasons: ['large_amount'] }),
  card('an amount up to the limit', [[0, cents(100_000)]], approved),
  card('a large amount of yen', [[0, cents(160_001, 'JPY')]], { outcome: 'approve', score: 250, reasons: ['large_amount'] }),
  card('a currency without a limit', [[0, cents(100_001, 'GEL')]], { outcome: 'approve', score: 250, reasons: ['large_amount'] }),
  card('a currency without a rate', [...every(day, 5), [5 * day, cents(90_000, 'XCD')]], approved),
  card('a fourth swipe in a minute', every(10 * second, 4), { outcome: 'approve', score: 400, reasons: ['velocity'] }),
  card('a fourth swipe in a minute, and a large one', [...every(10 * second, 3), [30 * second, cents(100_001)]], { outcome: 'review', score: 650, reasons: ['velocity', 'large_amount'] }),
  card('a third swipe in a minute', every(10 * second, 3), approved),
  card('a thirteenth swipe in an hour', every(4 * minute, 13), { outcome: 'approve', score: 400, reasons: ['velocity'] }),
  card('a twelfth swipe in an hour', every(4 * minute, 12), approved),
  card('a journey nobody can make', [[0], [30 * minute, inTokyo]], { outcome: 'decline', score: 850, reasons: ['impossible_travel'] }),
  card('the same journey backwards in time', [[30 * minute], [0, inTokyo]], { outcome: 'decline', score: 850, reasons: ['impossible_travel'] }),
  card('home again after such a journey', [[0], [30 * minute, inTokyo], [35 * minute]], approved),
  card('a flight', [[0], [12 * 60 * minute, inTokyo]], approved),
  card('a place that is not on Earth', [[0], [minute, { place: { latitude: 91, longitude: 0 } }]], approved),
  card('a shop without a place', [[0], [minute, elsewhere]], approved),
  card('much for the card', [...every(day, 5), [5 * day, cents(20_000)]], { outcome: 'approve', score: 300, reasons: ['amount_against_history'] }),
  card('much for the card, and a large amount', [...every(day, 5), [5 * day, cents(100_001)]], { outcome: 'review', score: 550, reasons: ['amount_against_history', 'large_amount'] }),
  card('much with too little history', [...every(day, 4), [4 * day, cents(20_000)]], approved),
  card('much a month later', [...every(day, 5), [36 * day, cents(20_000)]], approved),
  card('three times the mean', [...every(day, 5), [5 * day, cents(6_000)]], approved),
  card('small amounts and then another', [[0, cents(200)], [5 * minute, cents(100)], [10 * minute, cents(50)], [15 * minute]], {
    outcome: 'review', score: 550, reasons: ['card_testing'],
  }),
  card('small amounts with another between', [[0, cents(200)], [5 * minute, cents(201)], [10 * minute, cents(50)], [15 * minute]], approved),
  card('small amounts long before', [[0, cents(200)], [5 * minute, cents(100)], [10 * minute, cents(50)], [71 * minute]], approved),
  card('a clock that is ahead is not counted', [[0], [day, { received_at: began }], [31 * minute, inTokyo]], { outcome: 'decline', score: 850, reasons: ['impossible_travel'] }),
  card('everything at once', [...every(5 * second, 5).map(([after]): Swipe => [after, cents(100)]), [30 * second, { ...cents(500_000), ...inTokyo }]], {
    outcome: 'decline', score: 1000, reasons: ['impossible_travel', 'card_testing', 'velocity', 'amount_against_history', 'large_amount'],
  }),
]
