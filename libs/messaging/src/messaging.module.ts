import { type BeforeApplicationShutdown, type DynamicModule, Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleDestroy, type Provider } from '@nestjs/common'
import type { Topic } from '@swipestream/contracts'
import { FatalErrors, LOGGER, type Logger, Readiness } from '@swipestream/platform'
import { DataSource } from 'typeorm'
import type { MessagingConfig } from './config.js'
import { registryOf } from './connection.js'
import { KafkaStrategy } from './consumer/kafka.strategy.js'
import { ConsumerObserver } from './consumer/observe.js'
import { defaultRecoveryPolicy } from './consumer/recovery.js'
import { Envelope } from './envelope.js'
import { kafkaClient } from './kafka/client.js'
import type { KafkaClient, Producer } from './kafka/ports.js'
import { Outbox } from './outbox/outbox.js'
import { OutboxRelay } from './outbox/relay.js'
import { Publisher } from './publisher.js'
import { SchemaLoading } from './schema-loading.js'
import { Schemas } from './schemas.js'
import { TableObserver } from './tables/observe.js'
import { Tables } from './tables/tables.js'

export interface MessagingOptions {
  /** Names the consumer group, and the producer in the `produced-by` header. */
  readonly service: string
  readonly config: MessagingConfig
  /** Topics the service writes, state topics included: their schemas must be registered before it is ready. */
  // oxlint-disable-next-line typescript/no-explicit-any -- topics of different value types in one list
  readonly produces: readonly Topic<any>[]
  /**
   * Compacted topics that every instance reads whole and follows: `Tables` has them. The service starts its work when it
   * has read them once. Those of a handler's own partitions are given to `@Consume`.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- topics of different value types in one list
  readonly tables?: readonly Topic<any, 'compact'>[]
  /** With an outbox, the database it is in. The service lists `outboxMigrations` among its own. */
  readonly outbox?: { readonly databaseUrl: string }
}

/** With what must end before and after, less than the 30 s that libs/platform gives a shutdown. */
const drainMs = 6_000

const KAFKA = Symbol('KafkaClient')
const PRODUCER = Symbol('Producer')

class OutboxRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(OutboxRelay) private readonly relay: OutboxRelay,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(FatalErrors) private readonly fatal: FatalErrors,
  ) {}

  /** The outbox table is there once the database was migrated. */
  onApplicationBootstrap(): void {
    this.readiness.opened().then(
      () => {
        this.outbox.subscribeTo(this.dataSource)
        this.relay.start()
      },
      (error: unknown) => this.fatal.report(error),
    )
  }

  /** After whatever stops in `onModuleDestroy`, which may have a last word to say. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.close()
  }
}

/** Kafka for a service: `Publisher`, `Outbox`, and the transport strategy that serves its `@Consume` handlers. */
@Module({})
export class MessagingModule implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  static forRoot({ service, config, produces, tables = [], outbox }: MessagingOptions): DynamicModule {
    const groupId = config.KAFKA_NAMESPACE + service
    const providers: Provider[] = [
      { provide: KAFKA, useFactory: () => kafkaClient(config, service) },
      { provide: PRODUCER, inject: [KAFKA], useFactory: (client: KafkaClient) => client.producer() },
      { provide: Schemas, useFactory: () => new Schemas(registryOf(config), config.KAFKA_NAMESPACE, produces) },
      { provide: Envelope, inject: [Schemas], useFactory: (schemas: Schemas) => new Envelope(schemas, config.KAFKA_NAMESPACE, service) },
      { provide: Publisher, inject: [Envelope, PRODUCER], useFactory: (envelope: Envelope, producer: Producer) => new Publisher(envelope, producer) },
      SchemaLoading,
      {
        provide: TableObserver,
        inject: [LOGGER, Readiness, FatalErrors],
        useFactory: (logger: Logger, readiness: Readiness, fatal: FatalErrors) => new TableObserver(logger, readiness, tables.length > 0, (error) => fatal.report(error)),
      },
      {
        provide: Tables,
        inject: [KAFKA, Schemas, Envelope, TableObserver],
        useFactory: (client: KafkaClient, schemas: Schemas, envelope: Envelope, observe: TableObserver) =>
          new Tables({ client, schemas, observe, physical: (name) => envelope.topicName(name) }, tables),
      },
      {
        provide: KafkaStrategy,
        inject: [KAFKA, PRODUCER, Schemas, Envelope, Tables, SchemaLoading, LOGGER, Readiness, FatalErrors],
        useFactory: (
          client: KafkaClient,
          producer: Producer,
          schemas: Schemas,
          envelope: Envelope,
          followed: Tables,
          loading: SchemaLoading,
          logger: Logger,
          readiness: Readiness,
          fatal: FatalErrors,
        ) => {
          const observe = new ConsumerObserver(logger, readiness)
          return new KafkaStrategy({
            client,
            producer,
            schemas,
            envelope,
            tables: followed,
            observe,
            groupId,
            sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
            policy: defaultRecoveryPolicy,
            drainMs,
            reader: () => client.reader(),
            schemasLoaded: () => loading.loaded,
            onHealth: (error) => observe.cluster(error),
            onDeadLetters: (topic, offsets) => observe.deadLetters(topic, offsets),
            onStateSkipped: (at, error) => observe.stateSkipped(at, error),
            fatal: (error) => fatal.report(error),
          })
        },
      },
    ]
    if (outbox) {
      providers.push(
        {
          provide: OutboxRelay,
          inject: [KAFKA, PRODUCER, LOGGER, Readiness],
          useFactory: (client: KafkaClient, producer: Producer, logger: Logger, readiness: Readiness) =>
            new OutboxRelay({ databaseUrl: outbox.databaseUrl, client, producer, logger, readiness }),
        },
        {
          provide: Outbox,
          inject: [Envelope, OutboxRelay],
          useFactory: (envelope: Envelope, relay: OutboxRelay) => new Outbox(envelope, () => relay.wake()),
        },
        OutboxRunner,
      )
    }
    return { module: MessagingModule, global: true, providers, exports: [Publisher, KafkaStrategy, Envelope, Tables, ...(outbox ? [Outbox] : [])] }
  }

  constructor(
    @Inject(PRODUCER) private readonly producer: Producer,
    private readonly loading: SchemaLoading,
    private readonly tables: Tables,
    private readonly tableObserver: TableObserver,
    private readonly fatal: FatalErrors,
  ) {}

  onApplicationBootstrap(): void {
    this.loading.start()
    this.tables.load().then(
      (loaded) => loaded && this.tableObserver.loaded(),
      (error: unknown) => this.fatal.report(error),
    )
  }

  onModuleDestroy(): void {
    this.loading.stop()
  }

  /** After consumers and relay, which work with them. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.producer.close(), this.tables.close()])
  }
}
