import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { isTransientDatabaseError } from '../database-errors.js'
import { kindOf, toError } from '../errors.js'
import { redactText } from '../redaction.js'
import { Problem, type ProblemBody } from './problem.js'

const MEDIA_TYPE = 'application/problem+json; charset=utf-8'

/**
 * Answers every error of a request as `application/problem+json` (RFC 9457): problems as they are, Nest's and
 * Fastify's own errors translated, anything else as 500 without a word of what happened; that goes to the log, with
 * the trace id of the request.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Pick<Logger, 'error' | 'warn'>) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const reply = http.getResponse<FastifyReply>()
    const problem = problemOf(thrown)
    // A 5xx that the service chose to answer has nothing to tell beyond the request's own log line.
    const chosen = thrown instanceof Problem && thrown.cause === undefined
    if (problem.getStatus() >= 500 && !chosen) this.log(thrown, problem)
    if (!reply.sent) sendProblem(problem, request, reply)
  }

  private log(thrown: unknown, problem: Problem): void {
    const err = toError(thrown)
    if (problem.getStatus() === 503) this.logger.warn({ err, code: problem.body.code }, 'a request was put off')
    else this.logger.error({ err, code: problem.body.code }, 'a request failed')
  }
}

/** Answers with a problem, where no filter runs. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  // The client's own path, without the query: that may hold what must not be repeated.
  // A path may be anything that a caller put there, a card number too.
  const instance = redactText(request.url.split('?', 1)[0] ?? '/')
  const body: ProblemBody = { ...problem.body, instance }
  void reply.status(problem.body.status).headers(problem.headers).header('content-type', MEDIA_TYPE).send(body)
}

/** Fastify's errors, by code: what the client did wrong, in words that do not depend on the framework. */
const FASTIFY_PROBLEMS: Readonly<Record<string, { code: string; detail: string }>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'INVALID_JSON', detail: 'the body is not valid JSON' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'INVALID_JSON', detail: 'the body is empty, but its content type is JSON' },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'BODY_TOO_LARGE', detail: 'the body is larger than this endpoint takes' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    detail: 'the content type is not one this endpoint takes; send application/json',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'INVALID_CONTENT_LENGTH',
    detail: 'the body is not as long as content-length says',
  },
}

const CODES_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  409: 'CONFLICT',
  413: 'BODY_TOO_LARGE',
  414: 'URI_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE',
  429: 'TOO_MANY_REQUESTS',
  503: 'UNAVAILABLE',
}

const AWAY = 'something this service needs is away for now; try again'

/** Any thrown value as the problem its client gets to see. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  // Nest wraps Fastify's errors; the original, with its code, is the cause.
  const original = thrown instanceof HttpException ? (thrown.cause ?? thrown) : thrown
  const code = property(original, 'code')
  const known = typeof code === 'string' ? FASTIFY_PROBLEMS[code] : undefined
  const status = thrown instanceof HttpException ? thrown.getStatus() : property(original, 'statusCode')

  if (known && typeof status === 'number') return new Problem({ status, ...known, cause: thrown })
  // A malformed body that JSON.parse itself refused has no Fastify code.
  if (original instanceof SyntaxError && status === 400) {
    return new Problem({ status, code: 'INVALID_JSON', detail: 'the body is not valid JSON', cause: thrown })
  }
  if (thrown instanceof HttpException) return problemOfHttpException(thrown)
  if (typeof code === 'string' && code.startsWith('FST_ERR_') && typeof status === 'number' && status < 500) {
    return new Problem({ status, code: CODES_BY_STATUS[status] ?? 'BAD_REQUEST', cause: thrown })
  }
  if (kindOf(thrown) === 'transient') {
    const unavailable = typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : 'UNAVAILABLE'
    return Problem.unavailable(unavailable, AWAY, 1, thrown)
  }
  if (isTransientDatabaseError(thrown)) return Problem.unavailable('DATABASE_UNAVAILABLE', AWAY, 1, thrown)
  return new Problem({ status: 500, code: 'INTERNAL', detail: 'the service failed; it is logged', cause: thrown })
}

function problemOfHttpException(exception: HttpException): Problem {
  const status = exception.getStatus()
  const code = CODES_BY_STATUS[status] ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL')
  if (status >= 500) return new Problem({ status, code, cause: exception })
  const detail = status === 404 && /^Cannot [A-Z]+ /.test(exception.message) ? 'no such resource' : exception.message
  return new Problem({ status, code, detail, cause: exception })
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
