import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { deadLetterDefinition } from '@swipestream/contracts'
import { createTopics, failureKind, kafkaClient, type MessagingConfig } from '@swipestream/messaging'
import { FatalErrors, LOGGER, type Logger, pause } from '@swipestream/platform'
import { type SourceNames, sourceTopics } from './source-topics.js'

export const DEAD_LETTERS_OF = Symbol('the source and the cluster')

const retryMs = 3_000

/**
 * Sees to it that there are dead-letter topics of the source's topics: Debezium makes none, and a record that nobody can
 * decode would hold up its partition for good.
 */
@Injectable()
export class SourceDeadLetters implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #stopped = new AbortController()

  constructor(
    @Inject(DEAD_LETTERS_OF) private readonly config: MessagingConfig & SourceNames & { readonly ETL_TOPIC_REPLICAS: number },
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(FatalErrors) private readonly fatal: FatalErrors,
  ) {}

  onApplicationBootstrap(): void {
    this.#create().catch((error: unknown) => this.fatal.report(error))
  }

  onModuleDestroy(): void {
    this.#stopped.abort()
  }

  async #create(): Promise<void> {
    const { KAFKA_NAMESPACE: namespace, ETL_TOPIC_REPLICAS: replicas } = this.config
    const definitions = sourceTopics(this.config).map(({ topic }) => deadLetterDefinition(topic))
    const { signal } = this.#stopped
    while (!signal.aborted) {
      try {
        await createTopics(kafkaClient(this.config, 'etl-loader'), { namespace, replicas, definitions })
        return
      } catch (error) {
        if (failureKind(error) === 'fatal') throw error
        this.logger.warn({ err: error }, 'The dead-letter topics of the source cannot be made yet')
        await pause(retryMs, signal)
      }
    }
  }
}
