import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { FatalErrors, LOGGER, type Logger, Readiness } from '@swipestream/platform'
import type { ShipServiceConfig } from '../../config.js'
import { shipOptions } from '../../ship-config.js'
import { type OpenedLogTopic, openLogTopic } from '../../topic/kafka-log-topic.js'
import { logObserver } from './log-observer.js'
import { ShipCounts } from './ship-counts.js'
import { shipFiles } from './ship-files.js'

export const SHIP_CONFIG = Symbol('ShipServiceConfig')

/** The role `ship` of the service: ships from its start to its end; SIGHUP looks at all files anew. */
@Injectable()
export class ShipRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #end = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(
    @Inject(SHIP_CONFIG) private readonly config: ShipServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(FatalErrors) private readonly fatal: FatalErrors,
  ) {}

  onApplicationBootstrap(): void {
    // Wrong settings end the start, with their names.
    const options = shipOptions(this.config)
    this.readiness.requireToStart('log shipping', 'the state directory and the schema registry')
    this.#running = this.#ship(options).catch((error: unknown) => this.fatal.report(error))
  }

  async #ship(options: ReturnType<typeof shipOptions>): Promise<void> {
    const { signal } = this.#end
    let topic: OpenedLogTopic | null = null
    let reopen = () => {}
    const onHangUp = () => reopen()
    process.on('SIGHUP', onHangUp)
    try {
      await shipFiles(
        {
          options,
          observer: logObserver(this.logger, this.readiness),
          counts: new ShipCounts(),
          topic: async () => (topic = await openLogTopic(this.config, (reason) => this.readiness.report('log shipping', 'down', reason.message), signal)),
          onStart: (shipper) => {
            reopen = () => shipper.reopen()
            this.readiness.report('log shipping', 'up')
          },
        },
        signal,
      )
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      process.off('SIGHUP', onHangUp)
      await (topic as OpenedLogTopic | null)?.close()
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#end.abort()
    await this.#running
  }
}
