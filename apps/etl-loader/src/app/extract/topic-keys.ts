import { type AvroSchema, type Row, RowDecoder, schemaIdOf, type SchemaRegistry } from '@swipestream/contracts'
import type { KafkaRecord, Reader } from '@swipestream/messaging'
import { type KeyText, keyTextOfAvro } from '../../domain/key-text.js'
import type { SourceTable } from '../../domain/source-table.js'

/** Every record that is on a topic now: those of one key in their order. */
export async function* recordsOf(reader: Reader, topic: string): AsyncGenerator<readonly KafkaRecord[]> {
  for (const [partition, { first, end }] of (await reader.bounds(topic)).entries()) {
    yield* reader.read({ topic, partition }, first, end)
  }
}

/** Reads keys and rows that a table's topic has, whatever schema they were written with. */
export class TopicRows {
  readonly #decoder = new RowDecoder()
  readonly #schemas = new Map<number, AvroSchema>()

  constructor(
    private readonly table: SourceTable,
    private readonly registry: SchemaRegistry,
  ) {}

  /** What the source calls the keys, in the order of the table's key. @throws ContractError */
  async keyTexts(key: Buffer): Promise<KeyText[]> {
    const value = (await this.#decoded(key)) as Row
    return this.table.key.map(({ field, type }) => keyTextOfAvro(type, value[field] as never))
  }

  /** The row of an envelope, with the columns that the table has now; null when it has none. @throws ContractError */
  async row(envelope: Buffer): Promise<Row | null> {
    const { after } = (await this.#decoded(envelope)) as { after: Row | null }
    return after === null ? null : Object.fromEntries(this.table.columns.map(({ field }) => [field, after[field] ?? null]))
  }

  async #decoded(bytes: Buffer): Promise<unknown> {
    const id = schemaIdOf(bytes)
    if (!this.#schemas.has(id)) this.#schemas.set(id, await this.registry.schemaById(id))
    return this.#decoder.decode(bytes, (known) => this.#schemas.get(known) as AvroSchema).value
  }
}
