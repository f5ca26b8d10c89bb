/** A client's promise that a repetition is one, and what it is recognised by. */
export interface IdempotencyClaim {
  readonly client: string
  readonly key: string
  readonly fingerprint: string
  /** How long the key stands for what it came with. */
  readonly ttlSeconds: number
}

/**
 * What became of an insert: done; or another transaction holds the key at this moment; or the key stands for something
 * already.
 */
export type Inserted = 'inserted' | 'key_busy' | 'key_known'

/**
 * SQL: whether a row with `client` and `idempotency_key` may go on. Of those with a key, only who gets its advisory lock
 * does, so nobody waits for another's insert: the lock is the sign that the key is in progress, and PostgreSQL drops it
 * when the transaction ends, also when this process dies.
 */
export const takeKeys = `(idempotency_key IS NULL OR pg_try_advisory_xact_lock(hashtextextended(client || ' ' || idempotency_key, 0)))`

/**
 * SQL: claims the keys of the rows of `source` that may go on (`mine`), and returns the `transaction_id` of each that got
 * its key. One that expired is taken over; one that stands for something is left out. A key may come once.
 *
 * @param feedbackId the column of `source` with the feedback that the key stands for; left out where it stands for a swipe
 */
export function claimKeys(source: string, feedbackId = 'NULL::uuid'): string {
  return `INSERT INTO idempotency_keys AS known (client, key, fingerprint, transaction_id, feedback_id, expires_at)
    SELECT client, idempotency_key, fingerprint, transaction_id, ${feedbackId}, now() + make_interval(secs => ttl_seconds)
    FROM ${source} WHERE mine AND idempotency_key IS NOT NULL
    ON CONFLICT (client, key) DO UPDATE
      SET fingerprint = excluded.fingerprint, transaction_id = excluded.transaction_id, feedback_id = excluded.feedback_id, expires_at = excluded.expires_at
      WHERE known.expires_at <= now()
    RETURNING transaction_id`
}
