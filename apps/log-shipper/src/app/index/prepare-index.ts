import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { FatalErrors, kindOf, LOGGER, type Logger, pause, Readiness, toError } from '@swipestream/platform'
import { LogIndex } from '../../elasticsearch/log-index.js'

const component = 'elasticsearch'
/** Between two tries, in milliseconds. */
const retryMs = 1_000

/** Installs the templates before the first entry is indexed: a data stream without them would map fields by itself. */
@Injectable()
export class PrepareIndex implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController()

  constructor(
    private readonly index: LogIndex,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(FatalErrors) private readonly fatal: FatalErrors,
  ) {
    readiness.requireToStart(component, 'not yet asked')
  }

  onApplicationBootstrap(): void {
    this.prepare().catch((error: unknown) => {
      if (!this.stopping.signal.aborted) this.fatal.report(error)
    })
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort()
    await this.index.close()
  }

  private async prepare(): Promise<void> {
    const { signal } = this.stopping
    while (!signal.aborted) {
      try {
        const { lifecycle } = await this.index.prepare()
        if (!lifecycle) this.logger.warn('This Elasticsearch has no lifecycle management: data streams grow until somebody rolls them over (POST /<stream>/_rollover) and deletes old backing indices')
        this.readiness.report(component, 'up')
        return
      } catch (error) {
        if (kindOf(error) !== 'transient') throw error
        this.readiness.report(component, 'down', toError(error).message)
        await pause(retryMs, signal)
      }
    }
  }
}
