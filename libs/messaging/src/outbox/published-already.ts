import { setTimeout as delay } from 'node:timers/promises'
import { messageIdHeader } from '../envelope.js'
import { MessagingError } from '../errors.js'
import type { Reader } from '../kafka/ports.js'
import type { PendingRow } from './outbox-rows.js'

/** Brokers' and the database's clocks may differ by so much, in milliseconds. */
const clockSkewMs = 60_000
/** How long a look waits for the end of a transaction on a topic, in milliseconds: few last as long. */
const transactionPatienceMs = 1_000

/** What a look at the topics has shown. */
export interface Look {
  /** The rows that stand there already. */
  readonly published: readonly PendingRow[]
  /** Topics that may not be read, or where an open transaction hides records, and why: what stands on them is not known. */
  readonly unread: ReadonlyMap<string, MessagingError>
}

/**
 * Which of these rows stand on their topics already.
 *
 * A relay that was killed, or whose request got no answer, may have published rows that it did not delete. A row was
 * published after it was made, so its record, if there is one, arrived since then: those records are read, and looked
 * through for the rows' message ids.
 */
export async function publishedAlready(rows: readonly PendingRow[], reader: Reader): Promise<Look> {
  const published = new Set<PendingRow>()
  const unread = new Map<string, MessagingError>()
  for (const [topic, ofTopic] of Map.groupBy(rows, (row) => row.topic)) {
    const rowsOf = Map.groupBy(ofTopic, ({ message_id }) => message_id)
    const since = Math.min(...ofTopic.map(({ created_at }) => created_at.getTime())) - clockSkewMs
    try {
      for await (const messageId of messageIdsSince(topic, since, reader)) {
        for (const row of rowsOf.get(messageId) ?? []) published.add(row)
      }
    } catch (error) {
      if (!(error instanceof OpenTransaction || (error instanceof MessagingError && error.code === 'KAFKA_REFUSED'))) throw error
      unread.set(topic, error)
    }
  }
  return { published: [...published], unread }
}

async function* messageIdsSince(topic: string, since: number, reader: Reader): AsyncGenerator<string> {
  let bounds
  let from
  try {
    bounds = await settledBounds(topic, reader)
    // After that: what is hidden has no time either.
    from = await reader.offsetsAt(topic, since)
  } catch (error) {
    // Nothing stands on a topic that is not there.
    if (error instanceof MessagingError && error.code === 'KAFKA_TOPIC_MISSING') return
    throw error
  }
  for (const [partition, { end }] of bounds.entries()) {
    for await (const records of reader.read({ topic, partition }, from[partition] ?? end, end)) {
      for (const { headers } of records) yield headers[messageIdHeader]?.toString('utf8') ?? ''
    }
  }
}

class OpenTransaction extends MessagingError {
  constructor(topic: string) {
    super('KAFKA_UNAVAILABLE', `A transaction is open on ${topic}, and hides what came after its beginning`)
  }
}

/** The bounds once all that is written by now can be seen: an open transaction hides also what is no part of it. @throws OpenTransaction */
async function settledBounds(topic: string, reader: Reader): ReturnType<Reader['bounds']> {
  const written = await reader.written(topic)
  for (const begun = performance.now(); ; await delay(50)) {
    const bounds = await reader.bounds(topic)
    if (bounds.every(({ end }, partition) => end >= (written[partition] ?? 0n))) return bounds
    if (performance.now() - begun > transactionPatienceMs) throw new OpenTransaction(topic)
  }
}
