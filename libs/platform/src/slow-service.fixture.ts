import { Controller, Get, Inject, Module, type OnApplicationShutdown } from '@nestjs/common'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { loadConfig, serviceConfig } from './config.js'
import { CodedError } from './errors.js'
import { FatalErrors } from './fatal.js'
import { LOGGER, type Logger } from './logger.js'
import { runMain, startService } from './start-service.js'

/** A service of its own process for shutdown.test.ts: slow to answer, and able to fail in every way. */
@Controller()
class SlowController implements OnApplicationShutdown {
  private hangs = false

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(FatalErrors) private readonly fatal: FatalErrors,
  ) {}

  @Get('slow')
  async slow(): Promise<{ finished: true }> {
    this.logger.info('slow request began')
    await sleep(700)
    return { finished: true }
  }

  @Get('hang-at-shutdown')
  hangAtShutdown(): void {
    this.hangs = true
  }

  @Get('throw')
  throwLater(): void {
    setImmediate(() => {
      throw new Error('thrown for 4111 1111 1111 1111')
    })
  }

  @Get('reject')
  reject(): void {
    void Promise.reject(new Error('rejected'))
  }

  @Get('fatal')
  end(): void {
    this.fatal.report(new CodedError('KAFKA_REFUSED', 'fatal', 'KAFKA_BROKERS: the password is wrong'))
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.hangs) await new Promise(() => undefined)
    this.logger.info('database closed')
  }
}

@Module({ controllers: [SlowController] })
class SlowModule {}

await runMain('slow', async () => {
  // oxlint-disable-next-line node/no-process-env -- stands for a service's main.ts and config.ts in one
  const config = loadConfig(z.object(serviceConfig), process.env)
  await startService({ name: 'slow', module: SlowModule, config })
})
