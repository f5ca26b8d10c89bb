import { type DynamicModule, Module } from '@nestjs/common'
import { cardProfiles, type FraudRule, fraudAlerts, fraudDecisions } from '@swipestream/contracts'
import { MessagingModule } from '@swipestream/messaging'
import { AssessTransactions } from './app/assess-transactions.js'
import { FraudMetrics } from './app/fraud-metrics.js'
import { RuleSet } from './app/rule-set.js'
import { Surroundings } from './app/surroundings.js'
import type { FraudServiceConfig } from './config.js'
import { TransactionsConsumer } from './consumers/transactions.consumer.js'

@Module({})
export class AppModule {
  /** @param rules those in force */
  static of(config: FraudServiceConfig, rules: Iterable<FraudRule> = []): DynamicModule {
    return {
      module: AppModule,
      imports: [MessagingModule.forRoot({ service: 'fraud-service', config, produces: [fraudDecisions, fraudAlerts, cardProfiles] })],
      controllers: [TransactionsConsumer],
      providers: [AssessTransactions, FraudMetrics, Surroundings, { provide: RuleSet, useValue: new RuleSet(rules) }],
    }
  }
}
