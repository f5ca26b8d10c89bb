import { Inject, Injectable } from '@nestjs/common'
import { transactionsLog, uuidv7, type Transaction } from '@swipestream/contracts'
import { Outbox } from '@swipestream/messaging'
import { CONFIG, type Config } from '../config.js'
import { TransactionsRepository } from '../db/transactions.repository.js'
import { transactionOfRow } from '../db/transaction.entity.js'
import { cardToken } from './card-token.js'
import { fingerprint, hasFingerprint } from './request-fingerprint.js'
import { transactionOf, type Swipe } from '../domain/swipe.js'

/** Who sends the swipe, and under which `Idempotency-Key`. Keys of different clients never meet. */
export interface Idempotency {
  readonly client: string
  readonly key: string
}

export type AcceptedSwipe =
  /** `replayed`: it was accepted before, under the same key. */
  | { readonly outcome: 'accepted'; readonly transaction: Transaction; readonly replayed: boolean }
  /** Another request with the key is being answered at this moment. */
  | { readonly outcome: 'in_progress' }
  /** The key stands for another swipe. */
  | { readonly outcome: 'key_reused' }
  /** More swipes come than can be stored. Nothing was. */
  | { readonly outcome: 'overloaded' }

/** Takes a swipe in: its transaction, its event in the outbox and its idempotency key are stored together or not at all. */
@Injectable()
export class AcceptSwipe {
  constructor(
    private readonly transactions: TransactionsRepository,
    private readonly outbox: Outbox,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws errors of kind `transient` while the database is away, or the schemas to write with are not yet known */
  async run(swipe: Swipe, idempotency?: Idempotency): Promise<AcceptedSwipe> {
    if (this.transactions.isFull) return { outcome: 'overloaded' }
    const keys = this.config.CARD_TOKEN_KEYS
    const transaction = transactionOf(swipe, {
      transactionId: uuidv7(),
      cardId: cardToken(keys.newest, swipe.card_number),
      receivedAt: Date.now(),
    })
    const claim = idempotency && {
      ...idempotency,
      fingerprint: fingerprint(keys, swipe),
      ttlSeconds: this.config.IDEMPOTENCY_TTL_SECONDS,
    }
    const event = this.outbox.row(transactionsLog.event(transaction))
    const inserted = await this.transactions.insert({ transaction, event, claim })
    if (inserted === 'inserted') {
      this.outbox.wake()
      return { outcome: 'accepted', transaction, replayed: false }
    }
    if (inserted === 'key_busy' || claim === undefined) return { outcome: 'in_progress' }
    const known = await this.transactions.byIdempotencyKey(claim.client, claim.key)
    // It expired between the two statements: the next try takes it over.
    if (known === undefined) return { outcome: 'in_progress' }
    if (!hasFingerprint(keys, swipe, known.fingerprint)) return { outcome: 'key_reused' }
    return { outcome: 'accepted', transaction: transactionOfRow(known.transaction), replayed: true }
  }
}
