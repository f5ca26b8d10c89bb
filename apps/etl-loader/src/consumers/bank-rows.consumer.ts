import { Controller } from '@nestjs/common'
import { type BankRow, etlBankEntries, etlBankRows } from '@swipestream/contracts'
import { type BatchContext, Consume, type Outgoing, type Received } from '@swipestream/messaging'
import { type BankState, MergeBankRows } from '../app/merge-bank-rows.js'

@Controller()
export class BankRowsConsumer {
  constructor(private readonly merge: MergeBankRows) {}

  @Consume(etlBankRows, { batch: 1_000, state: { entries: etlBankEntries }, exactlyOnce: true })
  handle(batch: Received<BankRow | null>[], context: BatchContext<BankState>): Outgoing[] {
    return this.merge.run(batch, context)
  }
}
