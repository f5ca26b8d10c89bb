import { setTimeout as delay } from 'node:timers/promises'
import type { Row, SchemaRegistry } from '@swipestream/contracts'
import { type KafkaRecord, MessagingError, type Reader } from '@swipestream/messaging'
import { type KeyText, keyTextOfAvro } from '../../domain/key-text.js'
import type { SourceTable } from '../../domain/source-table.js'
import { RecordDecoder } from '../record-decoder.js'

/** How long the end of a transaction may take to be seen, in milliseconds. */
const visibleWithinMs = 30_000

/** Every record that is on a topic now, with all that was written before the call: those of one key in their order. */
export async function* recordsOf(reader: Reader, topic: string): AsyncGenerator<readonly KafkaRecord[]> {
  for (const [partition, { first, end }] of (await settledBounds(reader, topic)).entries()) {
    yield* reader.read({ topic, partition }, first, end)
  }
}

/**
 * Where a topic's committed records begin and end, with all that was written before the call: a transaction is committed
 * when its coordinator says so, and seen a moment later, when the partitions' leaders know.
 */
export async function settledBounds(reader: Reader, topic: string): Promise<Awaited<ReturnType<Reader['bounds']>>> {
  const written = await reader.written(topic)
  for (const deadline = performance.now() + visibleWithinMs; ; await delay(10)) {
    const bounds = await reader.bounds(topic)
    if (bounds.every(({ end }, partition) => end >= (written[partition] ?? 0n))) return bounds
    if (performance.now() > deadline) throw new MessagingError('KAFKA_UNAVAILABLE', `a transaction on ${topic} has not ended within ${visibleWithinMs / 1000} s`)
  }
}

/** Reads keys and rows that a table's topic has, whatever schema they were written with. */
export class TopicRows {
  readonly #decoder: RecordDecoder

  constructor(
    private readonly table: SourceTable,
    registry: SchemaRegistry,
  ) {
    this.#decoder = new RecordDecoder(registry)
  }

  /** What the source calls the keys, in the order of the table's key. @throws ContractError */
  async keyTexts(key: Buffer): Promise<KeyText[]> {
    const { value } = await this.#decoder.decode(key)
    return this.table.key.map(({ field, type }) => keyTextOfAvro(type, (value as Row)[field] as never))
  }

  /** The row of an envelope, with the columns that the table has now; null when it has none. @throws ContractError */
  async row(envelope: Buffer): Promise<Row | null> {
    const { value } = await this.#decoder.decode(envelope)
    const { after } = value as { after: Row | null }
    return after === null ? null : Object.fromEntries(this.table.columns.map(({ field }) => [field, after[field] ?? null]))
  }
}
