import { customers } from '@swipestream/contracts'
import type { KafkaRecord } from '@swipestream/messaging'
import { z } from 'zod'
import { isErased } from '../../domain/personal-data.js'
import type { LoadTarget, Warehouse } from '../../warehouse/warehouse.js'

/** A person who is to be forgotten: all ids that they have, and their cards. */
export interface Person {
  readonly customers: readonly string[]
  readonly cards: readonly string[]
}

/**
 * Header of the tombstones on `customers` that erase a person, and do not only remove a customer or a double: the
 * person as JSON. The tombstones of their cards may be read earlier, and nobody knows whose they were then.
 */
export const forgottenHeader = 'forgotten'

const person = z.object({ customers: z.array(z.string()), cards: z.array(z.string()) })

/** Whether records of a topic, without the namespace, say whom to forget. */
export function tellsOfForgotten(topic: string): boolean {
  return topic === customers.name
}

/** Whom a record says to forget; undefined for any other record. @throws ZodError, SyntaxError when the header is none of ours */
export function forgottenBy({ value, headers }: Pick<KafkaRecord, 'value' | 'headers'>): Person | undefined {
  const header = headers[forgottenHeader]
  return value !== null || header === undefined ? undefined : person.parse(JSON.parse(header.toString()))
}

/**
 * Empties the personal columns (tags `direct` and `quasi`) of all rows that are about a person: those with their
 * `customer_id`, and those without one that have a `card_id` of theirs. Again is as once. Gives how many rows there were.
 *
 * Rows of source tables go from the warehouse by the tombstone of their own; in the lake, which keeps every record, all
 * of their columns but the key are emptied.
 *
 * @throws EtlError of the target
 */
export async function forgetPerson({ customers: ids, cards }: Person, target: LoadTarget): Promise<number> {
  await target.open()
  let rows = 0
  for (const table of await target.tables()) {
    if (!table.columns.some(({ pii }) => isErased(pii))) continue
    const has = (column: string) => table.columns.some(({ name }) => name === column)
    if (has('customer_id')) rows += await target.erase(table, 'customer_id', ids)
    else if (has('card_id')) rows += await target.erase(table, 'card_id', cards)
  }
  return rows
}

/** The same person, with the cards that the warehouse knows as theirs. @throws EtlError of the warehouse */
export async function withKnownCards({ customers: ids, cards }: Person, warehouse: Warehouse): Promise<Person> {
  await warehouse.open()
  const table = (await warehouse.tables()).find(({ schema, name }) => schema === 'entities' && name === 'cards')
  const all = new Set(cards)
  if (table !== undefined) for (const id of ids) for (const card of await warehouse.lookUp(table, 'card_id', 'customer_id', id)) all.add(card)
  return { customers: ids, cards: [...all] }
}
