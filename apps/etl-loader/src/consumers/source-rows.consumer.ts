import { Controller, Inject, type Type } from '@nestjs/common'
import { Consume, type Outgoing, type Received } from '@swipestream/messaging'
import { CleanSourceRows } from '../app/clean-source-rows.js'
import type { SourceTopic } from '../app/source-topics.js'
import type { BankTable, Envelope, SourceRows } from '../domain/bank/source-rows.js'

/** Nobody waits for a row of the bank: few Kafka transactions for many rows. In milliseconds. */
const gatherMs = 100

/** The consumer of one table's topic, whose name only the configuration knows. */
export function sourceRowsConsumer(table: BankTable, topic: SourceTopic): Type {
  @Controller()
  class SourceRowsConsumer {
    constructor(@Inject(CleanSourceRows) private readonly clean: CleanSourceRows) {}

    @Consume(topic, { batch: 1_000, gatherMs, exactlyOnce: true })
    handle(batch: Received<Envelope<SourceRows[BankTable]> | null>[]): Outgoing[] {
      return this.clean.run(table, topic.name, batch)
    }
  }
  return SourceRowsConsumer
}
