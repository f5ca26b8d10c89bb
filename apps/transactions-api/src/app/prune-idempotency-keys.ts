import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { LOGGER, type Logger } from '@swipestream/platform'
import { IdempotencyKeysRepository } from '../db/idempotency-keys.repository.js'

const everyMs = 60_000
/** Few enough that one statement is short, enough for 160 keys a second. */
const keysAtOnce = 10_000

/** Removes idempotency keys that expired, each minute. Every instance does; what one removes at the moment, others skip. */
@Injectable()
export class PruneIdempotencyKeys implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> = Promise.resolve()

  constructor(
    private readonly keys: IdempotencyKeysRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.run())
    }, everyMs)
    this.timer.unref()
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer)
    await this.running
  }

  /** Removes all that are expired now. A failure is logged: the next minute tries again. */
  async run(): Promise<void> {
    try {
      let pruned: number
      do pruned = await this.keys.prune(keysAtOnce)
      while (pruned === keysAtOnce)
    } catch (error) {
      this.logger.warn({ err: error }, 'Expired idempotency keys were not removed; the next try is in a minute')
    }
  }
}
