import { LateLabels } from '../../domain/backtest/late-labels.js'
import { type StreamEvent, type Swiped, timeOf } from '../../domain/backtest/stream.js'
import { defaultSettings } from '../../domain/features/settings.js'
import { type BacktestSource, BacktestError, Refusals } from './source.js'
import { TextFile } from './text-file.js'
import { csvReader, ndjsonReader, RowError, type RowReader } from './transaction-row.js'

/**
 * Transactions of a file in the order of time, CSV or NDJSON, plain or gzip, known by what stands in it. Its rows' labels
 * come late, as feedback. What is no transaction is refused, and the reading goes on.
 *
 * Rows are taken as they come. What stands behind a newer row is late, as if it had arrived so: the engine says what that
 * changes (`observe`). Behind one that is newer by more than the late bound it is counted in `behind`, because the file
 * is then in no order, and labels were known before their time.
 */
export class TransactionFile implements BacktestSource {
  readonly refusals = new Refusals()
  behind = 0
  readonly #file: TextFile
  readonly #labels: LateLabels
  #newest = Number.NEGATIVE_INFINITY

  /** @param labelDelayMs from a transaction to its label, in milliseconds; 7 days by default */
  constructor(path: string, labelDelayMs?: number) {
    this.#file = new TextFile(path)
    this.#labels = new LateLabels(labelDelayMs)
  }

  get share(): number {
    return this.#file.share
  }

  /** @throws BacktestError */
  async *events(): AsyncGenerator<readonly StreamEvent[]> {
    let reader: RowReader | undefined
    let line = 0
    for await (const lines of this.#file.lines()) {
      const events: StreamEvent[] = []
      for (const text of lines) {
        line++
        if (text.trim() === '') continue
        if (reader === undefined) {
          reader = text.trimStart().startsWith('{') ? ndjsonReader : csvReader(text, this.#file.path)
          if (reader !== ndjsonReader) continue
        }
        const swiped = this.#read(reader, text, line)
        if (swiped !== undefined) events.push(...this.#labels.with(swiped))
      }
      yield events
    }
    if (reader === undefined) throw new BacktestError('BACKTEST_COLUMNS_INVALID', `${this.#file.path} is empty: its first line must name columns, or be a JSON object`)
  }

  #read(reader: RowReader, text: string, line: number): Swiped | undefined {
    try {
      const swiped = reader(text)
      const at = timeOf(swiped.tx)
      if (at < this.#newest - defaultSettings.lateBoundMs) this.behind++
      this.#newest = Math.max(this.#newest, at)
      return swiped
    } catch (error) {
      if (!(error instanceof RowError)) throw error
      this.refusals.add(`${this.#file.path}:${line}`, error.message)
      return undefined
    }
  }
}
