import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import type { OpsAlert } from '@swipestream/contracts'
import { failureKind } from '@swipestream/messaging'
import { FatalErrors, LOGGER, type Logger, pause, Readiness, toError } from '@swipestream/platform'
import { WatchLogs } from './watch-logs.js'

const component = 'open incidents'
/** Between two tries, in milliseconds. */
const retryMs = 1_000

/** Every alert that the topic still has, those of a service in their order. */
export abstract class ToldAlerts {
  abstract all(): Promise<readonly OpsAlert[]>
}

/**
 * Before the first entry is looked at: the incidents that an earlier process told, and of which it could not tell the
 * end. Who was killed has told them on the topic; nothing else remembers them.
 */
@Injectable()
export class ReopenIncidents implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController()

  constructor(
    private readonly told: ToldAlerts,
    private readonly watch: WatchLogs,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(FatalErrors) private readonly fatal: FatalErrors,
  ) {
    readiness.requireToStart(component, 'not yet known')
  }

  onApplicationBootstrap(): void {
    this.reopen().catch((error: unknown) => {
      if (!this.stopping.signal.aborted) this.fatal.report(error)
    })
  }

  onApplicationShutdown(): void {
    this.stopping.abort()
  }

  private async reopen(): Promise<void> {
    const { signal } = this.stopping
    while (!signal.aborted) {
      try {
        const incidents = this.watch.reopen(await this.told.all())
        this.logger.info({ incidents }, 'incidents of before are known')
        this.readiness.report(component, 'up')
        return
      } catch (error) {
        if (failureKind(error) !== 'transient') throw error
        this.readiness.report(component, 'down', toError(error).message)
        await pause(retryMs, signal)
      }
    }
  }
}
