import { Controller } from '@nestjs/common'
import { cardProfiles, cards, cardVerdicts, type Transaction, transactionsLog } from '@swipestream/contracts'
import { type BatchContext, Consume, type Outgoing, type Received } from '@swipestream/messaging'
import { AssessTransactions, type FraudState, type FraudTables } from '../app/assess-transactions.js'

/** A card that is not used for longer than a year is a new one when it comes back. */
const stateTtlMs = 400 * 86_400_000

@Controller()
export class TransactionsConsumer {
  constructor(private readonly assess: AssessTransactions) {}

  @Consume(transactionsLog, { batch: 1_000, state: { profiles: cardProfiles }, stateTtlMs, tables: { cards, verdicts: cardVerdicts }, exactlyOnce: true })
  handle(batch: Received<Transaction>[], context: BatchContext<FraudState, FraudTables>): Outgoing[] {
    return this.assess.run(batch, context)
  }
}
