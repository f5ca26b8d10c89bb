import { Controller, Get, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import { metricsRegistry } from './metrics.js'

/** Prometheus' text format of every metric of this process. */
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  @Get()
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.header('content-type', metricsRegistry.contentType)
    return await metricsRegistry.metrics()
  }
}
