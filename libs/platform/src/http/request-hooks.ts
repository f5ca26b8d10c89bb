import { type Context, type Span, SpanKind, context, trace } from '@opentelemetry/api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { LATENCY_BUCKETS_SECONDS, histogram } from '../metrics.js'
import type { Readiness } from '../readiness.js'
import { contextFrom, markFailed } from '../tracing.js'
import type { AccessEntry } from './access-lines.js'
import type { AccessLog } from './access-log.js'
import { Problem } from './problem.js'

/** First path segments that answer at any time and are not worth a span, a log line or a sample. */
const OPERATIONS: ReadonlySet<string> = new Set(['health', 'metrics', 'docs'])

/** No answer was sent, as the client closed the connection; the number is the one nginx made common. */
const CLIENT_GONE = 499

interface Observed {
  span: Span
  context: Context
  /** As it is registered; Fastify makes an object each time it is asked. */
  route: string | undefined
  /** performance.now() at its beginning. */
  since: number
  /** The client's; a socket that was closed tells none. */
  address: string
}

/**
 * Observes every request: a server span that continues the caller's `traceparent`, one log line, one duration sample and,
 * where there is one, an entry of the access log at its end. Puts requests off (503) while the service has not started or
 * is shutting down.
 *
 * Call it before Nest registers routes.
 */
export function addRequestHooks(fastify: FastifyInstance, readiness: Readiness, logger: Logger, accessLog?: AccessLog): void {
  const tracer = trace.getTracer('@swipestream/platform')
  const observed = new WeakMap<FastifyRequest, Observed>()
  const duration = histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from a request to the end of its answer, in seconds',
    labels: ['method', 'route', 'status'] as const,
    buckets: LATENCY_BUCKETS_SECONDS,
  })

  fastify.addHook('onRequest', (request, _reply, done) => {
    if (isOperation(request)) return done()
    const route = request.routeOptions.url
    const parent = contextFrom(request.headers)
    const span = tracer.startSpan(route === undefined ? request.method : `${request.method} ${route}`, { kind: SpanKind.SERVER }, parent)
    // https://opentelemetry.io/docs/specs/semconv/http/http-spans/; the path is left out, it may hold personal data.
    if (span.isRecording()) span.setAttributes({ 'http.request.method': request.method, 'url.scheme': request.protocol, ...(route !== undefined && { 'http.route': route }) })
    const spanContext = trace.setSpan(parent, span)
    observed.set(request, { span, context: spanContext, route, since: performance.now(), address: request.ip })
    context.with(spanContext, done, undefined, refusal(readiness))
  })

  // Reading the body leaves the async context of onRequest (its events come from the socket): enter it again.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const seen = observed.get(request)
    if (seen) context.with(seen.context, done)
    else done()
  })

  // The client's next request must go to another instance, so no connection is kept for it.
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (readiness.shuttingDown) reply.header('connection', 'close')
    done(null, payload)
  })

  const finish = (request: FastifyRequest, status: number, ms: number, reply?: FastifyReply): void => {
    const seen = observed.get(request)
    // Not observed, or finished already: a handler may answer after its client has gone.
    if (!seen) return
    observed.delete(request)
    const route = seen.route ?? '(none)'
    duration.observe({ method: request.method, route, status }, ms / 1000)
    seen.span.setAttribute('http.response.status_code', status)
    if (status >= 500) markFailed(seen.span, String(status))
    seen.span.end()
    const fields = { method: request.method, route, status, ms: Math.round(ms * 100) / 100 }
    context.with(seen.context, () => logger.info(fields, 'request'))
    if (accessLog === undefined) return
    const { traceId, spanId } = seen.span.spanContext()
    accessLog.record({ ...asked(request), at: Date.now(), route: seen.route, status, ms, bytes: bytesOf(request, reply), address: seen.address, traceId, spanId })
  }
  fastify.addHook('onResponse', (request, reply, done) => {
    finish(request, reply.statusCode, reply.elapsedTime, reply)
    done()
  })
  fastify.addHook('onRequestAbort', (request, done) => {
    const since = observed.get(request)?.since
    if (since !== undefined) finish(request, CLIENT_GONE, performance.now() - since)
    done()
  })
}

/** A request that Fastify refuses before any hook runs, such as one whose URL it cannot read, is one of the access log too. */
export function recordRefused(accessLog: AccessLog | undefined, request: FastifyRequest, reply: FastifyReply): void {
  if (accessLog === undefined) return
  const [since, address] = [performance.now(), request.ip]
  reply.raw.once('close', () => {
    const none = { route: undefined, traceId: undefined, spanId: undefined }
    accessLog.record({ ...asked(request), ...none, at: Date.now(), status: reply.raw.statusCode, ms: performance.now() - since, bytes: bytesOf(request, reply), address })
  })
}

/** What the access log has of a request itself. */
function asked(request: FastifyRequest): Pick<AccessEntry, 'method' | 'url' | 'httpVersion' | 'client' | 'referrer' | 'userAgent' | 'requestId'> {
  const { method, originalUrl: url, raw, headers } = request
  const { client } = request as { client?: unknown }
  const id = headers['x-request-id']
  return {
    method,
    url,
    httpVersion: raw.httpVersion,
    client: typeof client === 'string' ? client : undefined,
    referrer: headers.referer,
    userAgent: headers['user-agent'],
    requestId: typeof id === 'string' ? id : undefined,
  }
}

/** Bytes of a body that was sent as a whole. */
function bytesOf(request: FastifyRequest, reply: FastifyReply | undefined): number | undefined {
  if (reply === undefined) return undefined
  if (request.method === 'HEAD' || reply.statusCode === 204 || reply.statusCode === 304) return 0
  const length = reply.getHeader('content-length')
  return length === undefined ? undefined : Number(length)
}

/** Why no request is taken now, if so. */
function refusal(readiness: Readiness): Problem | undefined {
  if (readiness.shuttingDown) return Problem.unavailable('SHUTTING_DOWN', 'this instance is shutting down; try again', 1)
  if (!readiness.open) return Problem.unavailable('STARTING', `not started yet, waiting for ${readiness.down().join(', ')}`, 1)
  return undefined
}

function isOperation(request: FastifyRequest): boolean {
  const segment = request.url.split(/[/?]/, 2)[1] ?? ''
  return OPERATIONS.has(segment)
}
