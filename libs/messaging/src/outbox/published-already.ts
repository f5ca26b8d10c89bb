import { messageIdHeader } from '../envelope.js'
import type { Reader } from '../kafka/ports.js'

export interface PendingRow {
  readonly id: string
  readonly topic: string
  readonly message_id: string
  readonly created_at: Date
}

/** Brokers' and the database's clocks may differ by so much, in milliseconds. */
const clockSkewMs = 60_000

/**
 * Which of these rows stand on their topics already.
 *
 * A relay that was killed, or whose request got no answer, may have published rows that it did not delete. A row was
 * published after it was made, so its record, if there is one, arrived since then: those records are read, and looked
 * through for the rows' message ids.
 */
export async function publishedAlready(rows: readonly PendingRow[], reader: Reader): Promise<Set<string>> {
  const published = new Set<string>()
  for (const [topic, ofTopic] of Map.groupBy(rows, (row) => row.topic)) {
    const idsOf = Map.groupBy(ofTopic, ({ message_id }) => message_id)
    const since = Math.min(...ofTopic.map(({ created_at }) => created_at.getTime())) - clockSkewMs
    const [from, bounds] = await Promise.all([reader.offsetsAt(topic, since), reader.bounds(topic)])
    for (const [partition, { end }] of bounds.entries()) {
      for await (const records of reader.read({ topic, partition }, from[partition] ?? end, end)) {
        for (const { headers } of records) {
          for (const { id } of idsOf.get(headers[messageIdHeader]?.toString('utf8') ?? '') ?? []) published.add(id)
        }
      }
    }
  }
  return published
}
