import { setImmediate as nextTurn } from 'node:timers/promises'
import { Controller } from '@nestjs/common'
import { cardProfiles, cards, cardVerdicts, type Transaction, transactionsLog } from '@swipestream/contracts'
import { type BatchContext, Consume, type Outgoing, type Received } from '@swipestream/messaging'
import { AssessTransactions, type FraudState, type FraudTables } from '../app/assess-transactions.js'
import { ModelSignals } from '../app/model-signals.js'

/** A card that is not used for longer than a year is a new one when it comes back. */
const stateTtlMs = 400 * 86_400_000
/** Transactions that are judged without a look at anything else; with five rules they take milliseconds. */
const sliceSize = 20
/** What is shown to a model at once: a call of it costs as much as some dozens of rows. */
const modelSliceSize = 250
/** What a slice may take, in milliseconds, before others have their turn. */
const sliceMs = 20

@Controller()
export class TransactionsConsumer {
  constructor(private readonly assess: AssessTransactions, private readonly model: ModelSignals) {}

  /**
   * With thousands of rules a batch takes longer than the group waits for a heartbeat: without a turn in between, the
   * partition would go to another member, and there again, and nothing of it would ever be judged.
   */
  @Consume(transactionsLog, { batch: 1_000, state: { profiles: cardProfiles }, stateTtlMs, tables: { cards, verdicts: cardVerdicts }, exactlyOnce: true })
  async handle(batch: Received<Transaction>[], context: BatchContext<FraudState, FraudTables>): Promise<Outgoing[]> {
    const events: Outgoing[] = []
    const size = this.model.on ? modelSliceSize : sliceSize
    for (let from = 0; from < batch.length; from += size) {
      context.signal.throwIfAborted()
      const begun = performance.now()
      const slice = batch.slice(from, from + size)
      const told = this.model.on ? await this.assess.runWithModel(slice, context, this.model) : this.assess.run(slice, context)
      for (const event of told) events.push(event)
      if (performance.now() - begun > sliceMs) await nextTurn()
    }
    return events
  }
}
