import { type DynamicModule, Module } from '@nestjs/common'
import { TerminusModule } from '@nestjs/terminus'
import { FatalErrors } from './fatal.js'
import { HealthController } from './health.controller.js'
import { LOGGER, type Logger } from './logger.js'
import { MetricsController } from './metrics.controller.js'
import { Readiness } from './readiness.js'

export interface PlatformParts {
  logger: Logger
  readiness: Readiness
  fatal: FatalErrors
}

/**
 * What every module of a service may inject: `@Inject(LOGGER) logger`, `Readiness`, `FatalErrors`; and the endpoints
 * /health/live, /health/ready and /metrics. startService adds it; a test may import `PlatformModule.with(…)` itself.
 */
@Module({})
export class PlatformModule {
  static with({ logger, readiness, fatal }: PlatformParts): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      // Terminus would log each poll of a service that is not ready; Readiness logs each change.
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: Readiness, useValue: readiness },
        { provide: FatalErrors, useValue: fatal },
      ],
      exports: [LOGGER, Readiness, FatalErrors],
    }
  }
}
