import { type DynamicModule, Module } from '@nestjs/common'
import { cardProfiles, cardVerdicts, fraudAlerts, fraudDecisions, fraudRules, opsAlerts, terminalProfiles, transactionsByTerminal } from '@swipestream/contracts'
import { MessagingModule } from '@swipestream/messaging'
import { AssessTransactions } from './app/assess-transactions.js'
import { FraudMetrics } from './app/fraud-metrics.js'
import { HearFeedback } from './app/hear-feedback.js'
import { KnowTerminals } from './app/know-terminals.js'
import { ModelFailures } from './app/model-failures.js'
import { FRAUD_MODEL, ModelSignals } from './app/model-signals.js'
import { RuleFailures } from './app/rule-failures.js'
import type { FraudServiceConfig } from './config.js'
import { FeedbackConsumer } from './consumers/feedback.consumer.js'
import { TerminalsConsumer } from './consumers/terminals.consumer.js'
import { TransactionsConsumer } from './consumers/transactions.consumer.js'
import type { FraudModel } from './model/fraud-model.js'
import { RulesModule } from './rules.module.js'

const produces = [fraudDecisions, fraudAlerts, cardProfiles, cardVerdicts, transactionsByTerminal, terminalProfiles, opsAlerts]

@Module({})
export class AppModule {
  /** @param model null to decide by rules alone */
  static of(config: FraudServiceConfig, model: FraudModel | null = null): DynamicModule {
    return {
      module: AppModule,
      imports: [MessagingModule.forRoot({ service: 'fraud-service', config, produces, tables: [terminalProfiles, fraudRules] }), RulesModule.of(config)],
      controllers: [TransactionsConsumer, FeedbackConsumer, TerminalsConsumer],
      providers: [AssessTransactions, HearFeedback, KnowTerminals, FraudMetrics, RuleFailures, ModelFailures, ModelSignals, { provide: FRAUD_MODEL, useValue: model }],
    }
  }
}
