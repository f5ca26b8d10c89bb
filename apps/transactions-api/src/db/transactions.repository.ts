import { Injectable } from '@nestjs/common'
import type { FraudDecision } from '@swipestream/contracts'
import type { Pool } from 'pg'
import { DataSource } from 'typeorm'
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js'
import { statusOf } from '../domain/swipe.js'
import { GroupCommit } from './group-commit.js'
import { type Inserted, insertSwipes, isFaultOfASwipe, type SwipeToInsert } from './insert-swipes.js'
import { TransactionRow } from './transaction.entity.js'

/** How a batch of decisions met the transactions. */
export interface DecisionCounts {
  readonly applied: number
  /** For transactions that were decided about before; they stay as they were. */
  readonly repeated: number
  /** Transactions decided about that are not there. */
  readonly unknown: readonly string[]
}

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

/** With two groups, one is made up while the other is written; more would only make them smaller. */
const groupLimits = { size: 128, inFlight: 2, waiting: 5_000 }

@Injectable()
export class TransactionsRepository {
  private readonly inserting: GroupCommit<SwipeToInsert, Inserted>
  /** Keys of the swipes that are being inserted, or wait for it. */
  private readonly keysInHand = new Set<string>()

  constructor(private readonly database: DataSource) {
    this.inserting = new GroupCommit(
      (swipes) => insertSwipes((database.driver as PostgresDriver).master as Pool, swipes),
      isFaultOfASwipe,
      groupLimits,
    )
  }

  /** So many swipes wait to be stored that no more are taken for now. */
  get isFull(): boolean {
    return this.inserting.isFull
  }

  /** Stores a transaction and its event, unless its idempotency key is taken; together with others that come meanwhile. */
  async insert(swipe: SwipeToInsert): Promise<Inserted> {
    const { claim } = swipe
    if (claim === undefined) return this.inserting.add(swipe)
    const key = `${claim.client} ${claim.key}`
    if (this.keysInHand.has(key)) return 'key_busy'
    this.keysInHand.add(key)
    try {
      return await this.inserting.add(swipe)
    } finally {
      this.keysInHand.delete(key)
    }
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
