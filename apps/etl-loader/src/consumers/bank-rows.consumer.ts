import { setImmediate as nextTurn } from 'node:timers/promises'
import { Controller } from '@nestjs/common'
import { type BankRow, etlBankEntries, etlBankRows } from '@swipestream/contracts'
import { type BatchContext, Consume, type Outgoing, type Received } from '@swipestream/messaging'
import { type BankState, MergeBankRows } from '../app/merge-bank-rows.js'

/** Rows that are merged without a look at anything else, and what they may take, in milliseconds, before others have their turn. */
const sliceSize = 20
const sliceMs = 20

@Controller()
export class BankRowsConsumer {
  constructor(private readonly merge: MergeBankRows) {}

  /**
   * A row that thousands are doubles of makes each of them take long: without a turn in between, the partition would go
   * to another member, and there again.
   */
  @Consume(etlBankRows, { batch: 1_000, state: { entries: etlBankEntries }, exactlyOnce: true })
  async handle(batch: Received<BankRow | null>[], context: BatchContext<BankState>): Promise<Outgoing[]> {
    const events: Outgoing[] = []
    for (let from = 0; from < batch.length; from += sliceSize) {
      context.signal.throwIfAborted()
      const begun = performance.now()
      for (const event of this.merge.run(batch.slice(from, from + sliceSize), context)) events.push(event)
      if (performance.now() - begun > sliceMs) await nextTurn()
    }
    return events
  }
}
