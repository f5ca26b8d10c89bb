import { nearestName } from '../../domain/rule-language/suggestion.js'
import type { Swiped } from '../../domain/backtest/stream.js'
import { csvFields } from './csv-line.js'
import {
  asBin, asCategory, asCents, asCountry, asCurrency, asEntryMode, asFraud, asId, asLast4, asLatitude, asLongitude, asMinorUnits, asPlace, asText, asTime, NotA, type Read,
} from './row-values.js'
import { BacktestError } from './source.js'

/** Reads one line. @throws RowError */
export type RowReader = (line: string) => Swiped

/** Why a line is no transaction: the field first, where it is about one. */
export class RowError extends Error {
  override readonly name = 'RowError'
}

/** The named values of a row. Undefined, null and an empty text are all nothing. */
type Row = (name: string) => unknown

interface RowForm {
  readonly name: string
  readonly required: readonly string[]
  readonly optional: readonly string[]
  read(row: Row): Swiped
}

const labelColumns = ['is_fraud', 'label']

/** Its data has no merchant, place, country or category, and does not say how the card was read. */
const handbookForm: RowForm = {
  name: 'the Fraud Detection Handbook',
  required: ['transaction_id', 'occurred_at', 'customer_id', 'terminal_id', 'amount'],
  optional: [...labelColumns, 'fraud_scenario'],
  read(row) {
    const terminal = needed(row, 'terminal_id', asId)
    const at = needed(row, 'occurred_at', asTime)
    return {
      kind: 'transaction',
      fraud: fraudOf(row),
      tx: {
        transaction_id: needed(row, 'transaction_id', asId), card_id: needed(row, 'customer_id', asId), card_bin: '000000', card_last4: '0000',
        amount_minor: needed(row, 'amount', asCents), currency: 'EUR', merchant_id: terminal, merchant_name: null, merchant_category: null, terminal_id: terminal,
        entry_mode: 'unknown', place: null, country: null, occurred_at: at, received_at: at,
      },
    }
  },
}

/** The names of the contract's own fields; in a CSV `place` is two columns. */
const contractForm = (place: readonly string[], placeOf: (row: Row) => Swiped['tx']['place']): RowForm => ({
  name: 'the Transaction contract',
  required: ['transaction_id', 'card_id', 'amount_minor', 'currency', 'merchant_id', 'occurred_at'],
  optional: [
    'card_bin', 'card_last4', 'merchant_name', 'merchant_category', 'terminal_id', 'entry_mode', ...place, 'country', 'received_at', ...labelColumns,
  ],
  read(row) {
    const at = needed(row, 'occurred_at', asTime)
    return {
      kind: 'transaction',
      fraud: fraudOf(row),
      tx: {
        transaction_id: needed(row, 'transaction_id', asId), card_id: needed(row, 'card_id', asId),
        card_bin: given(row, 'card_bin', asBin) ?? '000000', card_last4: given(row, 'card_last4', asLast4) ?? '0000',
        amount_minor: needed(row, 'amount_minor', asMinorUnits), currency: needed(row, 'currency', asCurrency), merchant_id: needed(row, 'merchant_id', asId),
        merchant_name: given(row, 'merchant_name', asText), merchant_category: given(row, 'merchant_category', asCategory), terminal_id: given(row, 'terminal_id', asId),
        entry_mode: given(row, 'entry_mode', asEntryMode) ?? 'unknown', place: placeOf(row), country: given(row, 'country', asCountry),
        occurred_at: at, received_at: given(row, 'received_at', asTime) ?? at,
      },
    }
  },
})

const csvForm = contractForm(['latitude', 'longitude'], (row) => {
  if (isNothing(row('latitude')) && isNothing(row('longitude'))) return null
  return { latitude: needed(row, 'latitude', asLatitude), longitude: needed(row, 'longitude', asLongitude) }
})
const jsonForm = contractForm(['place'], (row) => given(row, 'place', asPlace))

/** Reads the lines of a CSV under this header. @throws BacktestError BACKTEST_COLUMNS_INVALID */
export function csvReader(header: string, file: string): RowReader {
  const names = csvFields(header) ?? []
  // The Handbook counts money in units, the contract in minor units: that column tells the two apart.
  const form = names.includes('amount') && !names.includes('amount_minor') ? handbookForm : csvForm
  const places = new Map(names.map((name, index) => [name, index]))
  const refuse = (what: string) => new BacktestError('BACKTEST_COLUMNS_INVALID',
    `${file}:1: ${what}; the columns of ${form.name} are ${form.required.join(', ')}, and if wanted ${form.optional.join(', ')}`)
  for (const name of form.required) if (!places.has(name)) throw refuse(`the column ${name} is missing`)
  for (const [index, name] of names.entries()) {
    if (!isKnown(name, form)) throw refuse(`there is no column ${shown(name)}${hintOf(name, form)}`)
    if (places.get(name) !== index) throw refuse(`the column ${name} stands there twice`)
  }
  if (labelColumns.every((name) => places.has(name))) throw refuse(`${labelColumns.join(' and ')} are the same: leave one out`)
  return (line) => {
    const fields = csvFields(line)
    if (fields === undefined) throw new RowError('a quote is not closed in its line')
    if (fields.length !== names.length) throw new RowError(`has ${fields.length} fields, but the first line names ${names.length} columns`)
    return form.read((name) => fields[places.get(name) ?? -1])
  }
}

/** Reads the lines of an NDJSON file. */
export const ndjsonReader: RowReader = (line) => {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw new RowError('it is no JSON', { cause: error })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new RowError('it is no JSON object')
  const row = value as Readonly<Record<string, unknown>>
  const unknown = Object.keys(row).find((name) => !isKnown(name, jsonForm))
  if (unknown !== undefined) throw new RowError(`there is no field ${shown(unknown)}${hintOf(unknown, jsonForm)}`)
  return jsonForm.read((name) => row[name])
}

function fraudOf(row: Row): boolean | null {
  return given(row, 'is_fraud', asFraud) ?? given(row, 'label', asFraud)
}

const isKnown = (name: string, { required, optional }: RowForm): boolean => required.includes(name) || optional.includes(name)
const isNothing = (value: unknown): boolean => value === undefined || value === null || value === ''

function hintOf(name: string, { required, optional }: RowForm): string {
  const nearest = nearestName(name, [...required, ...optional])
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`
}

function needed<T>(row: Row, name: string, as: Read<T>): T {
  const value = row(name)
  if (isNothing(value)) throw new RowError(`${name} is missing`)
  return read(value, name, as)
}

function given<T>(row: Row, name: string, as: Read<T>): T | null {
  const value = row(name)
  return isNothing(value) ? null : read(value, name, as)
}

function read<T>(value: unknown, name: string, as: Read<T>): T {
  try {
    return as(value)
  } catch (error) {
    if (!(error instanceof NotA)) throw error
    throw new RowError(`${name}: ${shown(value)} is not ${error.message}`, { cause: error })
  }
}

/** Short, on one line, without what steers a terminal, and never what may be a card number: these must not get into a log. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  if (/(?:\d[ -]?){12}/.test(text)) return 'the value'
  return (text.length > 60 ? `${text.slice(0, 60)}…` : text).replaceAll(/\p{C}/gu, '\uFFFD')
}
