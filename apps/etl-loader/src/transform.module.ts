import { type DynamicModule, Module } from '@nestjs/common'
import type { MessagingConfig } from '@swipestream/messaging'
import {
  cards, cardSpendDaily, categorySpendHourly, customers, etlBankEntries, etlBankRows, etlQuarantine, etlSpendMemory, merchants, opsAlerts,
} from '@swipestream/contracts'
import { CleanSourceRows } from './app/clean-source-rows.js'
import { MergeBankRows } from './app/merge-bank-rows.js'
import { DEAD_LETTERS_OF, SourceDeadLetters } from './app/source-dead-letters.js'
import { sourceTopics } from './app/source-topics.js'
import { SumSpend } from './app/sum-spend.js'
import { TransformAlerts } from './app/transform-alerts.js'
import { TransformMetrics } from './app/transform-metrics.js'
import type { TransformConfig } from './config.js'
import { BankRowsConsumer } from './consumers/bank-rows.consumer.js'
import { sourceRowsConsumer } from './consumers/source-rows.consumer.js'
import { TransactionsConsumer } from './consumers/transactions.consumer.js'

/** The role that makes the system's own topics of the source's tables, and sums of swipes. */
@Module({})
export class TransformModule {
  /** What the role writes: for `MessagingModule.forRoot`. */
  static readonly produces = [customers, cards, merchants, etlBankRows, etlBankEntries, etlQuarantine, cardSpendDaily, categorySpendHourly, etlSpendMemory, opsAlerts]

  static of(config: TransformConfig & MessagingConfig): DynamicModule {
    return {
      module: TransformModule,
      controllers: [...sourceTopics(config).map(({ table, topic }) => sourceRowsConsumer(table, topic)), BankRowsConsumer, TransactionsConsumer],
      providers: [CleanSourceRows, MergeBankRows, SumSpend, TransformAlerts, TransformMetrics, SourceDeadLetters, { provide: DEAD_LETTERS_OF, useValue: config }],
    }
  }
}
