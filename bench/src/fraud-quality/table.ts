import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'

/** A row of a table of labelled transactions. */
export interface Row {
  readonly id: string
  /** Milliseconds since the Unix epoch, UTC. */
  readonly at: number
  readonly customer: string
  readonly terminal: string
  /** Euro cents. */
  readonly cents: number
  readonly fraud: boolean
}

const columns = ['transaction_id', 'occurred_at', 'customer_id', 'terminal_id', 'amount', 'is_fraud'] as const

/**
 * Reads a CSV file, gzipped or not, with the columns of the Fraud Detection Handbook in any order, in its order, which
 * must be that of time.
 *
 * @throws Error naming the column, or the line, that is wrong
 */
export async function* rowsOf(file: string): AsyncGenerator<Row> {
  const stored = createReadStream(file)
  const text = file.endsWith('.gz') ? stored.pipe(createGunzip()) : stored
  stored.once('error', (error) => text.destroy(error))
  let places: number[] | undefined
  let [line, newest] = [0, Number.NEGATIVE_INFINITY]
  for await (const words of createInterface({ input: text, crlfDelay: Infinity })) {
    line++
    if (places === undefined) {
      places = placesOf(words.split(','), file)
      continue
    }
    const row = rowOf(words.split(','), places)
    if (row === undefined) throw new Error(`${file}:${line}: this is no transaction: ${words}`)
    if (row.at < newest) throw new Error(`${file}:${line}: the table is not in the order of time`)
    newest = row.at
    yield row
  }
}

function placesOf(names: readonly string[], file: string): number[] {
  return columns.map((column) => {
    const place = names.indexOf(column)
    if (place < 0) throw new Error(`${file}:1: the table has no column ${column}`)
    return place
  })
}

function rowOf(fields: readonly string[], places: readonly number[]): Row | undefined {
  const [id, occurred, customer, terminal, amount, label] = places.map((place) => fields[place])
  const at = Date.parse(occurred ?? '')
  const cents = Math.round(Number(amount) * 100)
  if (!id || !customer || !terminal || Number.isNaN(at) || !Number.isSafeInteger(cents) || (label !== '0' && label !== '1')) return undefined
  return { id, at, customer, terminal, cents, fraud: label === '1' }
}
