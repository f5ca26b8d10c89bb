import { Injectable } from '@nestjs/common'
import type { FraudDecision, Transaction } from '@swipestream/contracts'
import type { Pool } from 'pg'
import { DataSource } from 'typeorm'
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js'
import { statusOf } from '../domain/swipe.js'
import { TransactionRow } from './transaction.entity.js'

/** A client's promise that a repetition is one, and what it is recognised by. */
export interface IdempotencyClaim {
  readonly client: string
  readonly key: string
  readonly fingerprint: string
  /** How long the key stands for this transaction. */
  readonly ttlSeconds: number
}

/**
 * What became of an insert: done; or another transaction holds the key at this moment; or the key stands for a
 * transaction already.
 */
export type Inserted = 'inserted' | 'key_busy' | 'key_known'

/** How a batch of decisions met the transactions. */
export interface DecisionCounts {
  readonly applied: number
  /** For transactions that were decided about before; they stay as they were. */
  readonly repeated: number
  /** Transactions decided about that are not there. */
  readonly unknown: readonly string[]
}

/** What a row of the outbox is made of; see `Outbox.rows`. */
export interface OutboxRows {
  readonly topics: readonly string[]
  readonly keys: readonly string[]
  readonly values: readonly (Buffer | null)[]
  readonly headers: readonly string[]
}

/**
 * The transaction, its event in the outbox and its idempotency key, all or none, in one statement: one round trip.
 *
 * Without a key, `$17` is null. With one, only who gets the advisory lock goes on, so nobody waits for another's
 * insert: the lock is the sign that the key is in progress, and PostgreSQL drops it when the statement ends, also when
 * this process dies. A row that expired is taken over.
 */
const insertTransaction = `
  WITH turn AS MATERIALIZED (
    SELECT $17::text IS NULL OR pg_try_advisory_xact_lock(hashtextextended($17 || ' ' || $18::text, 0)) AS mine
  ), claim AS (
    INSERT INTO idempotency_keys AS known (client, key, fingerprint, transaction_id, expires_at)
    SELECT $17, $18, $19, $1::uuid, now() + make_interval(secs => $20::float8) FROM turn WHERE mine AND $17 IS NOT NULL
    ON CONFLICT (client, key) DO UPDATE
      SET fingerprint = excluded.fingerprint, transaction_id = excluded.transaction_id, expires_at = excluded.expires_at
      WHERE known.expires_at <= now()
    RETURNING transaction_id
  ), inserted AS (
    INSERT INTO transactions (transaction_id, card_id, card_bin, card_last4, amount_minor, currency, merchant_id,
      merchant_name, merchant_category, terminal_id, entry_mode, latitude, longitude, country, occurred_at, received_at)
    SELECT $1::uuid, $2, $3, $4, $5::bigint, $6, $7, $8, $9, $10, $11, $12::float8, $13::float8, $14, $15::timestamptz, $16::timestamptz
    FROM turn WHERE mine AND ($17 IS NULL OR EXISTS (SELECT FROM claim))
    RETURNING transaction_id
  ), announced AS (
    INSERT INTO outbox (topic, key, value, headers)
    SELECT event.* FROM inserted, unnest($21::text[], $22::text[], $23::bytea[], $24::jsonb[]) AS event
  )
  SELECT CASE WHEN NOT mine THEN 'key_busy' WHEN EXISTS (SELECT FROM inserted) THEN 'inserted' ELSE 'key_known' END AS outcome
  FROM turn`

/** The first decision of a transaction is the one that stays. */
const decide = `
  WITH decision AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::jsonb[], $5::timestamptz[])
      AS d (transaction_id, status, score, reasons, decided_at)
  ), applied AS (
    UPDATE transactions t
    SET status = d.status, score = d.score, reasons = d.reasons, decided_at = d.decided_at
    FROM decision d
    WHERE t.transaction_id = d.transaction_id AND t.status = 'pending'
    RETURNING t.transaction_id
  )
  SELECT (SELECT count(*)::int FROM applied) AS applied,
         ARRAY(SELECT transaction_id::text FROM decision EXCEPT SELECT t.transaction_id::text FROM transactions t JOIN decision USING (transaction_id)) AS unknown`

