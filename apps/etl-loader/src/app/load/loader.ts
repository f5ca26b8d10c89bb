import { type Admin, failureKind, type KafkaClient, type Reader } from '@swipestream/messaging'
import { type Logger, pause, toError } from '@swipestream/platform'
import type { SchemaRegistry } from '@swipestream/contracts'
import { EtlError } from '../../errors.js'
import type { WarehouseTable } from '../../domain/warehouse-table.js'
import type { LoadTarget, OffsetChange } from '../../warehouse/warehouse.js'
import type { LoadedTopic } from './loaded-topic.js'
import type { LoadMetrics } from './load-metrics.js'
import { forgottenBy, type Person, tellsOfForgotten } from './forget-customer.js'
import { RecordDecoder } from '../record-decoder.js'
import { split } from './split-batch.js'
import { type BatchLimits, type RecordBatch, recordBatches } from './topic-reader.js'
import type { TablesOf } from './system-tables.js'
import { type BadRecord, type TopicRows, TopicRowsReader } from './topic-rows.js'

export interface LoaderParts {
  readonly client: Pick<KafkaClient, 'reader' | 'admin'>
  readonly registry: Pick<SchemaRegistry, 'schemaById'>
  /** What the names of topics start with in the cluster. */
  readonly namespace: string
  readonly warehouse: LoadTarget
  /** The tables that a topic's rows go to. */
  readonly tablesOf: TablesOf
  /** Told when a table has changed its shape. */
  evolved?(table: WarehouseTable): Promise<void>
  readonly topics: readonly LoadedTopic[]
  readonly limits: BatchLimits
  /** How long rows wait for others of their topic, in milliseconds. */
  readonly waitMs: number
  /** Puts records where somebody mends them; has written them when it resolves. */
  quarantine(topic: string, bad: readonly BadRecord[]): Promise<void>
  readonly logger: Pick<Logger, 'debug' | 'warn' | 'error'>
  readonly metrics?: LoadMetrics
  /** Empties what is there of a person; done when it resolves. Without it, who is forgotten is only removed. */
  readonly forget?: (person: Person) => Promise<void>
  /** Told after each topic that all is well, or what keeps it waiting. */
  readonly onHealth?: (error: Error | null) => void
  /** Told of records that went from a topic before they could be loaded. */
  readonly onExpired?: (topic: string, records: number) => void
}

/** What a loader has done since it began. */
export interface LoadCounts {
  readonly records: number
  readonly batches: number
  readonly quarantined: number
  readonly topics: Readonly<Record<string, number>>
}

/** A batch, and what was made of it. */
interface ReadBatch {
  readonly batch: RecordBatch
  readonly rows: TopicRows
  /** By the monotonic clock. */
  readonly startedAt: number
}

/** Delays between tries, in milliseconds. */
const patience = { first: 100, most: 10_000 }

/**
 * Brings topics to a warehouse. What is there says how far it has come, so this keeps nothing: a loader that is killed,
 * at any place, is followed by one that goes on where the last transaction of the warehouse ended.
 */
export class Loader {
  readonly #parts: LoaderParts
  readonly #decoder: RecordDecoder
  readonly #readers = new Map<string, TopicRowsReader>()
  /** Where each topic stands in the warehouse; gone when that is to be asked again. */
  readonly #offsets = new Map<string, Map<number, bigint>>()
  /** Of a transaction of which it is not known whether it was committed. */
  readonly #inDoubt = new Map<string, readonly OffsetChange[]>()
  readonly #missing = new Set<string>()
  readonly #counts = { records: 0, batches: 0, quarantined: 0, topics: {} as Record<string, number> }

  constructor(parts: LoaderParts) {
    this.#parts = parts
    this.#decoder = new RecordDecoder(parts.registry)
  }

