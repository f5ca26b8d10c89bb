import { pause } from '@swipestream/platform'
import type { Connection } from 'mysql2/promise'
import { CITIES, type City } from '../generator/cities.js'
import { exampleEmail, FAMILY_NAMES, fictionalPhone, GIVEN_NAMES } from '../generator/contact.js'
import { Random } from '../generator/random.js'
import type { World } from '../generator/world.js'
import { accountRow, cardRow, customerRow } from './bank-rows.js'
import type { BankRows, BankTable, ColumnValue } from './rows.js'
import { emailSpelled, phoneSpelled } from './spellings.js'

/** Statements that belong together, in one transaction. */
export type Change = readonly { readonly sql: string; readonly values: readonly ColumnValue[] }[]

type WorldCustomer = World['customers'][number]

/**
 * What happens in a bank all day: customers come and go, change their number and when they want to be left alone, money
 * moves, merchants open and close. Of what the demo swipes with nothing changes but how it is spelled: who is deleted, or
 * told nothing at night, came by churn as well. The same world and seed make the same changes.
 */
export class BankChurn {
  readonly #random: Random
  readonly #customers: readonly WorldCustomer[]
  readonly #come: WorldCustomer[] = []
  readonly #accounts: number
  #merchants: string[] = []
  #made = 0

  /** @param seed 32-bit integer */
  constructor(world: World, rows: BankRows, seed: number) {
    this.#random = new Random(seed)
    this.#customers = world.customers
    this.#accounts = rows.accounts.length
  }

  /** The next change. @param now milliseconds since the Unix epoch: when new customers came */
  next(now: number): Change {
    const random = this.#random
    const kind = random.unit()
    if (kind < 0.3) return this.#respelled(random.pick(this.#customers))
    if (kind < 0.5) return [{ sql: 'UPDATE accounts SET balance = balance + ? WHERE account_id = ?', values: [random.between(-100, 100).toFixed(2), 1 + random.below(this.#accounts)] }]
    if (kind < 0.65 || this.#come.length === 0) return this.#arrival(now)
    if (kind < 0.75) return this.#quietHours(random.pick(this.#come))
    if (kind < 0.85) return this.#newNumber(random.pick(this.#come))
    if (kind < 0.9) return this.#departure(now)
    return this.#merchant()
  }

  #respelled({ country, customer_id, email, phone }: WorldCustomer): Change {
    const random = this.#random
    return [{
      sql: 'UPDATE customers SET email = ?, phone = ? WHERE customer_id = ?',
      values: [email && emailSpelled(email, random), phone && phoneSpelled(phone, country ?? '', random), customer_id],
    }]
  }

  #arrival(now: number): Change {
    const random = this.#random
    const city = random.pick(CITIES)
    const index = ++this.#made
    const [given_name, family_name] = [random.pick(GIVEN_NAMES), random.pick(FAMILY_NAMES)]
    const customer: WorldCustomer = {
      customer_id: `n${String(index).padStart(7, '0')}`, given_name, family_name, email: `new.${exampleEmail(given_name, family_name, index)}`, phone: fictionalPhone(city.country, index),
      language: city.language, time_zone: city.timeZone, country: city.country, channels: [], quiet_from: null, quiet_to: null, updated_at: now,
    }
    this.#come.push(customer)
    const account = accountRow(this.#accounts + index, customer.customer_id, city.country, now, random)
    return [inserted('customers', customerRow(customer, customer.customer_id, random)), inserted('accounts', account), inserted('cards', this.#card(customer, city, account.account_id, now))]
  }

  #card({ customer_id, language }: WorldCustomer, { country, timeZone }: City, accountId: number, now: number) {
    const card_id = `v1.${`new-${customer_id}`.padEnd(43, '0')}`
    return cardRow({ card_id, customer_id, card_bin: '000000', card_last4: String(accountId % 10_000).padStart(4, '0'), home_country: country, time_zone: timeZone, updated_at: now }, accountId, language, this.#random)
  }

  #quietHours({ customer_id }: WorldCustomer): Change {
    return [{ sql: 'UPDATE customers SET quiet_from = ?, quiet_to = ? WHERE customer_id = ?', values: [this.#random.pick(['21:00:00', '22:30:00']), this.#random.pick(['06:00:00', '07:30:00']), customer_id] }]
  }

  #newNumber({ country, customer_id }: WorldCustomer): Change {
    const phone = fictionalPhone(country ?? '', this.#random.below(1_000))
    return [{ sql: 'UPDATE customers SET phone = ? WHERE customer_id = ?', values: [phoneSpelled(phone, country ?? '', this.#random), customer_id] }]
  }

  #departure(now: number): Change {
    const [gone] = this.#come.splice(this.#random.below(this.#come.length), 1) as [WorldCustomer]
    const at = new Date(now).toISOString().slice(0, 23).replace('T', ' ')
    return ['customers', 'cards'].map((table) => ({ sql: `UPDATE ${table} SET deleted_at = ? WHERE customer_id = ?`, values: [at, gone.customer_id] }))
  }

  #merchant(): Change {
    const random = this.#random
    if (this.#merchants.length > 5 || (this.#merchants.length > 0 && random.chance(0.4))) {
      const [closed] = this.#merchants.splice(random.below(this.#merchants.length), 1) as [string]
      return [{ sql: 'DELETE FROM merchants WHERE merchant_id = ?', values: [closed] }]
    }
    const city = random.pick(CITIES)
    const merchant_id = `mn${String(++this.#made).padStart(7, '0')}`
    this.#merchants.push(merchant_id)
    return [inserted('merchants', { merchant_id, name: `Pop-up ${this.#made} ${city.name}`, category_code: '5999', country: city.country, city: city.name, latitude: null, longitude: null, attributes: null })]
  }
}

/**
 * Makes changes until the signal is aborted; each is committed by itself.
 *
 * @param perSecond changes a second, about
 */
export async function runChurn(connection: Connection, churn: BankChurn, perSecond: number, signal: AbortSignal): Promise<number> {
  await connection.query("SET time_zone = '+00:00'")
  let made = 0
  const begun = performance.now()
  while (!signal.aborted) {
    await connection.beginTransaction()
    for (const { sql, values } of churn.next(Date.now())) await connection.query(sql, [...values])
    await connection.commit()
    made++
    const early = begun + (made / perSecond) * 1_000 - performance.now()
    if (early > 0) await pause(early, signal)
  }
  return made
}

function inserted(table: BankTable, row: Readonly<Record<string, ColumnValue>>) {
  const columns = Object.keys(row)
  return { sql: `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`, values: Object.values(row) }
}
