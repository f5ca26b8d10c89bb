import type { Card } from '@swipestream/contracts'
import type { Entries } from './entries.js'
import { holderOf } from './merge-customers.js'

/** What the topic `cards` is to say from now on; null removes the card. */
export type CardChanges = ReadonlyMap<string, Card | null>

/** Puts a new version of a card, or null for one that is gone, among those that are known, and tells what changes by it. */
export function changeCard(entries: Entries, id: string, next: Card | null): CardChanges {
  const last = entries.row('cards', id) ?? null
  if (JSON.stringify(last) === JSON.stringify(next)) return new Map()
  entries.keep('cards', id, next)
  entries.move(id, last && `holder/${last.customer_id}`, next && `holder/${next.customer_id}`)
  return new Map([[id, next && { ...next, customer_id: holderOf(entries, next.customer_id) }]])
}

/** The cards of these customers' rows, with the holder that they have now. */
export function reheld(entries: Entries, customerIds: readonly string[]): CardChanges {
  const changes = new Map<string, Card>()
  for (const customerId of customerIds) {
    const customer_id = holderOf(entries, customerId)
    for (const id of entries.list(`holder/${customerId}`)) {
      const card = entries.row('cards', id)
      if (card) changes.set(id, { ...card, customer_id })
    }
  }
  return changes
}
