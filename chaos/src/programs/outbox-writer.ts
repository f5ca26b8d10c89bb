import { setTimeout as sleep } from 'node:timers/promises'
import { Injectable, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common'
import { KafkaStrategy, MessagingModule, Outbox, outboxMigrations } from '@swipestream/messaging'
import { databaseModule, FatalErrors, isTransientDatabaseError, loadConfig, Readiness, runMain, startService } from '@swipestream/platform'
import { DataSource, type EntityManager, type MigrationInterface, type QueryRunner } from 'typeorm'
import { valueOf } from '../bulk-records.js'
import { type Input, inputs } from '../contracts.js'
import { due, writerConfig } from './config.js'

/** A service that writes rows and, in the same transaction, what they say to the world. Its table is the account of it. */
const config = loadConfig(writerConfig, process.env)

const keys = 200
const mostPerTransaction = 50
const pauseMs = 20

class CreateEntries1764000000001 implements MigrationInterface {
  readonly name = 'CreateEntries1764000000001'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE TABLE written (key int PRIMARY KEY, count int NOT NULL)')
    await queryRunner.query('CREATE TABLE entry (key int NOT NULL, sequence int NOT NULL, value bigint NOT NULL, PRIMARY KEY (key, sequence))')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE entry, written')
  }
}

@Injectable()
class Writer implements OnApplicationBootstrap {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(FatalErrors) private readonly fatal: FatalErrors,
  ) {}

  onApplicationBootstrap(): void {
    this.write().catch((error: unknown) => this.fatal.report(error))
  }

  private async write(): Promise<void> {
    const { shutdown } = this.readiness
    await this.readiness.opened()
    while (!shutdown.aborted) {
      try {
        const [{ count }] = await this.dataSource.query<[{ count: number }]>('SELECT coalesce(sum(count), 0)::int AS count FROM written')
        const missing = Math.min(mostPerTransaction, due(config) - count)
        if (missing > 0) await this.dataSource.transaction((manager) => this.entries(manager, missing))
      } catch (error) {
        // The schemas to write with may not be known yet.
        if (!shutdown.aborted && !isTransientDatabaseError(error) && !isPending(error)) throw error
      }
      await sleep(pauseMs)
    }
  }

  /** The next entry of so many keys. A key's row is locked until the commit: two writers keep its order. */
  private async entries(manager: EntityManager, count: number): Promise<void> {
    const drawn = new Set(Array.from({ length: count }, () => Math.floor(Math.random() * keys)))
    const written = await manager.query<{ key: number; count: number }[]>(
      `INSERT INTO written SELECT key, 1 FROM unnest($1::int[]) key
       ON CONFLICT (key) DO UPDATE SET count = written.count + 1 RETURNING key, count`,
      [[...drawn].toSorted((a, b) => a - b)],
    )
    const entries = written.map(({ key, count: nth }) => ({ key, sequence: nth - 1, value: valueOf(config.CHAOS_SEED, key, nth - 1) }))
    await manager.query('INSERT INTO entry SELECT * FROM unnest($1::int[], $2::int[], $3::bigint[])', [
      entries.map(({ key }) => key), entries.map(({ sequence }) => sequence), entries.map(({ value }) => value),
    ])
    const events = entries.map(({ key, sequence, value }): Input => ({ key: `outbox-${key}`, sequence, value, padding: '' }))
    await this.outbox.add(manager, events.map((event) => inputs.event(event)))
  }
}

function isPending(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SCHEMAS_PENDING'
}

@Module({
  imports: [
    databaseModule({ url: config.DATABASE_URL, entities: [], migrations: [...outboxMigrations, CreateEntries1764000000001], name: 'outbox-writer' }),
    MessagingModule.forRoot({ service: 'outbox-writer', config, produces: [inputs], outbox: { databaseUrl: config.DATABASE_URL } }),
  ],
  providers: [Writer],
})
class WriterModule {}

await runMain('outbox-writer', async () => {
  await startService({ name: 'outbox-writer', module: WriterModule, config, strategy: (app) => app.get(KafkaStrategy) })
})
