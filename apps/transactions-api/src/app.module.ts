import { Module, type DynamicModule } from '@nestjs/common'
import { transactionsLog } from '@swipestream/contracts'
import { MessagingModule, outboxMigrations } from '@swipestream/messaging'
import { API_KEYS, databaseModule } from '@swipestream/platform'
import { AcceptSwipe } from './app/accept-swipe.js'
import { ApplyDecisions } from './app/apply-decisions.js'
import { PruneIdempotencyKeys } from './app/prune-idempotency-keys.js'
import { CONFIG, type Config } from './config.js'
import { DecisionsConsumer } from './consumers/decisions.consumer.js'
import { Transactions1764000000000 } from './db/migrations/1764000000000-transactions.js'
import { TransactionRow } from './db/transaction.entity.js'
import { TransactionsRepository } from './db/transactions.repository.js'
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
          migrations: [...outboxMigrations, Transactions1764000000000],
        }),
        MessagingModule.forRoot({ service, config, produces: [transactionsLog], outbox: { databaseUrl } }),
      ],
      controllers: [TransactionsController, DecisionsConsumer],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: API_KEYS, useValue: config.API_KEYS },
        TransactionsRepository,
        AcceptSwipe,
        ApplyDecisions,
        PruneIdempotencyKeys,
        SwipePipe,
      ],
    }
  }
}
