import type { Reason, Transaction, Verdict } from '@swipestream/contracts'
import { z } from 'zod'
import type { TransactionRow } from '../db/transaction.entity.js'
import { transactionOfRow } from '../db/transaction.entity.js'
import { verdicts } from '../domain/feedback.js'
import { outcomeOf, outcomes, statuses, type Status } from '../domain/swipe.js'

const instant = (description: string, example: string) => z.iso.datetime().meta({ description, example, pattern: undefined })

const reason = z
  .object({
    rule_id: z.string().meta({ description: 'The rule that fired.', example: 'impossible_travel' }),
    rule_version: z.int().min(0),
    weight: z.int().min(0).max(1000).meta({ description: 'Points it added to the score.', example: 700 }),
    text: z.string().meta({ description: 'The reason in one sentence.', example: 'Used in Vienna and 42 minutes later in Sydney.' }),
    evidence: z
      .array(
        z.object({
          name: z.string().meta({ example: 'speed' }),
          value: z.union([z.number(), z.string()]).meta({ example: 22816 }),
          unit: z.string().nullable().meta({ description: 'Unit of `value`; null where there is none.', example: 'km/h' }),
        }),
      )
      .meta({ description: 'The measurements behind it.' }),
  })
  .meta({ description: 'One rule that fired, with the numbers behind it.' })

const feedback = z
  .object({
    verdict: z.enum(verdicts).meta({ example: 'confirmed_fraud' }),
    source: z.string().meta({
      description: '`customer_email`, `customer_sms`, `customer_app`, `analyst`, or `label`: what a later process found out.',
      example: 'analyst',
    }),
    given_at: instant('When the answer was given, UTC.', '2026-01-31T12:02:11.000Z'),
  })
  .nullable()
  .meta({ description: 'What the transaction really was, by the newest answer; null until there is one.', example: null })

/** The resource at `/v1/transactions/:id`. Fields are always there; what is not known is null. */
export const transactionView = z.object({
  transaction_id: z.uuid().meta({ description: 'UUIDv7.', example: '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d', pattern: undefined }),
  status: z.enum(statuses).meta({ description: '`pending` until the transaction is decided about.', example: 'pending' }),
  outcome: z
    .enum(outcomes)
    .nullable()
    // OpenAPI 3.0 has null allowed in both places, or not at all.
    .meta({ description: 'What is to be done with the transaction; null while pending.', example: null, enum: [...outcomes, null] }),
  card_id: z.string().meta({ description: "Token of the card: `v<key version>.<base64url>`.", example: 'v1.BiIkEgE4KkWRL7IoKLP321FTzyBycipz3tImI-p5q8k' }),
  card_bin: z.string().meta({ description: 'First 6 digits of the card number.', example: '411111' }),
  card_last4: z.string().meta({ description: 'Last 4 digits of the card number.', example: '1111' }),
  amount_minor: z.int().min(1).meta({ description: 'Minor units of `currency`.', example: 1250 }),
  currency: z.string().meta({ description: 'ISO 4217.', example: 'EUR' }),
  merchant_id: z.string().meta({ example: 'M-20417' }),
  merchant_name: z.string().nullable().meta({ example: 'Café Central' }),
  merchant_category: z.string().nullable().meta({ description: 'ISO 18245.', example: '5812' }),
  terminal_id: z.string().nullable().meta({ example: 'T-7' }),
  entry_mode: z.string().meta({ example: 'chip' }),
  place: z
    .object({ latitude: z.number(), longitude: z.number() })
    .nullable()
    .meta({ description: 'WGS 84 degrees.', example: { latitude: 48.2104, longitude: 16.3655 } }),
  country: z.string().nullable().meta({ description: 'ISO 3166-1 alpha-2.', example: 'AT' }),
  occurred_at: instant('When the card was used, UTC.', '2026-01-31T11:34:56.789Z'),
  received_at: instant('When the swipe was accepted, UTC.', '2026-01-31T11:34:57.012Z'),
  score: z.int().min(0).max(1000).nullable().meta({ description: 'Risk, 0 to 1000; null while pending.', example: null }),
  reasons: z.array(reason).nullable().meta({ description: 'The rules that fired, greatest weight first; null while pending.', example: null }),
  decided_at: instant('When it was decided about, UTC; null while pending.', '2026-01-31T11:34:57.034Z').nullable().meta({ example: null }),
  feedback,
})
export type TransactionView = z.output<typeof transactionView>

/** What is learned of a transaction after it is accepted. */
interface Learned {
  readonly status: Status
  readonly score: number | null
  readonly reasons: Reason[] | null
  readonly decided_at: Date | null
  readonly verdict: Verdict | null
  readonly feedback_source: string | null
  readonly feedback_given_at: Date | null
}

const nothing: Learned = {
  status: 'pending', score: null, reasons: null, decided_at: null, verdict: null, feedback_source: null, feedback_given_at: null,
}

/** The answer to a swipe that was just accepted; also to its repetition, whatever was decided since. */
export function acceptedView(transaction: Transaction): TransactionView {
  return view(transaction, nothing)
}

/** A transaction as it stands. */
export function currentView(row: TransactionRow): TransactionView {
  return view(transactionOfRow(row), row)
}

function view(t: Transaction, learned: Learned): TransactionView {
  return {
    transaction_id: t.transaction_id,
    status: learned.status,
    outcome: outcomeOf(learned.status),
    card_id: t.card_id,
    card_bin: t.card_bin,
    card_last4: t.card_last4,
    amount_minor: t.amount_minor,
    currency: t.currency,
    merchant_id: t.merchant_id,
    merchant_name: t.merchant_name,
    merchant_category: t.merchant_category,
    terminal_id: t.terminal_id,
    entry_mode: t.entry_mode,
    place: t.place,
    country: t.country,
    occurred_at: new Date(t.occurred_at).toISOString(),
    received_at: new Date(t.received_at).toISOString(),
    score: learned.score,
    reasons: learned.reasons,
    decided_at: learned.decided_at?.toISOString() ?? null,
    feedback: feedbackOf(learned),
  }
}

function feedbackOf({ verdict, feedback_source: source, feedback_given_at: givenAt }: Learned): TransactionView['feedback'] {
  if (verdict === null || source === null || givenAt === null) return null
  return { verdict, source, given_at: givenAt.toISOString() }
}
