import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { Publisher } from '@swipestream/messaging'
import { LOGGER, type Logger } from '@swipestream/platform'
import { EtlAlerts } from './etl-alerts.js'

/**
 * Tells the people on call of rows that transform quarantines: beside the transactions of its handlers, of which one that
 * is aborted and handled again counts twice.
 */
@Injectable()
export class TransformAlerts implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #alerts: EtlAlerts

  constructor(publisher: Publisher, @Inject(LOGGER) logger: Logger) {
    this.#alerts = new EtlAlerts('etl-loader', (events) => publisher.publish(events), logger)
  }

  onApplicationBootstrap(): void {
    this.#alerts.start()
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#alerts.close()
  }

  /** @param topic of the row, without the namespace */
  quarantined(topic: string): void {
    this.#alerts.quarantined('transform', topic, 1)
  }
}
