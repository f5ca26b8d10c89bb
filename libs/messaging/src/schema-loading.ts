import { Inject, Injectable } from '@nestjs/common'
import { FatalErrors, LOGGER, type Logger, Readiness } from '@swipestream/platform'
import { Schemas } from './schemas.js'

/** Waits for the schema registry, and says so. */
@Injectable()
export class SchemaLoading {
  readonly loaded: Promise<void>
  readonly #stopped = new AbortController()
  #resolve: () => void = () => undefined
  #reject: (error: unknown) => void = () => undefined

  constructor(
    @Inject(Schemas) private readonly schemas: Schemas,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(FatalErrors) private readonly fatal: FatalErrors,
  ) {
    this.loaded = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.loaded.catch(() => undefined) // a service without consumers does not await it; `start` ends the process
    readiness.requireToStart('schema registry', 'not yet asked')
  }

  start(): void {
    this.#load().catch((error: unknown) => {
      this.#reject(error)
      this.fatal.report(error)
    })
  }

  stop(): void {
    this.#stopped.abort()
  }

  async #load(): Promise<void> {
    let told = ''
    await this.schemas.load((reason) => {
      this.readiness.report('schema registry', 'down', reason.message)
      if (told !== reason.message) this.logger.warn({ err: reason }, 'Waiting for the schema registry')
      told = reason.message
    }, this.#stopped.signal)
    if (this.#stopped.signal.aborted) return
    this.readiness.report('schema registry', 'up')
    this.#resolve()
  }
}
