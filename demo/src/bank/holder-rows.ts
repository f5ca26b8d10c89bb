import type { Customer } from '@swipestream/contracts'
import { Random } from '../generator/random.js'
import type { CardWithNumber } from '../generator/world.js'
import { accountRow, cardRow, customerRow } from './bank-rows.js'
import type { BankRows } from './rows.js'

/** Accounts of single people begin behind those of worlds. */
const firstAccount = 10_000_000

/**
 * Some people and their cards as the bank's database has them, each card with an account of its own.
 *
 * @param seed 32-bit integer
 */
export function holderRows(people: readonly Customer[], held: readonly CardWithNumber[], seed: number): BankRows {
  const random = new Random(seed)
  const languages = new Map(people.map(({ customer_id, language }) => [customer_id, language]))
  const rows: BankRows = { customers: people.map((customer) => customerRow(customer, customer.customer_id, random)), accounts: [], cards: [], merchants: [] }
  for (const { card_number: _, ...card } of held) {
    const account = accountRow(firstAccount + random.below(1_000_000_000), card.customer_id, card.home_country, card.updated_at, random)
    rows.accounts.push(account)
    rows.cards.push(cardRow(card, account.account_id, languages.get(card.customer_id) ?? 'en', random))
  }
  return rows
}
