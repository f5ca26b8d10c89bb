import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { unsupportedMediaType } from './problems.js'

/** Media type of newline-delimited JSON. */
export const ndjson = 'application/x-ndjson'

const batchRoute = '/v1/transactions/batch'

/**
 * Takes NDJSON where a batch is sent, and nothing else there; everywhere else it gets 415, as anything but JSON does.
 * It is handed on as it comes.
 */
export function takeBatchBodies(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance()
  fastify.addContentTypeParser(ndjson, (_request, payload, done) => done(null, payload))
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    const wanted = request.routeOptions.url === batchRoute
    const sent = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === ndjson
    if (request.method !== 'POST' || request.is404 || wanted === sent) return done(null, payload)
    // As after any refusal of Fastify's: the client may go on sending.
    void reply.header('connection', 'close')
    done(unsupportedMediaType(wanted ? ndjson : 'application/json'))
  })
}
