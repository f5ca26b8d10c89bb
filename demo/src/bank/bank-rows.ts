import { CITIES, currencyOf } from '../generator/cities.js'
import { Random } from '../generator/random.js'
import type { World } from '../generator/world.js'
import type { Merchant } from '../generator/merchants.js'
import { iban } from './iban.js'
import { type AccountRow, type BankRows, type CardRow, type CustomerRow, type MerchantRow, timestamp } from './rows.js'
import { countrySpelled, emailSpelled, languageSpelled, nameSpelled, phoneSpelled, timeZoneSpelled } from './spellings.js'

/** How often the bank has a customer or merchant twice, and rows of customers that are gone. */
const doubleShare = 0.06
const goneShare = 0.02
const dayMs = 86_400_000
const streets = ['Station Road', 'Hauptstraße', 'Rue de la Gare', 'Calle Mayor', 'Via Roma', 'Elm Street']

type WorldCustomer = World['customers'][number]

/**
 * The world as the bank's database has it after some decades: spelled as people spell, some twice, some gone and only
 * marked. Cleaned and merged it is the world again. The same world and seed make the same rows.
 *
 * A double's id is higher than that of who it doubles. Its cards are the other's.
 *
 * @param seed 32-bit integer
 */
export function bankRows(world: World, seed: number): BankRows {
  const random = new Random(seed)
  const rows: BankRows = { customers: [], accounts: [], cards: [], merchants: [] }
  const cities = new Map(world.shopsByCity.flatMap((shops, i) => shops.map((shop) => [shop.merchant_id, CITIES[i]?.name ?? null] as const)))
  for (const [index, customer] of world.customers.entries()) {
    rows.customers.push(customerRow(customer, customer.customer_id, random))
    const holders = [customer.customer_id]
    if (random.chance(doubleShare)) {
      const double = `d${customer.customer_id}`
      // Who looked has noted it; a double that nobody noted is known by what it has in common.
      const noted = random.chance(0.5)
      const row = customerRow(customer, double, random)
      rows.customers.push(noted ? { ...row, given_name: null, phone: null, same_as: customer.customer_id } : row)
      holders.push(double)
    }
    if (random.chance(goneShare)) rows.customers.push({ ...customerRow(customer, `gone${customer.customer_id}`, random), email: `gone.${customer.email}`, deleted_at: timestamp(customer.updated_at + dayMs) })
    for (const card of world.holders[index]?.cards ?? []) {
      const { card_number: _, ...known } = world.cards[card] as World['cards'][number]
      const holder = random.pick(holders)
      const account = accountRow(rows.accounts.length + 1, holder, known.home_country, known.updated_at, random)
      rows.accounts.push(account)
      rows.cards.push(cardRow({ ...known, customer_id: holder }, account.account_id, customer.language, random))
    }
  }
  for (const merchant of world.merchants) {
    const city = cities.get(merchant.merchant_id) ?? null
    rows.merchants.push(merchantRow(merchant, merchant.merchant_id, city, random))
    // A web shop has no city, and without one nothing says that two are one.
    if (city !== null && random.chance(doubleShare)) {
      const double = merchantRow(merchant, `z${merchant.merchant_id}`, city, random)
      rows.merchants.push({ ...double, name: random.pick([double.name, double.name.toUpperCase()]) })
    }
  }
  return rows
}

/** A customer as somebody has typed it in. */
export function customerRow(customer: WorldCustomer, id: string, random: Random): CustomerRow {
  const { country, email, family_name, given_name, language, phone, time_zone, updated_at } = customer
  const lives = country ?? ''
  return {
    customer_id: id,
    given_name: given_name && nameSpelled(given_name, random),
    family_name: family_name && nameSpelled(family_name, random),
    email: email && emailSpelled(email, random),
    phone: phone && phoneSpelled(phone, lives, random),
    street: `${random.pick(streets)} ${1 + random.below(150)}${random.pick(['', ' ', 'a'])}`,
    postal_code: random.pick([String(10_000 + random.below(90_000)), '']),
    city: CITIES.find(({ timeZone }) => timeZone === time_zone)?.name ?? null,
    country: country && countrySpelled(country, language, random),
    language: languageSpelled(language, random),
    time_zone: timeZoneSpelled(time_zone, random),
    channels: customer.channels.join(','),
    quiet_from: customer.quiet_from && `${customer.quiet_from}:00`,
    quiet_to: customer.quiet_to && `${customer.quiet_to}:00`,
    same_as: null,
    created_at: timestamp(updated_at - random.below(3_000) * dayMs),
    updated_at: timestamp(updated_at),
    deleted_at: null,
  }
}

/** An account of a holder. @param at when it last changed, milliseconds since the Unix epoch */
export function accountRow(account_id: number, customer_id: string, country: string, at: number, random: Random): AccountRow {
  const bare = iban(country, account_id)
  return {
    account_id,
    customer_id,
    iban: random.pick([bare, bare, (bare.match(/.{1,4}/g) ?? []).join(' '), bare.toLowerCase()]),
    currency: currencyOf(country),
    balance: (random.between(-500, 20_000)).toFixed(2),
    overdraft: random.chance(0.4) ? `${100 * (1 + random.below(30))}.00` : null,
    opened_on: timestamp(at - random.below(5_000) * dayMs).slice(0, 10),
    closed_on: null,
    updated_at: timestamp(at),
  }
}

/** A card of an account. @param language of its holder, BCP 47 */
export function cardRow(card: Omit<World['cards'][number], 'card_number'>, account_id: number, language: string, random: Random): CardRow {
  return {
    card_id: card.card_id,
    account_id,
    customer_id: random.pick([card.customer_id, `${card.customer_id} `]),
    card_bin: card.card_bin,
    card_last4: card.card_last4,
    product: random.pick(['debit', 'debit', 'credit', 'prepaid']),
    home_country: countrySpelled(card.home_country, language, random),
    time_zone: timeZoneSpelled(card.time_zone, random),
    expires_on: timestamp(card.updated_at + random.below(1_500) * dayMs).slice(0, 10),
    features: random.below(256),
    updated_at: timestamp(card.updated_at),
    deleted_at: null,
  }
}

function merchantRow(merchant: Merchant, id: string, city: string | null, random: Random): MerchantRow {
  return {
    merchant_id: id,
    name: nameSpelled(merchant.merchant_name, random),
    category_code: random.pick([merchant.merchant_category, `${merchant.merchant_category} `]),
    country: countrySpelled(merchant.country, 'en', random),
    city: city && nameSpelled(city, random),
    latitude: merchant.place && merchant.place.latitude.toFixed(6),
    longitude: merchant.place && merchant.place.longitude.toFixed(6),
    attributes: random.chance(0.3) ? JSON.stringify({ terminals: merchant.terminal_ids.length, opens: random.pick(['08:00', '09:30', null]) }) : null,
  }
}
