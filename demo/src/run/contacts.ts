import { setTimeout as delay } from 'node:timers/promises'
import { type Card, cards, type Customer, customers } from '@swipestream/contracts'
import type { Connection, Tail } from '@swipestream/messaging'
import type { CardWithNumber } from '../generator/world.js'

/** How long people may take from the bank's database to the topics, in milliseconds. */
const patienceMs = 60_000
const lookMs = 50

/** Writes the bank's customers and cards to their topics, where no etl-loader does; the number of a card stays here. */
export async function publishContacts(connection: Connection, people: readonly Customer[], held: readonly CardWithNumber[]): Promise<void> {
  const events = [
    ...people.map((customer) => customers.event(customer)),
    ...held.map(({ card_number: _, ...card }) => cards.event(card)),
  ]
  await connection.publish(events)
}

/** Watches who has come from the bank's database to the topics. */
export class Contacts {
  readonly #people: Tail<Customer>
  readonly #cards: Tail<Card>
  readonly #known = { people: new Map<string, Customer>(), cards: new Map<string, Card>() }

  constructor(connection: Connection) {
    this.#people = connection.tail(customers)
    this.#cards = connection.tail(cards)
  }

  /** Waits until the others know these people, and whose these cards are. @throws Error that says who has not come */
  async arrived(people: readonly Customer[], held: readonly Pick<Card, 'card_id' | 'customer_id'>[]): Promise<void> {
    for (const deadline = Date.now() + patienceMs; ; await delay(lookMs)) {
      for (const { value } of await this.#people.received()) this.#known.people.set(value.customer_id, value)
      for (const { value } of await this.#cards.received()) this.#known.cards.set(value.card_id, value)
      const missing = people.filter((one) => !isSame(this.#known.people.get(one.customer_id), one)).map(({ customer_id }) => customer_id)
      const unknown = held.filter(({ card_id, customer_id }) => this.#known.cards.get(card_id)?.customer_id !== customer_id)
      if (missing.length + unknown.length === 0) return
      if (Date.now() > deadline) throw new Error(`${missing.length} customers (${missing.slice(0, 3).join(', ')}) and ${unknown.length} cards have not come from the bank's database within ${patienceMs / 1_000} s`)
    }
  }
}

function isSame(found: Customer | undefined, wanted: Customer): boolean {
  return found !== undefined && found.email === wanted.email && found.phone === wanted.phone
}
