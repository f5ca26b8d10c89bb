import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { LOGGER, type Logger, toError } from '@swipestream/platform'
import { WatchLogs } from './watch-logs.js'

const tickMs = 1_000

/** Lets time pass for detection. */
@Injectable()
export class DetectionClock implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> | undefined

  constructor(
    private readonly watch: WatchLogs,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      // One that waits for the broker is enough; what it could not tell, the next one tells.
      this.running ??= this.watch
        .tick()
        .catch((error: unknown) => this.logger.warn({ err: toError(error) }, 'incidents could not be told; they are kept'))
        .finally(() => (this.running = undefined))
    }, tickMs)
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer)
    await this.running
  }
}
