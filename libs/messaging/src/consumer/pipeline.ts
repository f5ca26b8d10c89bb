import { inSpan, inSpanEach, linksTo, messagingAttributes, SpanKind, traceHeaders } from '@swipestream/platform'
import { receivedOf } from '../connection.js'
import { causedBy, type Envelope } from '../envelope.js'
import { MessagingError } from '../errors.js'
import type { KafkaRecord, PartitionOffset, Reader, RecordToSend, TopicPartition } from '../kafka/ports.js'
import { nameOf } from '../kafka/ports.js'
import type { BatchContext, Outgoing, Received, StateTopics, TableViews } from '../received.js'
import type { Schemas } from '../schemas.js'
import { sendTraced } from '../send-traced.js'
import type { PartitionTables, Tables } from '../tables/tables.js'
import type { Subscription } from './consume.decorator.js'
import { deadLetterRecord, type GivenUp } from './dead-letter.js'
import type { Delivery } from './delivery.js'
import { failureKind } from './failure.js'
import { copartitioned, StateStore } from './state-store.js'

/** A handler as the strategy gives it: what was returned, or nothing. */
export type Handle = (input: Received<unknown> | Received<unknown>[], context: BatchContext<StateTopics, StateTopics>) => Promise<readonly Outgoing[]>

export interface PipelineParts {
  readonly subscription: Subscription
  readonly groupId: string
  readonly handle: Handle
  readonly schemas: Schemas
  readonly envelope: Envelope
  readonly reader: () => Reader
  readonly tables: Pick<Tables, 'open'>
  readonly onStateSkipped: (at: TopicPartition & { offset: bigint }, error: unknown) => void
}

/** A record and what it says. */
export interface Read {
  readonly record: KafkaRecord
  readonly message: Received<unknown>
}

/** A record on its way: one to handle, or one to give up. */
export type Entry = Read | GivenUp

export function isGivenUp(entry: Entry): entry is GivenUp {
  return 'error' in entry
}

/** The way of the records of one partition: decode → handle → deliver what the handler returned, with the state. */
export class Pipeline {
  readonly #at: TopicPartition
  readonly #parts: PipelineParts
  readonly #delivery: Delivery
  readonly #revoked: AbortSignal
  readonly #state: StateStore<StateTopics>
  readonly #tables: PartitionTables
  readonly #context: BatchContext<StateTopics, StateTopics>

  constructor(at: TopicPartition, parts: PipelineParts, delivery: Delivery, revoked: AbortSignal) {
    this.#at = at
    this.#parts = parts
    this.#delivery = delivery
    this.#revoked = revoked
    const { schemas, envelope, subscription, onStateSkipped } = parts
    const source = { schemas, consumed: at.topic, physical: (name: string) => envelope.topicName(name), onSkipped: onStateSkipped }
    this.#state = new StateStore(subscription.state, at.partition, source, subscription.stateTtlMs)
    this.#tables = parts.tables.open(subscription.tables, at.partition)
    this.#context = { partition: at.partition, state: this.#state.views, tables: this.#tables.views as TableViews<StateTopics>, signal: revoked }
  }

