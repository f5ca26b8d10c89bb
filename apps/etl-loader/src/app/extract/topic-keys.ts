import { setTimeout as delay } from 'node:timers/promises'
import { type AvroSchema, type Row, RowDecoder, schemaIdOf, type SchemaRegistry } from '@swipestream/contracts'
import { type KafkaRecord, MessagingError, type Reader } from '@swipestream/messaging'
import { type KeyText, keyTextOfAvro } from '../../domain/key-text.js'
import type { SourceTable } from '../../domain/source-table.js'

/** How long the end of a transaction may take to be seen, in milliseconds. */
const visibleWithinMs = 30_000

/** Every record that is on a topic now, with all that was written before the call: those of one key in their order. */
export async function* recordsOf(reader: Reader, topic: string): AsyncGenerator<readonly KafkaRecord[]> {
  for (const [partition, { first, end }] of (await settledBounds(reader, topic)).entries()) {
    yield* reader.read({ topic, partition }, first, end)
  }
}

/** A transaction is committed when its coordinator says so, and seen a moment later, when the partitions' leaders know. */
async function settledBounds(reader: Reader, topic: string): Promise<Awaited<ReturnType<Reader['bounds']>>> {
  const written = await reader.written(topic)
  for (const deadline = performance.now() + visibleWithinMs; ; await delay(10)) {
    const bounds = await reader.bounds(topic)
    if (bounds.every(({ end }, partition) => end >= (written[partition] ?? 0n))) return bounds
    if (performance.now() > deadline) throw new MessagingError('KAFKA_UNAVAILABLE', `a transaction on ${topic} has not ended within ${visibleWithinMs / 1000} s`)
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
