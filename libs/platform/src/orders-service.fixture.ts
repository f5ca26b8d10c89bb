import { Body, Controller, Get, Module, NotFoundException, Param, Post } from '@nestjs/common'
import { MessagePattern } from '@nestjs/microservices'
import { CodedError } from './errors.js'
import { Problem } from './http/problem.js'
import { createLogger } from './logger.js'
import { Readiness } from './readiness.js'
import { type RunningService, type ServiceOptions, startService } from './start-service.js'
import { traceHeaders } from './tracing.js'

/** A service for tests in their own process: one answer of each kind. */
@Controller('orders')
export class OrdersController {
  waiting = 0

  @Get('boom')
  boom(): never {
    throw new Error('the password is hunter2')
  }

  @Get('away')
  away(): never {
    throw new CodedError('SMTP_UNAVAILABLE', 'transient', 'smtp.internal does not answer')
  }

  @Get('database-away')
  databaseAway(): never {
    throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' })
  }

  @Get('conflict')
  conflict(): never {
    throw new Problem({ status: 409, code: 'ORDER_EXISTS', detail: 'order 7 exists', headers: { 'retry-after': '3' } })
  }

  @Get('never')
  async never(): Promise<void> {
    this.waiting += 1
    await new Promise(() => undefined)
  }

  @Get('missing')
  missing(): never {
    throw new NotFoundException('order 7 does not exist')
  }

  @Get(':id')
  get(@Param('id') id: string): { id: string; headers: Record<string, string> } {
    return { id, headers: traceHeaders() }
  }

  @Post()
  create(@Body() body: { amount?: unknown }): { headers: Record<string, string> } {
    if (typeof body?.amount !== 'number') throw Problem.validation([{ field: 'amount', detail: 'must be a number' }])
    return { headers: traceHeaders() }
  }

  @MessagePattern('orders')
  consume(): void {}
}

@Module({ controllers: [OrdersController] })
export class OrdersModule {}

export const config = { HTTP_HOST: '127.0.0.1', HTTP_PORT: 0, LOG_LEVEL: 'info', OTEL_TRACES_SAMPLER: 'parentbased_always_on', OTEL_TRACES_SAMPLER_ARG: 1 } as const

/** What a test needs of the running service, and the log lines it wrote. */
export interface Orders {
  service: RunningService
  app: RunningService['app']
  url: string
  readiness: Readiness
  lines: Record<string, unknown>[]
}

export async function startOrders(options: Partial<ServiceOptions> = {}): Promise<Orders> {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) }
  const service = await startService({
    name: 'orders',
    module: OrdersModule,
    config,
    ownsProcess: false,
    logger: createLogger({ service: 'orders', destination }),
    ...options,
  })
  return { service, app: service.app, url: service.url, readiness: service.app.get(Readiness), lines }
}
