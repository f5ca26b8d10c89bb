import { Module, type DynamicModule } from '@nestjs/common'
import { fraudFeedback, transactionsLog } from '@swipestream/contracts'
import { MessagingModule, outboxMigrations } from '@swipestream/messaging'
import { API_KEYS, databaseModule } from '@swipestream/platform'
import { AcceptSwipe } from './app/accept-swipe.js'
import { ApplyDecisions } from './app/apply-decisions.js'
import { ApplyFeedback } from './app/apply-feedback.js'
import { AwaitDecision } from './app/await-decision.js'
import { GiveFeedback } from './app/give-feedback.js'
import { IdempotencyKeys } from './app/idempotency-keys.js'
import { RuleFigures } from './app/rule-figures.js'
import { PruneIdempotencyKeys } from './app/prune-idempotency-keys.js'
import { CONFIG, type Config } from './config.js'
import { DecisionsConsumer } from './consumers/decisions.consumer.js'
import { FeedbackConsumer } from './consumers/feedback.consumer.js'
import { DecisionNotices } from './db/decision-notices.js'
import { FeedbackRepository } from './db/feedback.repository.js'
import { IdempotencyKeysRepository } from './db/idempotency-keys.repository.js'
import { Transactions1764000000000 } from './db/migrations/1764000000000-transactions.js'
import { Feedback1764200000000 } from './db/migrations/1764200000000-feedback.js'
import { TransactionsOfCard1764200000001 } from './db/migrations/1764200000001-transactions-of-card.js'
import { ShadowRules1764400000000 } from './db/migrations/1764400000000-shadow-rules.js'
import { ConfirmedFrauds1764400000001 } from './db/migrations/1764400000001-confirmed-frauds.js'
import { TransactionRow } from './db/transaction.entity.js'
import { TransactionsRepository } from './db/transactions.repository.js'
import { BatchController } from './http/batch.controller.js'
import { BatchLines } from './http/batch-lines.js'
import { FeedbackController } from './http/feedback.controller.js'
import { SwipePipe } from './http/swipe.pipe.js'
import { TransactionsController } from './http/transactions.controller.js'

const service = 'transactions-api'

@Module({})
export class AppModule {
  static of(config: Config): DynamicModule {
    const { DATABASE_URL: databaseUrl, DATABASE_POOL_SIZE: poolSize } = config
    return {
      module: AppModule,
      imports: [
        databaseModule({
          name: service,
          url: databaseUrl,
          poolSize,
          entities: [TransactionRow],
          migrations: [
            ...outboxMigrations, Transactions1764000000000, Feedback1764200000000, TransactionsOfCard1764200000001, ShadowRules1764400000000, ConfirmedFrauds1764400000001,
          ],
        }),
        MessagingModule.forRoot({ service, config, produces: [transactionsLog, fraudFeedback], outbox: { databaseUrl } }),
      ],
      controllers: [TransactionsController, BatchController, FeedbackController, DecisionsConsumer, FeedbackConsumer],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: API_KEYS, useValue: config.API_KEYS },
        TransactionsRepository,
        FeedbackRepository,
        IdempotencyKeysRepository,
        DecisionNotices,
        IdempotencyKeys,
        AcceptSwipe,
        AwaitDecision,
        GiveFeedback,
        ApplyDecisions,
        ApplyFeedback,
        RuleFigures,
        PruneIdempotencyKeys,
        SwipePipe,
        BatchLines,
      ],
    }
  }
}
