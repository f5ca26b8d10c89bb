import type { Card, Customer } from '@swipestream/contracts'
import { createHash } from 'node:crypto'
import { exampleEmail, FAMILY_NAMES, fictionalPhone, GIVEN_NAMES } from '../generator/contact.js'
import type { CardWithNumber } from '../generator/world.js'

export interface DerivedHolder {
  customer: Customer
  card: CardWithNumber
}

/** Where the holders of cards in a file live, which it does not say. */
const HOME = { country: 'BE', time_zone: 'Europe/Brussels', language: 'en' } as const

/**
 * Whose card it is, derived from the numbers of card and customer alone: a name, an example address (RFC 2606), a
 * telephone number kept for fiction.
 *
 * @param customerNumber undefined when the file has none
 * @param updated_at ms since the epoch
 */
export function holderOf(
  card_number: string, customerNumber: number | undefined, tokenOf: (cardNumber: string) => string, updated_at: number,
): DerivedHolder {
  const card_id = tokenOf(card_number)
  // A card without a customer's number gets a holder of its own, known by the token: the number says too much.
  const customer_id = customerNumber === undefined ? `holder-of-${card_id}` : String(customerNumber)
  const index = customerNumber ?? createHash('sha256').update(card_id).digest().readUInt32BE()
  const given_name = GIVEN_NAMES[index % GIVEN_NAMES.length] as string
  const family_name = FAMILY_NAMES[Math.floor(index / GIVEN_NAMES.length) % FAMILY_NAMES.length] as string
  const customer: Customer = {
    customer_id, given_name, family_name,
    email: exampleEmail(given_name, family_name, index),
    phone: fictionalPhone(HOME.country, index),
    language: HOME.language, time_zone: HOME.time_zone, country: HOME.country,
    channels: [], quiet_from: null, quiet_to: null, updated_at,
  }
  const card: Card = {
    card_id, customer_id, card_bin: card_number.slice(0, 6), card_last4: card_number.slice(-4),
    home_country: HOME.country, time_zone: HOME.time_zone, updated_at,
  }
  return { customer, card: { ...card, card_number } }
}
