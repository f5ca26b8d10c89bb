import type { Card, Customer, Merchant } from '@swipestream/contracts'
import { countryOf } from './country.js'
import { emailOf } from './email.js'
import { clockOf, languageOf, timeZoneOf, unknownLanguage } from './locale.js'
import type { ReadPhone } from './phone.js'
import { RowRefused } from './refusal.js'
import type { CardRow, CustomerRow, MerchantRow } from './source-rows.js'
import { idOf, tidy } from './text.js'

/** A customer before merging: as the contract, and who the bank found it to be a double of. */
export type CleanCustomer = Customer & { readonly same_as: string | null }
/** A merchant before merging. */
export type CleanMerchant = Omit<Merchant, 'merged_ids'>

/** A cleaned row, and the columns whose value could not be used and was left out. */
export interface Cleaned<T> {
  readonly row: T
  readonly dropped: readonly string[]
}

/** Collects what is left out. */
class Columns {
  readonly dropped: string[] = []

  /** What `read` makes of a column's text; null when there is none, or it cannot be used. */
  optional<T>(column: string, text: string | null, read: (text: string) => T | undefined): T | null {
    const given = tidy(text)
    if (given === null) return null
    const value = read(given)
    if (value !== undefined) return value
    this.dropped.push(column)
    return null
  }
}

/** @param madeAt when the record was made, for a row that does not say when it changed; milliseconds since the Unix epoch @throws RowRefused */
export function cleanCustomer(row: CustomerRow, madeAt: number | null, readPhone: ReadPhone): Cleaned<CleanCustomer> {
  const columns = new Columns()
  const customer_id = keyOf('customer_id', row.customer_id)
  const country = columns.optional('country', row.country, countryOf)
  const email = columns.optional('email', row.email, emailOf)
  const phone = columns.optional('phone', row.phone, (text) => readPhone(text, country ?? undefined))
  if (email === null && phone === null && columns.dropped.some((column) => column === 'email' || column === 'phone')) {
    throw new RowRefused('ETL_CUSTOMER_UNREACHABLE', columns.dropped.includes('email') ? 'email' : 'phone', 'No e-mail address and no telephone number of the customer can be used, and what is there is neither.')
  }
  const clean: CleanCustomer = {
    customer_id,
    given_name: tidy(row.given_name),
    family_name: tidy(row.family_name),
    email,
    phone,
    language: columns.optional('language', row.language, languageOf) ?? unknownLanguage,
    time_zone: zoneOf('time_zone', row.time_zone),
    country,
    channels: channelsOf(row.channels, columns),
    ...quietHours(row, columns),
    updated_at: timeOf(row.updated_at, madeAt),
    same_as: idOf(row.same_as) === '' ? null : idOf(row.same_as),
  }
  return { row: clean, dropped: columns.dropped }
}

/** @throws RowRefused: every field of a card must be known, for decisions hang on them */
export function cleanCard(row: CardRow, madeAt: number | null): Cleaned<Card> {
  const card_id = idOf(row.card_id)
  if (!/^v\d+\.[\w.-]+$/.test(card_id)) throw new RowRefused('ETL_CARD_ID_INVALID', 'card_id', 'The id of a card is a token v<key version>.<text>, never its number.')
  const customer_id = idOf(row.customer_id)
  if (customer_id === '') throw new RowRefused('ETL_HOLDER_MISSING', 'customer_id', 'The card has no holder.')
  const home = tidy(row.home_country)
  const home_country = home === null ? undefined : countryOf(home)
  if (home_country === undefined) throw new RowRefused('ETL_COUNTRY_UNKNOWN', 'home_country', 'The country is missing, or no country has this code or name.')
  const clean: Card = {
    card_id,
    customer_id,
    card_bin: digitsOf('card_bin', row.card_bin, 6),
    card_last4: digitsOf('card_last4', row.card_last4, 4),
    home_country,
    time_zone: zoneOf('time_zone', row.time_zone),
    updated_at: timeOf(row.updated_at, madeAt),
  }
  return { row: clean, dropped: [] }
}

/** @throws RowRefused */
export function cleanMerchant(row: MerchantRow, madeAt: number | null): Cleaned<CleanMerchant> {
  const columns = new Columns()
  const merchant_id = keyOf('merchant_id', row.merchant_id)
  const name = tidy(row.name)
  if (name === null) throw new RowRefused('ETL_NAME_MISSING', 'name', 'The merchant has no name.')
  const clean: CleanMerchant = {
    merchant_id,
    name,
    category: columns.optional('category_code', row.category_code, categoryOf),
    country: columns.optional('country', row.country, countryOf),
    city: tidy(row.city),
    updated_at: timeOf(null, madeAt),
  }
  return { row: clean, dropped: columns.dropped }
}

function keyOf(column: string, text: string): string {
  const id = idOf(text)
  if (id === '') throw new RowRefused('ETL_ID_EMPTY', column, 'The id of the row is empty.')
  return id
}

function digitsOf(column: string, text: string | null, count: number): string {
  const digits = tidy(text) ?? ''
  if (!new RegExp(`^\\d{${count}}$`).test(digits)) throw new RowRefused('ETL_CARD_DIGITS_INVALID', column, `These are not ${count} digits.`)
  return digits
}

function zoneOf(column: string, text: string | null): string {
  const given = tidy(text)
  const zone = given === null ? undefined : timeZoneOf(given)
  if (zone === undefined) throw new RowRefused('ETL_TIME_ZONE_INVALID', column, 'The time zone is missing, or IANA has none of this name.')
  return zone
}

function timeOf(text: string | null, madeAt: number | null): number {
  const at = text === null ? Number.NaN : Date.parse(text)
  if (Number.isSafeInteger(at)) return at
  if (madeAt === null) throw new RowRefused('ETL_TIME_MISSING', null, 'Neither the row nor its record says when it changed.')
  return madeAt
}

/** A code of 4 digits; one of 3 has lost its leading zero in a spreadsheet, and no other is meant by it. */
function categoryOf(text: string): string | undefined {
  return /^\d{3,4}$/.test(text) ? text.padStart(4, '0') : undefined
}

const channels = ['email', 'sms', 'app'] as const

function channelsOf(text: string | null, columns: Columns): Customer['channels'] {
  const given = new Set((text ?? '').split(',').map((channel) => channel.trim().toLowerCase()).filter((channel) => channel !== ''))
  const known = channels.filter((channel) => given.has(channel))
  if (known.length < given.size) columns.dropped.push('channels')
  return known
}

/** One without the other says nothing. */
function quietHours(row: CustomerRow, { dropped }: Columns): Pick<Customer, 'quiet_from' | 'quiet_to'> {
  const [from, to] = [row.quiet_from, row.quiet_to].map((micros) => (micros === null ? undefined : clockOf(micros)))
  if (from !== undefined && to !== undefined) return { quiet_from: from, quiet_to: to }
  if (row.quiet_from !== null) dropped.push('quiet_from')
  if (row.quiet_to !== null) dropped.push('quiet_to')
  return { quiet_from: null, quiet_to: null }
}