@Injectable()
export class TransactionsRepository {
  constructor(private readonly database: DataSource) {}

  /**
   * Stores a transaction and its event, unless its idempotency key is taken. Straight to the driver's pool, as a named
   * statement: PostgreSQL then parses and plans it once a connection, which is half of its work here.
   */
  async insert(transaction: Transaction, event: OutboxRows, claim: IdempotencyClaim | undefined): Promise<Inserted> {
    const pool = (this.database.driver as PostgresDriver).master as Pool
    const { rows } = await pool.query<{ outcome: Inserted }>({
      name: 'insert-transaction',
      text: insertTransaction,
      values: [...transactionParameters(transaction), ...claimParameters(claim), event.topics, event.keys, event.values, event.headers],
    })
    const [row] = rows
    if (row === undefined) throw new TypeError('the insert returned no outcome')
    return row.outcome
  }

  /** What a client's key stands for; undefined when it expired in the meantime. */
  async byIdempotencyKey(client: string, key: string): Promise<{ fingerprint: string; transaction: TransactionRow } | undefined> {
    const [known] = await this.database.query<{ fingerprint: string; transaction_id: string }[]>(
      'SELECT fingerprint, transaction_id FROM idempotency_keys WHERE client = $1 AND key = $2 AND expires_at > now()',
      [client, key],
    )
    if (known === undefined) return undefined
    const transaction = await this.byId(known.transaction_id)
    return transaction && { fingerprint: known.fingerprint, transaction }
  }

  async byId(transactionId: string): Promise<TransactionRow | undefined> {
    return (await this.database.getRepository(TransactionRow).findOneBy({ transaction_id: transactionId })) ?? undefined
  }

  /** Writes decisions to their transactions, each once: a transaction that has one keeps it. */
  async decide(decisions: readonly FraudDecision[]): Promise<DecisionCounts> {
    const first = new Map<string, FraudDecision>()
    for (const decision of decisions) if (!first.has(decision.transaction_id)) first.set(decision.transaction_id, decision)
    const distinct = [...first.values()]
    const [counts] = await this.database.query<{ applied: number; unknown: string[] }[]>(decide, [
      distinct.map((d) => d.transaction_id),
      distinct.map((d) => statusOf(d.outcome)),
      distinct.map((d) => d.score),
      distinct.map((d) => JSON.stringify(d.reasons)),
      distinct.map((d) => new Date(d.decided_at)),
    ])
    if (counts === undefined) throw new TypeError('the update returned no counts')
    const { applied, unknown } = counts
    return { applied, unknown, repeated: decisions.length - applied - unknown.length }
  }

  /** Removes idempotency keys that expired, at most `limit`; returns how many. */
  async pruneIdempotencyKeys(limit: number): Promise<number> {
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

/** `$17` to `$20` of `insertTransaction`. */
function claimParameters(claim: IdempotencyClaim | undefined): unknown[] {
  return claim === undefined ? [null, null, null, null] : [claim.client, claim.key, claim.fingerprint, claim.ttlSeconds]
}

/** `$1` to `$16` of `insertTransaction`. */
function transactionParameters(t: Transaction): unknown[] {
  return [
    t.transaction_id,
    t.card_id,
    t.card_bin,
    t.card_last4,
    t.amount_minor,
    t.currency,
    t.merchant_id,
    t.merchant_name,
    t.merchant_category,
    t.terminal_id,
    t.entry_mode,
    t.place?.latitude ?? null,
    t.place?.longitude ?? null,
    t.country,
    new Date(t.occurred_at),
    new Date(t.received_at),
  ]
}
