import { Injectable } from '@nestjs/common'
import { fraudFeedback, uuidv7 } from '@swipestream/contracts'
import { FeedbackRepository, type FeedbackRow } from '../db/feedback.repository.js'
import { transactionOfRow } from '../db/transaction.entity.js'
import { TransactionsRepository } from '../db/transactions.repository.js'
import { feedbackOf, type Feedback } from '../domain/feedback.js'
import { type Idempotency, IdempotencyKeys, type KeyTaken } from './idempotency-keys.js'

export type GivenFeedback =
  /** `replayed`: it was given before, under the same key. */
  | { readonly outcome: 'given'; readonly feedback: FeedbackRow; readonly replayed: boolean }
  | { readonly outcome: 'no_transaction' }
  | KeyTaken

/** Takes in what an analyst says of a transaction: it, its event and its idempotency key are stored together or not at all. */
@Injectable()
export class GiveFeedback {
  constructor(
    private readonly transactions: TransactionsRepository,
    private readonly repository: FeedbackRepository,
    private readonly keys: IdempotencyKeys,
  ) {}

  /** @throws errors of kind `transient` while the database is away, or the schemas to write with are not yet known */
  async run(transactionId: string, feedback: Feedback, client: string, idempotency?: Idempotency): Promise<GivenFeedback> {
    const transaction = await this.transactions.byId(transactionId)
    if (transaction === undefined) return { outcome: 'no_transaction' }
    const request = { ...feedback, transaction_id: transactionId }
    const claim = idempotency && this.keys.claim(idempotency, request)
    const event = feedbackOf(transactionOfRow(transaction), feedback, { feedbackId: uuidv7(), givenAt: Date.now() })
    const row = { ...request, feedback_id: event.feedback_id, given_at: new Date(event.given_at) }
    const inserted = await this.repository.insert({ feedback: row, event: fraudFeedback.event(event), client, claim })
    if (inserted === 'inserted') return { outcome: 'given', feedback: row, replayed: false }
    const known = await this.keys.repetition(inserted, claim, request)
    if (known.outcome !== 'known') return known
    const first = known.feedbackId === null ? undefined : await this.repository.byId(known.feedbackId)
    if (first === undefined) throw new TypeError('an idempotency key stands for feedback that is not there')
    return { outcome: 'given', feedback: first, replayed: true }
  }
}