  /**
   * Restores the state and waits for the tables, where there are any; gives the number of records of state, null where
   * there is none.
   *
   * @param onProgress told of offsets of the state that were read and of all there are, now and then
   */
  async restore(onProgress: (read: number, all: number) => void): Promise<number | null> {
    const { subscription, reader, envelope } = this.#parts
    const tables = Object.values(subscription.tables).map(({ name }) => envelope.topicName(name))
    const stateful = Object.keys(subscription.state).length > 0
    if (!stateful && tables.length === 0) return null
    const open = reader()
    // Ends the reading too, which may be long or wait for brokers.
    const close = () => void open.close()
    this.#revoked.addEventListener('abort', close, { once: true })
    try {
      const partitions = (await open.bounds(this.#at.topic)).length
      const restored = await this.#state.restore(open, partitions, onProgress)
      for (const table of tables) await copartitioned(open, { ...this.#at, partitions }, table)
      await untilAborted(this.#tables.loaded, this.#revoked)
      return stateful ? restored : null
    } finally {
      this.#revoked.removeEventListener('abort', close)
      await open.close()
    }
  }

  /** The partition is left: its tables are followed no more. */
  close(): void {
    this.#tables.release()
  }

  /** Decodes what can be decoded; the rest is to be given up. @throws what is transient or fatal: then nothing was read */
  async read(records: readonly KafkaRecord[]): Promise<Entry[]> {
    const entries: Entry[] = []
    for (const record of records) entries.push(this.#entry(record) ?? (await this.#entryOfNewSchema(record)))
    return entries
  }

  /** The same at once; null when something must be waited for, be it a schema. */
  readNow(records: readonly KafkaRecord[]): Entry[] | null {
    const entries: Entry[] = []
    for (const record of records) {
      const entry = this.#entry(record)
      if (!entry) return null
      entries.push(entry)
    }
    return entries
  }

  /** Handles what is to be handled, and delivers what came of it and what is given up. After a rejection the state is as before. */
  async handle(entries: readonly Entry[]): Promise<void> {
    const last = entries.at(-1)
    if (!last) return
    const { groupId } = this.#parts
    const letters = entries.filter(isGivenUp).map((letter) => deadLetterRecord(letter, groupId))
    const messages = entries.flatMap((entry) => (isGivenUp(entry) ? [] : [entry.message]))
    const next = { ...this.#at, offset: last.record.offset + 1n }
    const now = last.record.timestamp
    try {
      if (messages.length === 0) await this.#delivery.deliver({ events: [], states: [], letters }, next)
      else await this.#traced(messages, async (traced) => this.#deliver(await this.#called(traced), letters, next, now))
      this.#state.keep(now)
    } catch (error) {
      this.#state.drop()
      throw error
    }
  }

  /** The handler's answer. */
  async #called(messages: readonly Received<unknown>[]): Promise<readonly Outgoing[]> {
    const { subscription, handle } = this.#parts
    if (subscription.batch > 0) return handle([...messages], this.#context)
    const [message] = messages
    // Without the headers received: what is published here comes from this span, not from its parent.
    return message ? causedBy({ ...message, headers: {} }, await handle(message, this.#context)) : []
  }

  async #deliver(events: readonly Outgoing[], letters: readonly RecordToSend[], next: PartitionOffset, now: number): Promise<void> {
    const { envelope } = this.#parts
    const states = envelope.sealAll(this.#state.changes(now))
    await sendTraced(envelope.sealAll(events), (records) => this.#delivery.deliver({ events: records, states, letters }, next))
  }

  /**
   * The span of a message continues the trace that it came with, and what a handler sees in its headers is this span: so
   * what it publishes, or keeps for later, continues from there. Several messages have, beside their own spans, that of
   * the batch, which is the active one and a trace of its own, linked to what produced them.
   */
  async #traced(messages: readonly Received<unknown>[], work: (messages: readonly Received<unknown>[]) => Promise<void>): Promise<void> {
    const kind = SpanKind.CONSUMER
    const name = `process ${this.#at.topic}`
    const [only] = messages
    if (only !== undefined && messages.length === 1) {
      await inSpan(name, { kind, parent: only.headers, attributes: this.#attributes(messages) }, async (span) => {
        await work(span.isRecording() ? [{ ...only, headers: { ...only.headers, ...traceHeaders() } }] : messages)
      })
      return
    }
    const links = linksTo(messages.map(({ headers }) => headers))
    await inSpan(name, { kind, parent: {}, links, attributes: this.#attributes(messages) }, async () => {
      await inSpanEach(messages, (message) => ({ name, kind, attributes: this.#attributes([message]) }), work)
    })
  }

  #attributes([message, ...more]: readonly Received<unknown>[]) {
    return {
      [messagingAttributes.system]: 'kafka',
      [messagingAttributes.operationName]: 'process',
      [messagingAttributes.operationType]: 'process',
      [messagingAttributes.destination]: this.#at.topic,
      [messagingAttributes.partition]: String(this.#at.partition),
      [messagingAttributes.consumerGroup]: this.#parts.groupId,
      // By the conventions a span is of one message, or of several.
      ...(message && more.length === 0 ? { [messagingAttributes.offset]: message.origin.offset } : { [messagingAttributes.batchSize]: 1 + more.length }),
    }
  }

  #entry(record: KafkaRecord): Entry | null {
    try {
      return { record, message: this.#decode(record) }
    } catch (error) {
      return mayPass(error) ? null : { record, error, attempts: 1 }
    }
  }

  async #entryOfNewSchema(record: KafkaRecord): Promise<Entry> {
    try {
      if (record.value !== null) await this.#parts.schemas.prepare(record.value)
      return { record, message: this.#decode(record) }
    } catch (error) {
      if (mayPass(error)) throw error
      return { record, error, attempts: 1 }
    }
  }

  #decode(record: KafkaRecord): Received<unknown> {
    const { schemas, subscription } = this.#parts
    const { value } = record
    if (value === null && subscription.topic.cleanup !== 'compact') {
      throw new MessagingError('TOMBSTONE_UNEXPECTED', `${nameOf(this.#at)} at ${record.offset} has no value, and ${subscription.topic.name} has no tombstones`)
    }
    return receivedOf(record, value === null ? null : schemas.decode(subscription.topic, value))
  }
}

function mayPass(error: unknown): boolean {
  const kind = failureKind(error)
  return kind === 'transient' || kind === 'fatal'
}

/** @throws the signal's reason when it is aborted first */
async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  try {
    signal.throwIfAborted()
    await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
