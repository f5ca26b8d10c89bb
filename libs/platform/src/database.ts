import { setTimeout as sleep } from 'node:timers/promises'
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type Type,
} from '@nestjs/common'
import { TypeOrmModule } from '@nestjs/typeorm'
import { Client, type ClientConfig } from 'pg'
import { DataSource, type MigrationInterface } from 'typeorm'
import { DatabaseLogger } from './database-logger.js'
import { isTransientDatabaseError, sqlStateOf } from './database-errors.js'
import { CodedError, toError } from './errors.js'
import { FatalErrors } from './fatal.js'
import { LOGGER, type Logger } from './logger.js'
import { pause } from './pause.js'
import { Readiness } from './readiness.js'

export interface DatabaseOptions {
  /** postgres://user:password@host:port/database */
  url: string
  entities: readonly Type[]
  /** Run in the order of the time in their names, each in a transaction. */
  migrations: readonly (new () => MigrationInterface)[]
  /** Connections for statements; one more is kept to watch the database. 10 when left out. */
  poolSize?: number
  /** The service's name, as PostgreSQL shows it (`application_name`). */
  name: string
}

const OPTIONS = Symbol('DATABASE_OPTIONS')
const COMPONENT = 'database'

const CONNECT_MS = 5_000
/** The server ends a statement after this; the client gives up a little later, should the server not answer at all. */
const STATEMENT_MS = 30_000
const CLIENT_STATEMENT_MS = STATEMENT_MS + 5_000
/** A statement that takes longer is logged. */
const SLOW_STATEMENT_MS = 1_000
const IDLE_IN_TRANSACTION_MS = 60_000
const PING_EVERY_MS = 3_000
/** The longest a ping may take before the database counts as lost. */
const PING_MS = 3_000
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5_000
const LOCK_EVERY_MS = 200
/** Any number that nothing else locks; advisory locks are per database. */
const LOCK = 7_319_445_201

/**
 * TypeORM on PostgreSQL, for the service's root module; repositories come with `TypeOrmModule.forFeature` as usual.
 *
 * The DataSource is wired at once but connected in the background, so that HTTP listens (and health answers 503) while
 * the database is away. As the component is required to start, no request and no consumer meets a DataSource that was
 * never connected; work that starts by itself in a module hook must await `Readiness.opened()` first.
 */
export function databaseModule(options: DatabaseOptions): DynamicModule {
  return {
    module: DatabaseModule,
    imports: [
      TypeOrmModule.forRootAsync({
        inject: [LOGGER],
        useFactory: (logger: Logger) => ({
          ...connectionOf(options, logger),
          entities: [...options.entities],
          poolSize: options.poolSize ?? 10,
          maxQueryExecutionTime: SLOW_STATEMENT_MS,
          manualInitialization: true,
          extra: {
            ...KEEP_ALIVE,
            statement_timeout: STATEMENT_MS,
            query_timeout: CLIENT_STATEMENT_MS,
            idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
          },
          // A broken idle connection: the pool replaces it, and the watching connection tells about the database.
          poolErrorHandler: () => undefined,
        }),
      }),
    ],
    providers: [{ provide: OPTIONS, useValue: options }, DatabaseConnection],
  }
}

const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 }

function connectionOf({ url, name }: DatabaseOptions, logger: Logger) {
  return {
    type: 'postgres',
    url,
    applicationName: name,
    connectTimeoutMS: CONNECT_MS,
    logger: new DatabaseLogger(logger),
  } as const
}

