import { Controller } from '@nestjs/common'
import { etlSpendMemory, type Transaction, transactionsLog } from '@swipestream/contracts'
import { type BatchContext, Consume, type Outgoing, type Received } from '@swipestream/messaging'
import { type SpendState, SumSpend } from '../app/sum-spend.js'
import { correctableMs } from '../domain/spend/sum.js'

/** Longer than a swipe of a day can still come, by a day for the day itself and some for clocks that go wrong. */
const stateTtlMs = correctableMs + 4 * 86_400_000
/** Sums are looked at by people: few Kafka transactions for many swipes. In milliseconds. */
const gatherMs = 200

@Controller()
export class TransactionsConsumer {
  constructor(private readonly sum: SumSpend) {}

  @Consume(transactionsLog, { batch: 1_000, gatherMs, state: { sums: etlSpendMemory }, stateTtlMs, exactlyOnce: true })
  handle(batch: Received<Transaction>[], context: BatchContext<SpendState>): Outgoing[] {
    return this.sum.run(batch, context)
  }
}
