import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { FatalErrors, LOGGER, type Logger, Readiness } from '@swipestream/platform'
import type { ExtractServiceConfig } from '../../config.js'
import { readTableSettings, type TableSettings } from '../../table-settings.js'
import { ExtractMetrics } from './extract-metrics.js'
import { extract } from './start-extract.js'

export const EXTRACT_CONFIG = Symbol('ExtractServiceConfig')

/** The component that says whether tables are followed. */
const extraction = 'extraction'

/** The role `extract` of the service: follows the source's tables from its start to its end. */
@Injectable()
export class ExtractRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #end = new AbortController()
  readonly #metrics = new ExtractMetrics()
  #running: Promise<void> = Promise.resolve()

  constructor(
    @Inject(EXTRACT_CONFIG) private readonly config: ExtractServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(FatalErrors) private readonly fatal: FatalErrors,
  ) {}

  onApplicationBootstrap(): void {
    // Wrong settings end the start, with their names.
    const settings = readTableSettings(this.config.ETL_CONFIG)
    this.readiness.requireToStart(extraction, 'the source, Kafka and the schema registry')
    this.#running = this.#extract(settings).catch((error: unknown) => this.fatal.report(error))
  }

  async #extract(settings: ReadonlyMap<string, TableSettings>): Promise<void> {
    const { signal } = this.#end
    const waiting = (error: Error): void => this.readiness.report(extraction, 'down', error.message)
    try {
      await extract({
        config: this.config,
        settings,
        log: this.logger,
        signal,
        observer: {
          working: () => this.readiness.report(extraction, 'up'),
          waiting: (error) => {
            this.#metrics.failed(error)
            waiting(error)
          },
          snapshot: (progress) => this.#metrics.snapshot(progress),
          looked: (table, counts, completeAt) => this.#metrics.looked(table, counts, completeAt),
          stopped: (table) => this.#metrics.stopped(table),
        },
        onWait: (reason) => {
          if (signal.aborted) throw reason
          waiting(reason)
        },
      })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#end.abort()
    await this.#running
  }
}
