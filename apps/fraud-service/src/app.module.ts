import { type DynamicModule, Module } from '@nestjs/common'
import { cardProfiles, cardVerdicts, fraudAlerts, fraudDecisions, fraudRules, opsAlerts, terminalProfiles, transactionsByTerminal } from '@swipestream/contracts'
import { MessagingModule } from '@swipestream/messaging'
import { AssessTransactions } from './app/assess-transactions.js'
import { FraudMetrics } from './app/fraud-metrics.js'
import { HearFeedback } from './app/hear-feedback.js'
import { KnowTerminals } from './app/know-terminals.js'
import { RuleFailures } from './app/rule-failures.js'
import type { FraudServiceConfig } from './config.js'
import { FeedbackConsumer } from './consumers/feedback.consumer.js'
import { TerminalsConsumer } from './consumers/terminals.consumer.js'
import { TransactionsConsumer } from './consumers/transactions.consumer.js'
import { RulesModule } from './rules.module.js'

const produces = [fraudDecisions, fraudAlerts, cardProfiles, cardVerdicts, transactionsByTerminal, terminalProfiles, opsAlerts]

@Module({})
export class AppModule {
  static of(config: FraudServiceConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [MessagingModule.forRoot({ service: 'fraud-service', config, produces, tables: [terminalProfiles, fraudRules] }), RulesModule.of(config)],
      controllers: [TransactionsConsumer, FeedbackConsumer, TerminalsConsumer],
      providers: [AssessTransactions, HearFeedback, KnowTerminals, FraudMetrics, RuleFailures],
    }
  }
}
