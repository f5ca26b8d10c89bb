import { Injectable } from '@nestjs/common'
import type { FraudDecision } from '@swipestream/contracts'
import type { Pool } from 'pg'
import { DataSource, In, Not } from 'typeorm'
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js'
import { statusOf } from '../domain/swipe.js'
import { GroupCommit } from './group-commit.js'
import type { Inserted } from './idempotency-claim.js'
import { insertSwipes, isFaultOfASwipe, type SwipeToInsert } from './insert-swipes.js'
import { TransactionRow } from './transaction.entity.js'

/** How a batch of decisions met the transactions. */
export interface DecisionCounts {
  readonly applied: number
  /** For transactions that were decided about before; they stay as they were. */
  readonly repeated: number
  /** Transactions decided about that are not there. */
  readonly unknown: readonly string[]
}

/** Where a transaction stands among those of its card. */
export interface PlaceInList {
  /** ms since the epoch. */
  readonly occurredAt: number
  readonly transactionId: string
}

/** The first decision of a transaction is the one that stays. */
const decide = `
  WITH decision AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::jsonb[], $5::jsonb[], $6::timestamptz[])
      AS d (transaction_id, status, score, reasons, shadow_rules, decided_at)
  ), applied AS (
    UPDATE transactions t
    SET status = d.status, score = d.score, reasons = d.reasons, shadow_rules = d.shadow_rules, decided_at = d.decided_at
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
  private readonly looking: GroupCommit<string, TransactionRow | undefined>
  /** Keys of the swipes that are being inserted, or wait for it. */
  private readonly keysInHand = new Set<string>()

  constructor(private readonly database: DataSource) {
    this.inserting = new GroupCommit(
      (swipes) => insertSwipes((database.driver as PostgresDriver).master as Pool, swipes),
      isFaultOfASwipe,
      groupLimits,
      // Swipes of a card are published in the order in which they came.
      ({ transaction }) => transaction.card_id,
    )
    this.looking = new GroupCommit(
      (ids) => this.decidedOf(ids),
      () => false,
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

  async byId(transactionId: string): Promise<TransactionRow | undefined> {
    return (await this.database.getRepository(TransactionRow).findOneBy({ transaction_id: transactionId })) ?? undefined
  }

  /**
   * Transactions of a card, newest first by when the card was used, those of one moment by their ids.
   *
   * @param after where the page before ended; undefined: from the newest
   */
  async ofCard(cardId: string, limit: number, after: PlaceInList | undefined): Promise<TransactionRow[]> {
    const query = this.database
      .getRepository(TransactionRow)
      .createQueryBuilder('t')
      .where('t.card_id = :cardId', { cardId })
      .orderBy('t.occurred_at', 'DESC')
      .addOrderBy('t.transaction_id', 'DESC')
      .limit(limit)
    if (after) query.andWhere('(t.occurred_at, t.transaction_id) < (:at::timestamptz, :id::uuid)', { at: new Date(after.occurredAt), id: after.transactionId })
    return query.getMany()
  }

  /** The transaction, if it is decided about; together with others that are asked for meanwhile. */
  decided(transactionId: string): Promise<TransactionRow | undefined> {
    return this.looking.add(transactionId)
  }

  private async decidedOf(ids: readonly string[]): Promise<(TransactionRow | undefined)[]> {
    const rows = await this.database.getRepository(TransactionRow).findBy({ transaction_id: In(ids), status: Not('pending') })
    const byId = new Map(rows.map((row) => [row.transaction_id, row]))
    return ids.map((id) => byId.get(id))
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
      distinct.map((d) => d.shadow_rules && JSON.stringify(d.shadow_rules)),
      distinct.map((d) => new Date(d.decided_at)),
    ])
    if (counts === undefined) throw new TypeError('the update returned no counts')
    const { applied, unknown } = counts
    return { applied, unknown, repeated: decisions.length - applied - unknown.length }
  }
}
