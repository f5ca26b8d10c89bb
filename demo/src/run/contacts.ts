import { cards, type Customer, customers } from '@swipestream/contracts'
import type { Connection } from '@swipestream/messaging'
import type { CardWithNumber } from '../generator/world.js'

/** Writes the bank's customers and cards to their topics; the number of a card stays here. */
export async function publishContacts(connection: Connection, people: readonly Customer[], held: readonly CardWithNumber[]): Promise<void> {
  const events = [
    ...people.map((customer) => customers.event(customer)),
    ...held.map(({ card_number: _, ...card }) => cards.event(card)),
  ]
  await connection.publish(events)
}
