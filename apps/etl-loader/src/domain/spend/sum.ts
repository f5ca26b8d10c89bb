import type { CardSpendDay, CategorySpendHour, SpendMemory, Transaction } from '@swipestream/contracts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * So far behind the newest swipe of its partition one may come and still correct its sums, by event time, in milliseconds:
 * years that are read anew in their order are not late. Longer than a dead letter waits (30 days): one that is redriven
 * still counts. What is remembered of a sum goes after that.
 */
export const correctableMs = 31 * dayMs

/** So many swipes of a card's day are known again; of more, those that were added first are forgotten. No person swipes so often. */
export const mostKnown = 1_000

/** What is remembered of sums, by `spend_id`. */
export interface SpendStore {
  get(spendId: string): SpendMemory | undefined
  set(memory: SpendMemory): void
}

/** A swipe's two sums as they are with it; or why it is in none. */
export type Summed = { readonly day: CardSpendDay; readonly hour: CategorySpendHour } | 'again' | 'too late'

/**
 * Adds a swipe to the sum of its card's day and to that of its category's hour, both by event time in UTC and by currency.
 * A swipe that is in them already changes nothing.
 *
 * @param partition that the swipe is in
 * @param arrivedAt when the broker took it, milliseconds since the Unix epoch: the sums are made at that time
 */
export function addToSums(store: SpendStore, tx: Transaction, partition: number, arrivedAt: number): Summed {
  if (isTooLate(store, tx, partition, arrivedAt)) return 'too late'
  const { card_id, currency } = tx
  const day = new Date(tx.occurred_at).toISOString().slice(0, 10)
  const dayId = `${card_id}/${day}/${currency}`
  const ofDay = store.get(dayId)
  if (ofDay?.transaction_ids.includes(tx.transaction_id)) return 'again'

  const category = tx.merchant_category ?? '0000'
  const hour_at = tx.occurred_at - (((tx.occurred_at % hourMs) + hourMs) % hourMs)
  const hourId = `${category}/${hour_at}/${currency}/${partition}`
  const dayNow = added(dayId, ofDay, tx, [...(ofDay?.transaction_ids ?? []), tx.transaction_id].slice(-mostKnown))
  const hourNow = added(hourId, store.get(hourId), tx, [])
  store.set(dayNow)
  store.set(hourNow)
  return {
    day: { spend_id: dayId, card_id, day, currency, transactions: dayNow.transactions, amount_minor: dayNow.amount_minor, last_occurred_at: dayNow.last_occurred_at, updated_at: arrivedAt },
    hour: { spend_id: hourId, category, hour_at, currency, partition, transactions: hourNow.transactions, amount_minor: hourNow.amount_minor, updated_at: arrivedAt },
  }
}

/** The newest swipe is remembered beside the sums. One from the future is no measure: all others would be late. */
function isTooLate(store: SpendStore, { occurred_at, currency }: Transaction, partition: number, arrivedAt: number): boolean {
  const id = `newest/${partition}`
  const newest = store.get(id)?.last_occurred_at
  const its = Math.min(occurred_at, arrivedAt)
  if (newest === undefined || its > newest) store.set({ spend_id: id, currency, transactions: 1, amount_minor: 1, last_occurred_at: its, transaction_ids: [] })
  return newest !== undefined && occurred_at < newest - correctableMs
}

function added(spend_id: string, before: SpendMemory | undefined, { amount_minor, currency, occurred_at }: Transaction, transaction_ids: string[]): SpendMemory {
  return {
    spend_id,
    currency,
    transactions: (before?.transactions ?? 0) + 1,
    amount_minor: (before?.amount_minor ?? 0) + amount_minor,
    last_occurred_at: Math.max(before?.last_occurred_at ?? occurred_at, occurred_at),
    transaction_ids,
  }
}