/** Waits for the database, migrates it, then watches it; tells Readiness. */
@Injectable()
export class DatabaseConnection implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController()
  private running: Promise<void> = Promise.resolve()

  constructor(
    @Inject(OPTIONS) private readonly options: DatabaseOptions,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(FatalErrors) private readonly fatal: FatalErrors,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    readiness.requireToStart(COMPONENT, `connecting to ${placeOf(options)}`)
  }

  onApplicationBootstrap(): void {
    this.running = this.run().catch((error: unknown) => this.fatal.report(error))
  }

  /** The DataSource itself is closed later, in onApplicationShutdown, when nothing uses it any more. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort()
    await this.running
  }

  private async run(): Promise<void> {
    const { signal } = this.stop
    for (let failures = 0; !signal.aborted; failures++) {
      const client = new Client(this.clientConfig())
      // A broken connection tells at once, a silent one by a ping that is not answered.
      const broken = new AbortController()
      client.on('error', (error) => broken.abort(error))
      client.on('end', () => broken.abort(new Error('the connection was closed')))
      try {
        await client.connect()
        if (!this.dataSource.isInitialized) await this.prepare()
        failures = 0
        this.readiness.report(COMPONENT, 'up')
        await this.watch(client, AbortSignal.any([signal, broken.signal]))
      } catch (error) {
        if (signal.aborted) return
        this.readiness.report(COMPONENT, 'down', `${placeOf(this.options)}: ${this.reasonToWait(error)}`)
        await this.pause(failures)
      } finally {
        // Where the connection is broken there is nothing left to close.
        await client.end().catch(() => undefined)
      }
    }
  }

  /** Throws when the database is lost; returns when asked to stop. */
  private async watch(client: Client, end: AbortSignal): Promise<void> {
    while (!this.stop.signal.aborted) {
      await pause(PING_EVERY_MS, end, { ref: false })
      if (this.stop.signal.aborted) return
      end.throwIfAborted()
      await client.query('select 1')
    }
  }

  /** Migrations first, one instance at a time, then the DataSource. */
  private async prepare(): Promise<void> {
    // A DataSource of its own: migrations have no limit of time, and its one connection is the session that holds the
    // lock, released when it closes.
    const source = new DataSource({
      ...connectionOf(this.options, this.logger),
      migrations: [...this.options.migrations],
      migrationsTransactionMode: 'each',
      poolSize: 1,
      extra: { ...KEEP_ALIVE, idleTimeoutMillis: 0 },
    })
    await source.initialize()
    try {
      await this.lock(source)
      const done = await source.runMigrations()
      if (done.length > 0) this.logger.info({ migrations: done.map(({ name }) => name) }, 'the database was migrated')
    } catch (cause) {
      if (this.stop.signal.aborted || isTransientDatabaseError(cause)) throw cause
      const message = `a migration of ${placeOf(this.options)} failed: ${toError(cause).message}`
      throw new CodedError('MIGRATION_FAILED', 'fatal', message, { cause })
    } finally {
      await source.destroy()
    }
    try {
      await this.dataSource.initialize()
    } catch (cause) {
      if (isTransientDatabaseError(cause) || sqlStateOf(cause) !== undefined) throw cause
      throw new CodedError('ENTITIES_INVALID', 'fatal', `TypeORM refuses the entities: ${toError(cause).message}`, {
        cause,
      })
    }
  }

  /** Asked for again and again rather than waited for, so that a shutdown can end the wait. */
  private async lock(source: DataSource): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const [first] = await source.query<{ locked: boolean }[]>('select pg_try_advisory_lock($1) as locked', [LOCK])
      if (first?.locked === true) return
      if (attempt === 0) this.logger.info('another instance migrates the database; waiting for it')
      await sleep(LOCK_EVERY_MS, undefined, { signal: this.stop.signal })
    }
  }

  /** An error that waiting cannot heal is thrown as fatal; any other is the reason to wait. */
  private reasonToWait(error: unknown): string {
    if (error instanceof CodedError) throw error
    const { user, database } = this.clientConfig()
    switch (sqlStateOf(error)) {
      case '28P01':
      case '28000':
        throw this.refused(`user "${user}" or its password is not accepted; correct them`, error)
      case '3D000':
        throw this.refused(`database "${database}" does not exist; create it or correct the name`, error)
      case '42501':
        throw this.refused(`user "${user}" may not do what the service needs; grant it`, error)
      default:
        return toError(error).message || String(Object(error).code)
    }
  }

  private refused(why: string, cause: unknown): CodedError {
    const message = `DATABASE_URL: ${placeOf(this.options)} refuses: ${why}`
    return new CodedError('DATABASE_REFUSED', 'fatal', message, { cause })
  }

  private async pause(failures: number): Promise<void> {
    const ms = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * (0.8 + Math.random() * 0.4)
    await pause(ms, this.stop.signal)
  }

  private clientConfig(): ClientConfig {
    const { url, name } = this.options
    const { username, pathname } = new URL(url)
    return {
      connectionString: url,
      user: decodeURIComponent(username),
      database: decodeURIComponent(pathname.slice(1)),
      application_name: `${name} watch`,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: PING_MS,
      ...KEEP_ALIVE,
    }
  }
}

@Module({})
export class DatabaseModule {}

/** Where the database is, without the credentials. */
function placeOf({ url }: DatabaseOptions): string {
  const { host, pathname } = new URL(url)
  return `PostgreSQL at ${host}${pathname}`
}
