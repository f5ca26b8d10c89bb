import { Controller } from '@nestjs/common'
import { cardProfiles, type Transaction, transactionsLog } from '@swipestream/contracts'
import { type BatchContext, Consume, type Outgoing, type Received } from '@swipestream/messaging'
import { AssessTransactions, type FraudState } from '../app/assess-transactions.js'

@Controller()
export class TransactionsConsumer {
  constructor(private readonly assess: AssessTransactions) {}

  @Consume(transactionsLog, { batch: 500, state: { profiles: cardProfiles }, exactlyOnce: true })
  handle(batch: Received<Transaction>[], context: BatchContext<FraudState>): Outgoing[] {
    return this.assess.run(batch, context)
  }
}
