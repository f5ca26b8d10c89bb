import { setImmediate as nextTurn } from 'node:timers/promises'
import { Controller } from '@nestjs/common'
import { cardProfiles, cards, cardVerdicts, type Transaction, transactionsLog } from '@swipestream/contracts'
import { type BatchContext, Consume, type Outgoing, type Received } from '@swipestream/messaging'
import { AssessTransactions, type FraudState, type FraudTables } from '../app/assess-transactions.js'

/** A card that is not used for longer than a year is a new one when it comes back. */
const stateTtlMs = 400 * 86_400_000
/** Transactions that are judged without a look at anything else; with five rules they take milliseconds. */
const sliceSize = 20
/** What a slice may take, in milliseconds, before others have their turn. */
const sliceMs = 20

@Controller()
export class TransactionsConsumer {
  constructor(private readonly assess: AssessTransactions) {}

  /**
   * With thousands of rules a batch takes longer than the group waits for a heartbeat: without a turn in between, the
   * partition would go to another member, and there again, and nothing of it would ever be judged.
   */
  @Consume(transactionsLog, { batch: 1_000, state: { profiles: cardProfiles }, stateTtlMs, tables: { cards, verdicts: cardVerdicts }, exactlyOnce: true })
  async handle(batch: Received<Transaction>[], context: BatchContext<FraudState, FraudTables>): Promise<Outgoing[]> {
    const events: Outgoing[] = []
    for (let from = 0; from < batch.length; from += sliceSize) {
      context.signal.throwIfAborted()
      const begun = performance.now()
      for (const event of this.assess.run(batch.slice(from, from + sliceSize), context)) events.push(event)
      if (performance.now() - begun > sliceMs) await nextTurn()
    }
    return events
  }
}
