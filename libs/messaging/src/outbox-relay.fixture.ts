import { Module } from '@nestjs/common'
import { databaseModule, loadConfig, runMain, serviceConfig, startService } from '@swipestream/platform'
import { z } from 'zod'
import { messagingConfig } from './config.js'
import { KafkaStrategy } from './consumer/kafka.strategy.js'
import { MessagingModule } from './messaging.module.js'
import { outboxMigrations } from './outbox/migrations.js'

/** A service of a process of its own that does nothing but relay an outbox, for tests that kill it. */
// oxlint-disable-next-line node/no-process-env -- stands for a service's main.ts and config.ts in one
const environment = process.env

const name = 'relay'
const config = loadConfig(z.object({ ...serviceConfig, ...messagingConfig, DATABASE_URL: z.url().describe('The database of the outbox') }), environment)

@Module({
  imports: [
    databaseModule({ url: config.DATABASE_URL, entities: [], migrations: [...outboxMigrations], name }),
    MessagingModule.forRoot({ service: name, config, produces: [], outbox: { databaseUrl: config.DATABASE_URL } }),
  ],
})
class RelayModule {}

await runMain(name, async () => {
  await startService({ name, module: RelayModule, config, strategy: (app) => app.get(KafkaStrategy) })
})
