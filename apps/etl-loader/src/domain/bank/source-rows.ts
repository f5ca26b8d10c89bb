import type { AvroSchema } from '@swipestream/contracts'

/** The bank's tables that curated topics are made of. */
export const bankTables = ['cards', 'customers', 'merchants'] as const
export type BankTable = (typeof bankTables)[number]

/** The columns of `customers` that are read. Timestamps are ISO 8601 with `Z`, times microseconds of the day. */
export interface CustomerRow {
  readonly customer_id: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly country: string | null
  readonly language: string | null
  readonly time_zone: string | null
  /** MySQL SET: its members, separated by commas. */
  readonly channels: string | null
  readonly quiet_from: number | null
  readonly quiet_to: number | null
  readonly same_as: string | null
  readonly updated_at: string | null
  readonly deleted_at: string | null
}

/** The columns of `cards` that are read. */
export interface CardRow {
  readonly card_id: string
  readonly customer_id: string | null
  readonly card_bin: string | null
  readonly card_last4: string | null
  readonly home_country: string | null
  readonly time_zone: string | null
  readonly updated_at: string | null
  readonly deleted_at: string | null
}

/** The columns of `merchants` that are read. No column says when a row changed. */
export interface MerchantRow {
  readonly merchant_id: string
  readonly name: string | null
  readonly category_code: string | null
  readonly country: string | null
  readonly city: string | null
}

export interface SourceRows {
  cards: CardRow
  customers: CustomerRow
  merchants: MerchantRow
}

/** What a record of a table's topic says (Debezium's envelope), as far as it is read here. */
export interface Envelope<R> {
  /** Of a `d`: the row that was. */
  readonly before: R | null
  /** null in a `d`. */
  readonly after: R | null
  /** `r` of a snapshot, `c`reated, `u`pdated, `d`eleted. */
  readonly op: string
  /** When the record was made, milliseconds since the Unix epoch. */
  readonly ts_ms: number | null
}

/** Column that is the primary key. */
export const keyColumns: { readonly [T in BankTable]: keyof SourceRows[T] & string } = { cards: 'card_id', customers: 'customer_id', merchants: 'merchant_id' }

/**
 * Schemas to read the tables' topics with: whatever extract or Debezium wrote them with, Avro's resolution gives these
 * columns, null for those that are not there. Only the key must be.
 */
export const sourceSchemas: Readonly<Record<BankTable, AvroSchema>> = {
  cards: envelopeOf('card_id', texts('customer_id', 'card_bin', 'card_last4', 'home_country', 'time_zone', 'updated_at', 'deleted_at')),
  customers: envelopeOf('customer_id', [
    ...texts('given_name', 'family_name', 'email', 'phone', 'country', 'language', 'time_zone', 'channels', 'same_as', 'updated_at', 'deleted_at'),
    { name: 'quiet_from', type: ['null', 'long'], default: null },
    { name: 'quiet_to', type: ['null', 'long'], default: null },
  ]),
  merchants: envelopeOf('merchant_id', texts('name', 'category_code', 'country', 'city')),
}

interface Column {
  readonly name: string
  readonly type: AvroSchema
  readonly default: null
}

function texts(...names: string[]): Column[] {
  return names.map((name) => ({ name, type: ['null', 'string'], default: null }))
}

function envelopeOf(key: string, columns: readonly Column[]): AvroSchema {
  const row = { type: 'record', name: 'Value', fields: [{ name: key, type: 'string' }, ...columns] }
  return {
    type: 'record',
    name: 'Envelope',
    fields: [
      { name: 'before', type: ['null', row], default: null },
      { name: 'after', type: ['null', 'Value'], default: null },
      { name: 'op', type: 'string' },
      { name: 'ts_ms', type: ['null', 'long'], default: null },
    ],
  }
}

/**
 * The key of a table's record that has one column of text: an Avro record of one string in Confluent's wire format, that
 * is 5 bytes, the length in bytes as a zigzag varint, and the text (Avro 1.11, "Binary Encoding").
 *
 * @returns undefined for what is not of that form
 */
export function textKeyOf(bytes: Uint8Array): string | undefined {
  let [length, at, shift] = [0, 5, 0]
  for (let more = true; more; shift += 7) {
    const byte = bytes[at++]
    if (byte === undefined || shift > 21) return undefined
    length += (byte & 0x7f) << shift
    more = byte >= 0x80
  }
  if (length % 2 !== 0 || bytes.length !== at + length / 2) return undefined
  return new TextDecoder().decode(bytes.subarray(at))
}
