import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'

/** What a key stands for. */
export interface KnownKey {
  readonly fingerprint: string
  readonly transaction_id: string
  /** The feedback about that transaction; null when the key stands for the swipe itself. */
  readonly feedback_id: string | null
}

@Injectable()
export class IdempotencyKeysRepository {
  constructor(private readonly database: DataSource) {}

  /** What a client's key stands for; undefined when for nothing, or no more. */
  async find(client: string, key: string): Promise<KnownKey | undefined> {
    const [known] = await this.database.query<KnownKey[]>(
      'SELECT fingerprint, transaction_id, feedback_id FROM idempotency_keys WHERE client = $1 AND key = $2 AND expires_at > now()',
      [client, key],
    )
    return known
  }

  /** Removes keys that expired, at most `limit`; returns how many. */
  async prune(limit: number): Promise<number> {
    const [row] = await this.database.query<{ pruned: number }[]>(
      `WITH expired AS (
         SELECT ctid FROM idempotency_keys WHERE expires_at <= now() LIMIT $1 FOR UPDATE SKIP LOCKED
       ), pruned AS (
         DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(SELECT ctid FROM expired)) RETURNING 1
       )
       SELECT count(*)::int AS pruned FROM pruned`,
      [limit],
    )
    return row?.pruned ?? 0
  }
}
