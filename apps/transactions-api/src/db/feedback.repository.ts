import { Injectable } from '@nestjs/common'
import type { CardAction, FraudFeedback, Verdict } from '@swipestream/contracts'
import { Outbox, type Outgoing } from '@swipestream/messaging'
import { DataSource, type EntityManager } from 'typeorm'
import type { RulesOfDecision } from '../domain/fired-rules.js'
import { claimKeys, type IdempotencyClaim, type Inserted, takeKeys } from './idempotency-claim.js'

/** A row of `feedback`: what a client of this service said. */
export interface FeedbackRow {
  readonly feedback_id: string
  readonly transaction_id: string
  readonly verdict: Verdict
  readonly card_action: CardAction
  readonly comment: string | null
  readonly actor: string
  readonly given_at: Date
}

/** Feedback with its event, whose key it was, and the idempotency key it came with. */
export interface FeedbackToInsert {
  readonly feedback: FeedbackRow
  readonly event: Outgoing
  readonly client: string
  readonly claim: IdempotencyClaim | undefined
}

/** How a batch of feedback met the transactions. */
export interface FeedbackCounts {
  readonly applied: number
  /** Not newer than what the transaction has, or had within the batch: it was read before, or is overtaken. */
  readonly older: number
  /** Transactions spoken of that are not there. */
  readonly unknown: readonly string[]
  readonly verdicts: NewVerdicts
}

/** What feedback has made of transactions. */
export interface NewVerdicts {
  /** Transactions whose verdict is another one now. */
  readonly changed: readonly ChangedVerdict[]
  /** Every confirmed fraud of the cards of those that are confirmed now. */
  readonly frauds: readonly FraudRow[]
}

export interface ChangedVerdict extends RulesOfDecision {
  readonly transaction_id: string
  readonly card_id: string
  readonly before: Verdict | null
  readonly verdict: Verdict
}

export interface FraudRow extends RulesOfDecision {
  readonly transaction_id: string
  readonly card_id: string
  readonly occurred_at: Date
}

type Applied = Pick<FeedbackCounts, 'applied' | 'unknown'> & Pick<NewVerdicts, 'changed'>

const insert = `
  WITH given AS MATERIALIZED (
    SELECT *, ${takeKeys} AS mine
    FROM (VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::text, $8::timestamptz, $9::text, $10::text, $11::float8))
      AS g (feedback_id, transaction_id, client, verdict, card_action, comment, actor, given_at, idempotency_key, fingerprint, ttl_seconds)
  ), claim AS (
    ${claimKeys('given', 'feedback_id')}
  ), inserted AS (
    INSERT INTO feedback (feedback_id, transaction_id, client, verdict, card_action, comment, actor, given_at)
    SELECT feedback_id, transaction_id, client, verdict, card_action, comment, actor, given_at
    FROM given WHERE mine AND (idempotency_key IS NULL OR EXISTS (SELECT FROM claim))
    RETURNING feedback_id
  )
  SELECT CASE WHEN EXISTS (SELECT FROM inserted) THEN 'inserted' WHEN mine THEN 'key_known' ELSE 'key_busy' END AS inserted FROM given`

/** The newest answer about a transaction stays; of two of one time, that with the greater id, whichever comes first. */
const apply = `
  WITH answer AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
      AS a (transaction_id, feedback_id, verdict, source, given_at)
  ), before AS MATERIALIZED (
    -- locked, so that this is what the update finds
    SELECT transaction_id, verdict FROM transactions WHERE transaction_id = ANY ($1::uuid[]) ORDER BY transaction_id FOR UPDATE
  ), applied AS (
    UPDATE transactions t
    SET verdict = a.verdict, feedback_source = a.source, feedback_given_at = a.given_at, feedback_id = a.feedback_id
    FROM answer a JOIN before b USING (transaction_id)
    WHERE t.transaction_id = a.transaction_id
      AND (t.feedback_id IS NULL OR (t.feedback_given_at, t.feedback_id) < (a.given_at, a.feedback_id))
    RETURNING t.transaction_id, t.card_id, b.verdict AS before, t.verdict, t.reasons, t.shadow_rules
  )
  SELECT (SELECT count(*)::int FROM applied) AS applied,
         ARRAY(SELECT transaction_id::text FROM answer EXCEPT SELECT transaction_id::text FROM before) AS unknown,
         (SELECT coalesce(jsonb_agg(a), '[]') FROM applied a WHERE a.before IS DISTINCT FROM a.verdict) AS changed`

const fraudsOfCards = `
  SELECT transaction_id, card_id, occurred_at, reasons, shadow_rules
  FROM transactions WHERE card_id = ANY ($1) AND verdict = 'confirmed_fraud'`

@Injectable()
export class FeedbackRepository {
  constructor(
    private readonly database: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /** Stores feedback and its event, unless its idempotency key is taken. */
  insert({ feedback, event, client, claim }: FeedbackToInsert): Promise<Inserted> {
    return this.database.transaction(async (manager) => {
      const [row] = await manager.query<{ inserted: Inserted }[]>(insert, [
        feedback.feedback_id,
        feedback.transaction_id,
        client,
        feedback.verdict,
        feedback.card_action,
        feedback.comment,
        feedback.actor,
        feedback.given_at,
        claim?.key,
        claim?.fingerprint,
        claim?.ttlSeconds,
      ])
      if (row === undefined) throw new TypeError('the insert returned nothing')
      if (row.inserted === 'inserted') await this.outbox.add(manager, [event])
      return row.inserted
    })
  }

  async byId(feedbackId: string): Promise<FeedbackRow | undefined> {
    const [row] = await this.database.query<FeedbackRow[]>(
      'SELECT feedback_id, transaction_id, verdict, card_action, comment, actor, given_at FROM feedback WHERE feedback_id = $1',
      [feedbackId],
    )
    return row
  }

  /** Writes what was said of transactions to them, whoever said it. */
  async apply(feedback: readonly FraudFeedback[]): Promise<FeedbackCounts> {
    const newest = new Map<string, FraudFeedback>()
    for (const each of feedback) {
      const other = newest.get(each.transaction_id)
      if (other === undefined || isNewer(each, other)) newest.set(each.transaction_id, each)
    }
    // Together: a batch that is tried again finds its verdicts new again, and they are counted.
    return this.database.transaction(async (manager) => {
      const { applied, unknown, changed } = await this.applyNewest(manager, [...newest.values()])
      const cards = new Set(changed.filter(({ verdict }) => verdict === 'confirmed_fraud').map(({ card_id }) => card_id))
      const frauds = cards.size === 0 ? [] : await manager.query<FraudRow[]>(fraudsOfCards, [[...cards]])
      return { applied, unknown, older: feedback.length - applied - unknown.length, verdicts: { changed, frauds } }
    })
  }

  private async applyNewest(manager: EntityManager, answers: readonly FraudFeedback[]): Promise<Applied> {
    const [applied] = await manager.query<Applied[]>(apply, [
      answers.map((a) => a.transaction_id),
      answers.map((a) => a.feedback_id),
      answers.map((a) => a.verdict),
      answers.map((a) => a.source),
      answers.map((a) => new Date(a.given_at)),
    ])
    if (applied === undefined) throw new TypeError('the update returned no counts')
    return applied
  }
}

/** As PostgreSQL compares them: a UUID's text, in lower case, sorts as its bytes. */
function isNewer(a: FraudFeedback, b: FraudFeedback): boolean {
  return a.given_at > b.given_at || (a.given_at === b.given_at && a.feedback_id > b.feedback_id)
}
