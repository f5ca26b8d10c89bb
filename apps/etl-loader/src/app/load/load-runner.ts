import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { FatalErrors, LOGGER, type Logger, Readiness } from '@swipestream/platform'
import type { LoadServiceConfig } from '../../config.js'
import { warehouseOf } from '../../warehouse/open-warehouse.js'
import type { ReconcilerOptions } from '../reconcile/reconciler.js'
import { load } from './start-load.js'

export const LOAD_CONFIG = Symbol('LoadServiceConfig')
/** The source that loaded tables are compared with, or null. */
export const COMPARED_SOURCE = Symbol('ComparedSource')

/** The role `load` of the service: brings topics to the warehouse and the lake, and compares, from its start to its end. */
@Injectable()
export class LoadRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #end = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(
    @Inject(LOAD_CONFIG) private readonly config: LoadServiceConfig,
    @Inject(COMPARED_SOURCE) private readonly source: ReconcilerOptions['source'],
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(FatalErrors) private readonly fatal: FatalErrors,
  ) {}

  onApplicationBootstrap(): void {
    for (const target of this.config.ETL_LAKE_DIR === undefined ? ['warehouse'] : ['warehouse', 'lake']) this.readiness.requireToStart(target, 'Kafka, the schema registry and itself')
    this.#running = this.#load().catch((error: unknown) => this.fatal.report(error))
  }

  async #load(): Promise<void> {
    const { signal } = this.#end
    const warehouse = await warehouseOf(this.config)
    try {
      await load({
        config: this.config,
        warehouse,
        logger: this.logger,
        signal,
        reconcile: { source: this.source },
        onHealth: (target, error) => (error === null ? this.readiness.report(target, 'up') : this.readiness.report(target, 'down', error.message)),
      })
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      await warehouse.close()
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#end.abort()
    await this.#running
  }
}
