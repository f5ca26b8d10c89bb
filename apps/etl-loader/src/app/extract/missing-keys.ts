import type { KafkaRecord } from '@swipestream/messaging'
import type { KeyText } from '../../domain/key-text.js'
import { keyTextOf } from '../../domain/key-text.js'
import type { TableWork } from './table-work.js'
import type { TopicRows } from './topic-keys.js'

/** Keys that the source is asked for at once: below the 1,000 from which MariaDB makes a table of a list. */
const keysAsked = 500
/** Keys that were not found, and are removed before more are looked at: what this holds has a bound. */
const mostMissing = 20_000

/**
 * Finds keys that a table's topic has and the table has not. The topic itself is the memory of what was written: a
 * second one could say otherwise. Keys are looked up a few hundred at a time, and only those that are missing are kept.
 */
export class MissingKeys {
  /** The last value by key, of keys that were not asked for yet. */
  #unasked = new Map<string, Buffer>()
  readonly #missing = new Map<string, Buffer>()

  constructor(
    private readonly work: TableWork,
    private readonly rows: TopicRows,
    /** Told of each key that is removed. */
    private readonly onRemoved: (key: string) => void = () => undefined,
  ) {}

  /** Takes records of the topic, those of one key in their order. */
  async take(records: readonly KafkaRecord[]): Promise<void> {
    for (const { key, value } of records) {
      if (key === null) continue
      const id = key.toString('latin1')
      if (value === null) {
        this.#unasked.delete(id)
        this.#missing.delete(id)
      } else this.#unasked.set(id, value)
      if (this.#unasked.size >= keysAsked) await this.#ask()
    }
    if (this.#missing.size >= mostMissing) await this.remove()
  }

  /** Removes from the topic what the source has not. Asked once more, for what was gone may have come again since. */
  async remove(): Promise<void> {
    await this.#ask()
    const ids = [...this.#missing.keys()]
    for (let from = 0; from < ids.length; from += keysAsked) {
      const asked = ids.slice(from, from + keysAsked)
      const there = await this.#there(asked)
      for (const id of asked) {
        const envelope = this.#missing.get(id) as Buffer
        if (there.has(id)) continue
        this.work.remove(Buffer.from(id, 'latin1'), await this.rows.row(envelope), this.work.now())
        this.onRemoved(id)
      }
      if (this.work.isFull) await this.work.flush()
    }
    this.#missing.clear()
  }

  async #ask(): Promise<void> {
    if (this.#unasked.size === 0) return
    const unasked = this.#unasked
    this.#unasked = new Map()
    const there = await this.#there([...unasked.keys()])
    for (const [id, envelope] of unasked) {
      if (there.has(id)) this.#missing.delete(id)
      else this.#missing.set(id, envelope)
    }
  }

  /**
   * Which of the keys rows have. A key is what its columns' texts are, byte by byte: where `ABC` became `abc`, which a
   * collation takes for the same, the old one is missing.
   */
  async #there(ids: readonly string[]): Promise<Set<string>> {
    const { source, sql, table } = this.work
    const idOfTexts = new Map<string, string>()
    const keys: KeyText[][] = []
    for (const id of ids) {
      const texts = await this.rows.keyTexts(Buffer.from(id, 'latin1'))
      keys.push(texts)
      idOfTexts.set(JSON.stringify(texts.map((text, i) => comparable(table.key[i] as (typeof table.key)[number], text))), id)
    }
    const there = new Set<string>()
    for (const row of await source.rows(sql.keysAmong(keys))) {
      const texts = table.key.map((column, i) => comparable(column, keyTextOf(column.type, row[i] as never)))
      const id = idOfTexts.get(JSON.stringify(texts))
      if (id !== undefined) there.add(id)
    }
    return there
  }
}

type KeyColumn = TableWork['table']['key'][number]

/** Texts of times differ in how many digits of a fraction they show. */
function comparable({ type }: KeyColumn, text: KeyText): KeyText {
  const timed = type.kind === 'time' || type.kind === 'date-time'
  if (timed && text.includes('.')) return text.replace(/\.?0+$/, '')
  return type.kind === 'float' || type.kind === 'double' ? String(Number(text)) : text
}
