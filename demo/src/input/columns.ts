import { InputError } from './errors.js'
import { apiForm, type Cells, handbookForm, type RowForm } from './row-forms.js'
import { NotA, type Read } from './values.js'

/** The header of a file: which form it is, and where each column stands. */
export class Columns {
  readonly form: RowForm
  readonly #index: ReadonlyMap<string, number>

  /** @throws InputError for a column that is missing, unknown or there twice */
  constructor(names: readonly string[]) {
    // The handbook counts money in units, the API in minor units: that column tells the two apart.
    this.form = names.includes('amount') && !names.includes('amount_minor') ? handbookForm : apiForm
    this.#index = new Map(names.map((name, index) => [name, index]))

    const known = [...this.form.required, ...this.form.optional]
    const missing = this.form.required.find((name) => !this.#index.has(name))
    const unknown = names.find((name) => !known.includes(name))
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (missing !== undefined) throw this.#invalid(missing, 'is missing')
    if (unknown !== undefined) throw this.#invalid(unknown, 'is unknown')
    if (twice !== undefined) throw this.#invalid(twice, 'stands there twice')
    if (this.form === apiForm && !this.#index.has('card_number') && !this.#index.has('customer_id')) {
      throw this.#invalid('card_number', 'is missing, and so is customer_id to derive it from')
    }
  }

  /** @throws InputError when the row has more or fewer cells than the header */
  cellsOf(record: readonly string[], line: number): Cells {
    if (record.length !== this.#index.size) {
      const count = `${record.length} cells, but the header names ${this.#index.size} columns`
      throw new InputError('INPUT_ROW_INVALID', `line ${line}: has ${count}`, { line })
    }
    const read = <T>(column: string, as: Read<T>): T => {
      const text = record[this.#index.get(column) ?? -1] ?? ''
      try {
        return as(text)
      } catch (error) {
        if (!(error instanceof NotA)) throw error
        // A card number must not get into a log, not even a wrong one.
        const shown = column === 'card_number' ? 'the value' : JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
        throw new InputError('INPUT_ROW_INVALID', `line ${line}, column ${column}: ${shown} is not ${error.message}`, { line, column })
      }
    }
    return {
      read,
      readIfGiven: (column, as) => ((record[this.#index.get(column) ?? -1] ?? '') === '' ? undefined : read(column, as)),
    }
  }

  #invalid(column: string, what: string): InputError {
    const { name, required, optional } = this.form
    return new InputError(
      'INPUT_COLUMNS_INVALID',
      `line 1: column ${JSON.stringify(column)} ${what}; the columns of ${name} are ${required.join(', ')}, and if wanted ${optional.join(', ')}`,
      { line: 1, column },
    )
  }
}
