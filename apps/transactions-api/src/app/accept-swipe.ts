import { Inject, Injectable } from '@nestjs/common'
import { transactionsLog, uuidv7, type Transaction } from '@swipestream/contracts'
import { Outbox } from '@swipestream/messaging'
import { CONFIG, type Config } from '../config.js'
import { TransactionsRepository } from '../db/transactions.repository.js'
import { transactionOfRow } from '../db/transaction.entity.js'
import { cardToken } from './card-token.js'
import { type Idempotency, IdempotencyKeys, type KeyTaken } from './idempotency-keys.js'
import { transactionOf, type Swipe } from '../domain/swipe.js'

export type AcceptedSwipe =
  /** `replayed`: it was accepted before, under the same key. */
  | { readonly outcome: 'accepted'; readonly transaction: Transaction; readonly replayed: boolean }
  | KeyTaken
  /** More swipes come than can be stored. Nothing was. */
  | { readonly outcome: 'overloaded' }

/** Takes a swipe in: its transaction, its event in the outbox and its idempotency key are stored together or not at all. */
@Injectable()
export class AcceptSwipe {
  constructor(
    private readonly transactions: TransactionsRepository,
    private readonly keys: IdempotencyKeys,
    private readonly outbox: Outbox,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws errors of kind `transient` while the database is away, or the schemas to write with are not yet known */
  async run(swipe: Swipe, idempotency?: Idempotency): Promise<AcceptedSwipe> {
    if (this.transactions.isFull) return { outcome: 'overloaded' }
    const transaction = transactionOf(swipe, {
      transactionId: uuidv7(),
      cardId: cardToken(this.config.CARD_TOKEN_KEYS.newest, swipe.card_number),
      receivedAt: Date.now(),
    })
    const claim = idempotency && this.keys.claim(idempotency, swipe)
    const event = this.outbox.row(transactionsLog.event(transaction))
    const inserted = await this.transactions.insert({ transaction, event, claim })
    if (inserted === 'inserted') {
      this.outbox.wake()
      return { outcome: 'accepted', transaction, replayed: false }
    }
    const known = await this.keys.repetition(inserted, claim, swipe)
    if (known.outcome !== 'known') return known
    const first = await this.transactions.byId(known.transactionId)
    if (first === undefined) throw new TypeError('an idempotency key stands for a transaction that is not there')
    return { outcome: 'accepted', transaction: transactionOfRow(first), replayed: true }
  }
}
