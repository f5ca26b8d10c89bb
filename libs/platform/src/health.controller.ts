import { Controller, Get, Inject, Res, ServiceUnavailableException } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { HealthCheckService, type HealthCheckResult, type HealthIndicatorResult } from '@nestjs/terminus'
import type { FastifyReply } from 'fastify'
import { Readiness } from './readiness.js'

/** What a supervisor asks. `live`: should this process be restarted? `ready`: should it be given work? */
@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
  ) {}

  /** 200 as long as the event loop turns: a dependency that is away is no reason to restart this process. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' }
  }

  /** 200 when ready, else 503; both name every component with its state and, when it is down, why. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    try {
      return await this.health.check([() => this.indicators()])
    } catch (error) {
      // Terminus answers "not ready" with an exception that carries the result.
      if (!(error instanceof ServiceUnavailableException)) throw error
      reply.status(503)
      return error.getResponse() as HealthCheckResult
    }
  }

  private indicators(): HealthIndicatorResult {
    const result: HealthIndicatorResult = {}
    for (const [name, { state, detail }] of this.readiness.components()) {
      result[name] = { status: state, ...(detail !== undefined && { message: detail }) }
    }
    if (this.readiness.shuttingDown) result['process'] = { status: 'down', message: 'shutting down' }
    return result
  }
}
