import { CsvError, parse } from 'csv-parse'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, type Transform } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { SwipeRequest } from '../generator/swipe-request.js'
import { Columns } from './columns.js'
import { holderOf, type DerivedHolder } from './derived-holder.js'
import { InputError } from './errors.js'
import type { RowContent } from './row-forms.js'

/** One transaction of a file. */
export interface InputRow {
  /** Line of the file it ends on; the header is line 1. */
  line: number
  /** Differs from row to row of a file: its `transaction_id`, or `line-N`. Good as Idempotency-Key. */
  id: string
  swipe: SwipeRequest
  /** What kind of fraud the file says it was; null for none, or when it does not say. */
  label: string | null
  /** Whose card it is, on the first row of each card. */
  newHolder: DerivedHolder | null
}

export interface CsvOptions {
  /** The card's token: what transactions-api makes of a card number. */
  tokenOf: (cardNumber: string) => string
  /** Stop after so many rows. Default: all. */
  rows?: number
  /** `updated_at` of customers and cards, ms since the epoch. Default: the start of 2026. */
  updatedAt?: number
  /** Called with what is wrong with a row, which is then left out. Default: the first bad row ends the reading. */
  onBadRow?: (error: InputError) => void
}

/**
 * Streams the transactions of a CSV file with a header, plain or gzip (known by its first bytes). Knows the columns of
 * the Fraud Detection Handbook and those of the API (see `row-forms.ts`). What a file lacks is derived from its rows
 * alone, so that the same file always gives the same cards and contacts.
 *
 * Memory: a few bytes a card, nothing a row.
 *
 * @throws InputError naming file, line and column
 */
export async function* readTransactions(file: string, options: CsvOptions): AsyncGenerator<InputRow, undefined> {
  const { tokenOf, rows = Infinity, updatedAt = Date.UTC(2026, 0, 1), onBadRow } = options
  if (!(rows >= 1)) return
  const cardsSeen = new Set<string>()
  let columns: Columns | undefined
  let made = 0
  try {
    for await (const { record, info } of await openCsv(file)) {
      if (columns === undefined) {
        columns = new Columns(record)
        continue
      }
      let content: RowContent
      try {
        content = columns.form.read(columns.cellsOf(record, info.lines))
      } catch (error) {
        if (!(error instanceof InputError) || onBadRow === undefined) throw error
        onBadRow(error)
        continue
      }
      const { id, swipe, label, customer } = content
      const isNew = !cardsSeen.has(swipe.card_number)
      if (isNew) cardsSeen.add(swipe.card_number)
      yield {
        line: info.lines,
        id: id ?? `line-${info.lines}`,
        swipe,
        label,
        newHolder: isNew ? holderOf(swipe.card_number, customer, tokenOf, updatedAt) : null,
      }
      if (++made >= rows) return
    }
  } catch (error) {
    throw explained(error, file)
  }
  if (columns === undefined) throw new InputError('INPUT_COLUMNS_INVALID', `${file} is empty: its first line must name the columns`, { line: 1 })
}

interface Parsed {
  record: string[]
  info: { lines: number }
}

async function openCsv(file: string): Promise<AsyncIterable<Parsed>> {
  const gzipped = await isGzip(file)
  const parser: Transform = parse({ bom: true, info: true, skip_empty_lines: true, relax_column_count: true })
  // A failure of any of them destroys the last one, whose reader gets the error.
  const toReader = (): void => undefined
  if (gzipped) pipeline(createReadStream(file), createGunzip(), parser, toReader)
  else pipeline(createReadStream(file), parser, toReader)
  return parser
}

/** By the magic number of RFC 1952. */
async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await handle.close()
  }
}

/** Names the file in what went wrong with it. */
function explained(error: unknown, file: string): unknown {
  if (error instanceof InputError) return new InputError(error.code, `${file}: ${error.message}`, error.where, { cause: error })
  if (error instanceof CsvError) {
    // The parser's own message quotes the cell, which may be a card number.
    const line = typeof error['lines'] === 'number' ? error['lines'] : undefined
    const where = line === undefined ? {} : { line }
    return new InputError('INPUT_ROW_INVALID', `${file}: line ${line ?? 'unknown'}: no valid CSV (${error.code})`, where, { cause: error })
  }
  if (error instanceof Error && 'errno' in error) {
    return new InputError('INPUT_UNREADABLE', `${file} cannot be read: ${error.message}`, {}, { cause: error })
  }
  return error
}