  /**
   * Loads until the signal is aborted; with `once`, what is on the topics when it begins. What is away is waited for.
   *
   * @throws EtlError ETL_OFFSETS_MOVED, ETL_TOPIC_REPLACED, ETL_WAREHOUSE_BROKEN, ETL_WAREHOUSE_LOCKED, ETL_TABLE_NAME_TAKEN
   */
  async run(signal: AbortSignal, { once = false }: { readonly once?: boolean } = {}): Promise<LoadCounts> {
    const reader = this.#parts.client.reader()
    const admin = this.#parts.client.admin()
    try {
      for (;;) {
        for (const topic of await this.#present(admin, signal)) await this.#patiently(topic, reader, signal)
        if (once || signal.aborted) return this.#counts
        await pause(this.#parts.waitMs, signal)
      }
    } finally {
      await reader.close()
      await admin.close()
    }
  }

  /** Those of the topics that are there: the others may come. */
  async #present(admin: Admin, signal: AbortSignal): Promise<readonly LoadedTopic[]> {
    const { topics, namespace } = this.#parts
    const partitions = await this.#retrying('the topics', signal, () => admin.partitionsOf(topics.map(({ name }) => namespace + name)))
    return topics.filter(({ name }) => {
      const present = partitions?.has(namespace + name) ?? false
      if (!present && !this.#missing.has(name) && !signal.aborted) this.#parts.logger.warn({ topic: name }, 'the topic is not there; it is loaded when it comes')
      if (present) this.#missing.delete(name)
      else this.#missing.add(name)
      return present
    })
  }

  async #patiently(topic: LoadedTopic, reader: Reader, signal: AbortSignal): Promise<void> {
    await this.#retrying(topic.name, signal, () => this.#load(topic, reader, signal))
  }

  /** Again and again while what is needed is away. undefined: the signal was aborted before it was done. */
  async #retrying<T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const done = await work()
        this.#parts.onHealth?.(null)
        return done
      } catch (thrown) {
        const error = toError(thrown)
        if (failureKind(error) !== 'transient') throw error
        this.#parts.onHealth?.(error)
        this.#parts.logger.warn({ topic: what, err: error }, 'loading waits')
        await pause(Math.min(patience.most, patience.first * 2 ** Math.min(attempt, 10)), signal)
      }
    }
    return undefined
  }

  /** Everything that the topic holds now. */
  async #load(topic: LoadedTopic, reader: Reader, signal: AbortSignal): Promise<void> {
    const { namespace, limits, logger, metrics } = this.#parts
    const begunAt = performance.now()
    metrics?.begun(topic.name)
    const stored = await this.#stored(topic.name)
    const ends = new Map<number, bigint>()
    const expired = (partition: number, records: bigint) => {
      logger.error({ topic: topic.name, partition, records: Number(records), code: 'ETL_RECORDS_EXPIRED' }, 'records went from the topic before they were loaded: keep it longer, or load more often')
      this.#parts.onExpired?.(topic.name, Number(records))
    }
    const batches = recordBatches(reader, namespace + topic.name, stored, limits, { expired, ends: (partition, end) => ends.set(partition, end) })
    const rows = this.#readers.get(topic.name) ?? (await this.#newReader(topic))
    this.#readers.set(topic.name, rows)
    const read = async (): Promise<ReadBatch | undefined> => {
      const { value: batch, done } = await batches.next()
      return done === true || signal.aborted ? undefined : this.#read(batch, rows)
    }
    // The next batch is read, and made into rows, while the warehouse works on this one.
    let coming = read()
    let whole = false
    try {
      for (;;) {
        const next = await coming
        metrics?.lag(topic.name, ends, stored)
        if (next === undefined || signal.aborted) break
        coming = read()
        // Its failure is told when its turn comes.
        coming.catch(() => undefined)
        await this.#take(topic, next, signal)
      }
      whole = true
      if (!signal.aborted) metrics?.complete(topic.name, begunAt)
    } finally {
      await coming.catch(() => undefined)
      // It may know tables as they were to be, and are not.
      if (!whole) this.#readers.delete(topic.name)
      await batches.return(undefined)
    }
  }

  /** By the tables as the warehouse has them: the loader's own reader may be a batch ahead. */
  async #readAlone(topic: LoadedTopic, batch: RecordBatch): Promise<ReadBatch> {
    return this.#read(batch, await this.#newReader(topic))
  }

  async #read(batch: RecordBatch, reader: TopicRowsReader): Promise<ReadBatch> {
    const startedAt = performance.now()
    return { batch, rows: await reader.read(batch.records), startedAt }
  }

  async #storeAlone(topic: LoadedTopic, batch: RecordBatch): Promise<void> {
    await this.#store(topic, await this.#readAlone(topic, batch))
  }

  /**
   * Brings a batch to the warehouse. A person whom a record says to forget goes before the record is loaded: after a kill
   * in between it is read, and done, once more.
   */
  async #take(topic: LoadedTopic, next: ReadBatch, signal: AbortSignal): Promise<void> {
    const { forget } = this.#parts
    const tells = forget !== undefined && tellsOfForgotten(topic.name) && next.batch.records.some((record) => forgottenBy(record) !== undefined)
    if (!tells) return this.#store(topic, next)
    for (let rest = next.batch; ; ) {
      const at = rest.records.findIndex((record) => forgottenBy(record) !== undefined)
      const record = rest.records[at]
      if (record === undefined) return this.#storeAlone(topic, rest)
      // What the batch has of them must be there to go.
      if (at > 0) {
        const [before, after] = split(rest, at)
        await this.#storeAlone(topic, before)
        rest = after
      }
      await this.#catchUp(topic, signal)
      if (signal.aborted) return
      await forget(forgottenBy(record) as Person)
      const [one, after] = split(rest, 1)
      await this.#storeAlone(topic, one)
      if (after.offsets.length === 0) return
      rest = after
    }
  }

  /** Loads what the other topics hold now: what they say of a person who is forgotten must be there to go. */
  async #catchUp(behind: LoadedTopic, signal: AbortSignal): Promise<void> {
    const reader = this.#parts.client.reader()
    const admin = this.#parts.client.admin()
    try {
      for (const topic of await this.#present(admin, signal)) if (topic.name !== behind.name) await this.#load(topic, reader, signal)
    } finally {
      await reader.close()
      await admin.close()
    }
  }

  /** Where the topic stands. @throws EtlError ETL_OFFSETS_MOVED when another has moved it meanwhile */
  async #stored(name: string): Promise<Map<number, bigint>> {
    const known = this.#offsets.get(name)
    if (known !== undefined) return known
    const stored = new Map(await this.#parts.warehouse.offsets(name))
    for (const { partition, from, to } of this.#inDoubt.get(name) ?? []) {
      const now = stored.get(partition) ?? null
      if (now !== from && now !== to) {
        throw new EtlError('ETL_OFFSETS_MOVED', `${name}/${partition} is at ${now ?? 'no offset'} in the warehouse, where this loader left it at ${from ?? 'none'} or ${to}: another loader is at work there; run one of them`)
      }
    }
    this.#inDoubt.delete(name)
    this.#offsets.set(name, stored)
    return stored
  }

  /** Brings a batch to the warehouse; rows that it does not take are set aside. */
  async #store(topic: LoadedTopic, { batch, rows, startedAt }: ReadBatch): Promise<void> {
    const { warehouse, metrics } = this.#parts
    try {
      await this.#setAside(topic, rows.bad)
      for (const table of rows.evolved) await this.#evolve(table)
      this.#parts.logger.debug({ topic: topic.name, records: batch.records.length }, 'a batch begins')
      const refusal = await refusalOf(warehouse.apply({ topic: topic.name, offsets: batch.offsets, changes: rows.changes }))
      if (refusal !== undefined) {
        const bad = new Set(rows.bad.map(({ record }) => record))
        return await this.#storeParts(topic, { records: batch.records.filter((record) => !bad.has(record)), offsets: batch.offsets }, refusal)
      }
    } catch (error) {
      this.#doubt(topic.name, batch.offsets)
      throw error
    }
    const stored = this.#offsets.get(topic.name)
    for (const { partition, to } of batch.offsets) stored?.set(partition, to)
    this.#count(topic.name, batch.records.length)
    this.#parts.logger.debug({ topic: topic.name, records: batch.records.length, next: nextOffsets(batch.offsets) }, 'a batch is loaded')
    metrics?.stored(topic.name, batch.records, performance.now() - startedAt)
  }

  async #evolve(table: WarehouseTable): Promise<void> {
    const refusal = await refusalOf(this.#parts.warehouse.evolve(table))
    if (refusal !== undefined) throw new EtlError('ETL_WAREHOUSE_BROKEN', `${table.schema}.${table.name} cannot be changed to hold what comes: ${refusal.message}`, { cause: refusal })
    await this.#parts.evolved?.(table)
  }

  /** Halves, until the bad ones stand alone. */
  async #storeParts(topic: LoadedTopic, batch: RecordBatch, refusal: EtlError): Promise<void> {
    const [only] = batch.records
    if (only === undefined) throw new EtlError('ETL_WAREHOUSE_BROKEN', `the warehouse refuses to move the offsets of ${topic.name}: ${refusal.message}`, { cause: refusal })
    if (batch.records.length === 1) {
      await this.#setAside(topic, [{ record: only, error: refusal, value: null }])
      await this.#store(topic, await this.#readAlone(topic, { records: [], offsets: batch.offsets }))
      this.#count(topic.name, 1)
      return
    }
    const [first, rest] = split(batch, batch.records.length >> 1)
    await this.#storeAlone(topic, first)
    await this.#storeAlone(topic, rest)
  }

  async #setAside(topic: LoadedTopic, bad: readonly BadRecord[]): Promise<void> {
    if (bad.length === 0) return
    await this.#parts.quarantine(topic.name, bad)
    this.#counts.quarantined += bad.length
    this.#parts.metrics?.quarantined(topic.name, bad.length)
    for (const { record, error } of bad) {
      this.#parts.logger.warn({ topic: topic.name, partition: record.partition, offset: Number(record.offset), err: error }, 'a record is not loaded, and stands on etl_quarantine')
    }
  }

  async #newReader(topic: LoadedTopic): Promise<TopicRowsReader> {
    const tables = (await this.#parts.warehouse.tables()).filter((table) => table.topic === topic.name)
    return new TopicRowsReader(topic, this.#decoder, tables, this.#parts.tablesOf)
  }

  /** What was told to the warehouse may be done or not: both are asked again. Of a part and its whole, the part knows. */
  #doubt(name: string, offsets: readonly OffsetChange[]): void {
    if (!this.#offsets.has(name)) return
    this.#inDoubt.set(name, offsets)
    this.#offsets.delete(name)
  }

  #count(name: string, records: number): void {
    this.#counts.records += records
    this.#counts.batches += 1
    this.#counts.topics[name] = (this.#counts.topics[name] ?? 0) + records
  }
}

/** Why the warehouse will never take it; undefined when it has. @throws whatever else went wrong */
async function refusalOf(work: Promise<void>): Promise<EtlError | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (error instanceof EtlError && error.code === 'ETL_WAREHOUSE_REFUSED') return error
    throw error
  }
}

/** For a line of the log: where a topic's partitions stand in the warehouse from now on. */
function nextOffsets(offsets: readonly OffsetChange[]): Readonly<Record<number, number>> {
  return Object.fromEntries(offsets.map(({ partition, to }) => [partition, Number(to)]))
}
