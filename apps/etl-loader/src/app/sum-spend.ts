import { Injectable } from '@nestjs/common'
import { cardSpendDaily, categorySpendHourly, etlQuarantine, type etlSpendMemory, type Transaction, transactionsLog } from '@swipestream/contracts'
import { type BatchContext, causedBy, type Outgoing, type Received } from '@swipestream/messaging'
import type { RefusalCode } from '../domain/bank/refusal.js'
import { addToSums } from '../domain/spend/sum.js'
import { TransformAlerts } from './transform-alerts.js'
import { TransformMetrics } from './transform-metrics.js'

export type SpendState = { sums: typeof etlSpendMemory }

/** Sums what is spent, by card and day and by category and hour. A sum that a batch changes is written once. */
@Injectable()
export class SumSpend {
  constructor(
    private readonly metrics: TransformMetrics,
    private readonly alerts: TransformAlerts,
  ) {}

  run(batch: readonly Received<Transaction>[], { state, partition }: Pick<BatchContext<SpendState>, 'state' | 'partition'>): Outgoing[] {
    const sums = new Map<string, Outgoing>()
    const late: Outgoing[] = []
    for (const message of batch) {
      const { value: tx, origin } = message
      const summed = addToSums(state.sums, tx, partition, origin.timestamp)
      if (summed === 'again') this.metrics.swipe('again')
      else if (summed === 'too late') late.push(...this.#tooLate(message))
      else {
        this.metrics.swipe('added')
        const events = causedBy(message, [cardSpendDaily.event(summed.day), categorySpendHourly.event(summed.hour)])
        // In the order in which the sums were first touched: what replaces one stands in its place.
        for (const event of events) sums.set(`${event.topic.name} ${event.key}`, { ...event, partition })
      }
    }
    return [...sums.values(), ...late]
  }

  /** Its sums are final, and nobody remembers which swipes are in them. */
  #tooLate(message: Received<Transaction>): Outgoing[] {
    const { value: tx, origin } = message
    const code: RefusalCode = 'ETL_SPEND_TOO_LATE'
    this.metrics.swipe('late')
    this.metrics.quarantined(code)
    this.alerts.quarantined(transactionsLog.name)
    return causedBy(message, [etlQuarantine.event({
      row_id: `${transactionsLog.name}/${origin.partition}/${origin.offset}`,
      stage: 'transform',
      source_topic: transactionsLog.name,
      source_key: JSON.stringify({ card_id: tx.card_id }),
      code,
      field: 'occurred_at',
      reason: 'The swipe is more than 31 days older than others that came before it: its sums are final without it.',
      row: JSON.stringify(tx),
      quarantined_at: origin.timestamp,
    })])
  }
}
