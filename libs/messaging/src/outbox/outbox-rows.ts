import type { Client } from 'pg'
import { messageIdHeader } from '../envelope.js'
import type { MessagingError } from '../errors.js'
import type { RecordToSend } from '../kafka/ports.js'

export interface Row {
  readonly shard: number
  readonly id: string
  readonly topic: string
  readonly key: string
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string>>
  readonly created_at: Date
}

/** A row without what it says: there may be many, and large ones. */
export interface PendingRow extends Pick<Row, 'shard' | 'id' | 'topic' | 'created_at'> {
  readonly message_id: string
}

/** About 10 MB of `PendingRow`s. Each check reads the topics anew, so there should be few. */
const rowsPerCheck = 50_000

/**
 * The next rows of these shards, those of a shard in the order of their ids; of each shard at most `perShard`, so that
 * none has to wait for another's backlog.
 *
 * @param heldTopics whose rows are left out.
 */
export async function pendingRows(session: Client, shards: readonly number[], perShard: number, heldTopics: readonly string[]): Promise<Row[]> {
  const text = `
    SELECT next.* FROM unnest($1::smallint[]) AS own (shard) CROSS JOIN LATERAL (
      SELECT shard, id, topic, key, value, headers, created_at FROM outbox
      WHERE outbox.shard = own.shard AND topic <> ALL ($3::text[]) ORDER BY id LIMIT $2
    ) AS next`
  const { rows } = await session.query<Row>({ name: 'outbox-pending', text, values: [shards, perShard, heldTopics] })
  return rows
}

/** Those of some shards, of all topics or of some, by page. */
export async function* rowsToCheck(session: Client, shards: readonly number[], topics: readonly string[] | null): AsyncGenerator<PendingRow[]> {
  const text = `
    SELECT shard, id, topic, headers->>$1 AS message_id, created_at FROM outbox
    WHERE shard = ANY ($2::smallint[]) AND ($3::text[] IS NULL OR topic = ANY ($3)) AND id > $4 ORDER BY id LIMIT $5`
  for (let after = '0'; ; ) {
    const { rows } = await session.query<PendingRow>(text, [messageIdHeader, shards, topics, after, rowsPerCheck])
    if (rows.length > 0) yield rows
    if (rows.length < rowsPerCheck) return
    after = rows.at(-1)?.id ?? after
  }
}

/** Not as a named statement: planned once, on an empty table, it would read all of a full one. */
export async function deleteRows(session: Client, rows: readonly Pick<Row, 'shard' | 'id'>[]): Promise<void> {
  if (rows.length === 0) return
  const text = `
    DELETE FROM outbox USING unnest($1::smallint[], $2::bigint[]) AS done (shard, id)
    WHERE outbox.shard = done.shard AND outbox.id = done.id`
  await session.query(text, [rows.map(({ shard }) => shard), rows.map(({ id }) => id)])
}

/** Moves a row to those that are never published. */
export async function rejectRow(session: Client, { shard, id }: Row, { code, message }: MessagingError): Promise<void> {
  const text = `
    WITH gone AS (DELETE FROM outbox WHERE shard = $1 AND id = $2 RETURNING id, topic, key, value, headers, created_at)
    INSERT INTO outbox_rejected (id, topic, key, value, headers, created_at, code, reason) SELECT gone.*, $3, $4 FROM gone`
  await session.query(text, [shard, id, code, message])
}

/** How many rows of these shards wait, and for how long the oldest does, in seconds. */
export async function backlogOf(session: Client, shards: readonly number[]): Promise<{ readonly rows: number; readonly oldestSeconds: number }> {
  const text = `
    SELECT count(*)::int AS rows, coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS "oldestSeconds"
    FROM outbox WHERE shard = ANY ($1::smallint[])`
  const { rows } = await session.query<{ rows: number; oldestSeconds: number }>(text, [shards])
  return rows[0] ?? { rows: 0, oldestSeconds: 0 }
}

export async function countRejected(session: Client): Promise<number> {
  const { rows } = await session.query<{ count: number }>('SELECT count(*)::int AS count FROM outbox_rejected')
  return rows[0]?.count ?? 0
}

export function recordOf({ topic, key, value, headers }: Row): RecordToSend {
  return { topic, key: Buffer.from(key), value, headers }
}
