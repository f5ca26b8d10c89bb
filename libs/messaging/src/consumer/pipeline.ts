import { inSpan, linksTo, messagingAttributes, SpanKind } from '@swipestream/platform'
import { receivedOf } from '../connection.js'
import { causedBy, type Envelope } from '../envelope.js'
import { MessagingError } from '../errors.js'
import type { KafkaRecord, Producer, Reader, RecordToSend, TopicPartition } from '../kafka/ports.js'
import { nameOf } from '../kafka/ports.js'
import type { BatchContext, Outgoing, Received, StateTopics } from '../received.js'
import type { Schemas } from '../schemas.js'
import type { Subscription } from './consume.decorator.js'
import type { GivenUp } from './dead-letter.js'
import { failureKind } from './failure.js'
import { StateStore } from './state-store.js'

/** A handler as the strategy gives it: what was returned, or nothing. */
export type Handle = (input: Received<unknown> | Received<unknown>[], context: BatchContext<StateTopics>) => Promise<readonly Outgoing[]>

export interface PipelineParts {
  readonly subscription: Subscription
  readonly groupId: string
  readonly handle: Handle
  readonly schemas: Schemas
  readonly envelope: Envelope
  readonly producer: Producer
  readonly reader: () => Reader
  readonly onStateSkipped: (at: TopicPartition & { offset: bigint }, error: unknown) => void
}

/** A record and what it says. */
export interface Read {
  readonly record: KafkaRecord
  readonly message: Received<unknown>
}

/** The way of the records of one partition: decode → handle → publish what the handler returned → publish the state. */
export class Pipeline {
  readonly #at: TopicPartition
  readonly #parts: PipelineParts
  readonly #revoked: AbortSignal
  readonly #state: StateStore<StateTopics>
  readonly #context: BatchContext<StateTopics>

  constructor(at: TopicPartition, parts: PipelineParts, revoked: AbortSignal) {
    this.#at = at
    this.#parts = parts
    this.#revoked = revoked
    this.#state = new StateStore(parts.subscription.state, at.partition)
    this.#context = { partition: at.partition, state: this.#state.views, signal: revoked }
  }

  /** Restores the state, where there is one; gives the number of records read, null where there is none. */
  async restore(): Promise<number | null> {
    const { subscription, reader, schemas, envelope, onStateSkipped } = this.#parts
    if (Object.keys(subscription.state).length === 0) return null
    const open = reader()
    // Ends the reading too, which may be long or wait for brokers.
    const close = () => void open.close()
    this.#revoked.addEventListener('abort', close, { once: true })
    try {
      return await this.#state.restore(open, { schemas, consumed: this.#at.topic, physical: (name) => envelope.topicName(name), onSkipped: onStateSkipped })
    } finally {
      this.#revoked.removeEventListener('abort', close)
      await open.close()
    }
  }

  /** Decodes what can be decoded. @throws what is transient or fatal: then nothing was read */
  async read(records: readonly KafkaRecord[]): Promise<{ messages: Read[]; unreadable: GivenUp[] }> {
    const messages: Read[] = []
    const unreadable: GivenUp[] = []
    for (const record of records) {
      try {
        const fetching = record.value === null ? undefined : this.#parts.schemas.prepare(record.value)
        if (fetching) await fetching
        messages.push({ record, message: this.#decode(record) })
      } catch (error) {
        const kind = failureKind(error)
        if (kind === 'transient' || kind === 'fatal') throw error
        unreadable.push({ record, error, attempts: 1 })
      }
    }
    return { messages, unreadable }
  }

  /** Handles messages and publishes what came of them. After a rejection the state is as before. */
  async handle(read: readonly Read[]): Promise<void> {
    const { subscription, handle } = this.#parts
    const messages = read.map(({ message }) => message)
    const name = `process ${subscription.topic.name}`
    try {
      if (subscription.batch > 0) {
        const links = linksTo(messages.map(({ headers }) => headers))
        await inSpan(name, { kind: SpanKind.CONSUMER, links, attributes: this.#attributes(messages) }, async () => {
          await this.#publishAll(await handle(messages, this.#context))
        })
      } else {
        for (const message of messages) {
          await inSpan(name, { kind: SpanKind.CONSUMER, parent: message.headers, attributes: this.#attributes([message]) }, async () => {
            const events = await handle(message, this.#context)
            // Without the headers received: what is published here comes from this span, not from its parent.
            await this.#publishAll(causedBy({ ...message, headers: {} }, events))
          })
        }
      }
      this.#state.keep()
    } catch (error) {
      this.#state.drop()
      throw error
    }
  }

  async publish(records: readonly RecordToSend[]): Promise<void> {
    this.#revoked.throwIfAborted()
    await this.#parts.producer.send(records, this.#revoked)
  }

  /**
   * The outputs first, then the state: after a crash in between, the records are handled again on the old state and give
   * the same outputs again; the other way round they would be taken for handled, and their outputs lost.
   */
  async #publishAll(events: readonly Outgoing[]): Promise<void> {
    const { envelope } = this.#parts
    await this.publish(envelope.sealAll(events))
    await this.publish(envelope.sealAll(this.#state.changes()))
  }

  #attributes(messages: readonly Received<unknown>[]) {
    const [first] = messages
    return {
      [messagingAttributes.system]: 'kafka',
      [messagingAttributes.operationType]: 'process',
      [messagingAttributes.destination]: this.#at.topic,
      [messagingAttributes.partition]: String(this.#at.partition),
      [messagingAttributes.consumerGroup]: this.#parts.groupId,
      [messagingAttributes.batchSize]: messages.length,
      ...(first && { [messagingAttributes.offset]: first.origin.offset }),
    }
  }

  #decode(record: KafkaRecord): Received<unknown> {
    const { schemas, subscription } = this.#parts
    const { offset, value } = record
    if (value === null && subscription.topic.cleanup !== 'compact') {
      throw new MessagingError('TOMBSTONE_UNEXPECTED', `${nameOf(this.#at)} at ${offset} has no value, and ${subscription.topic.name} has no tombstones`)
    }
    return receivedOf(record, value === null ? null : schemas.decode(subscription.topic, value))
  }
}
