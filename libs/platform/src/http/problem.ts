import { HttpException, type HttpExceptionOptions } from '@nestjs/common'
import { STATUS_CODES } from 'node:http'

/** What is wrong with one field. `field` is dotted, with indexes: `card.number`, `lines.0.amount`, `header.X`. */
export interface FieldError {
  field: string
  detail: string
}

/** The body of an `application/problem+json` answer (RFC 9457), with the house's extensions `code` and `errors`. */
export interface ProblemBody {
  /** A stable URI reference of the kind of problem: `/problems/<code in kebab case>`, or ` */
  type: string
  title: string
  status: number
  /** For a person: what is wrong with this request. */
  detail?: string
  /** The path of this request, without its query. */
  instance?: string
  /** For a program: UPPER_SNAKE, stable over releases. */
  code: string
  errors?: FieldError[]
}

export interface ProblemOptions {
  status: number
  /** UPPER_SNAKE; also gives the problem its `type`. */
  code: string
  /** A short summary of the kind of problem, the same each time; the status' own phrase when left out. */
  title?: string
  detail?: string
  errors?: readonly FieldError[]
  headers?: Readonly<Record<string, string>>
  cause?: unknown
}

/**
 * An HTTP error as a client should see it. Throw it anywhere in a request.
 *
 * @example throw new Problem({ status: 409, code: 'IDEMPOTENCY_KEY_IN_USE', detail: 'the first request still runs' })
 */
export class Problem extends HttpException {
  readonly body: Readonly<ProblemBody>
  readonly headers: Readonly<Record<string, string>>

  constructor({ headers = {}, cause, ...options }: ProblemOptions) {
    const body = bodyOf(options)
    const httpOptions: HttpExceptionOptions = cause === undefined ? {} : { cause }
    super(body, body.status, httpOptions)
    this.body = body
    this.headers = headers
    this.message = body.detail ?? body.title
  }

  /** 400 for a request whose fields are wrong; names each of them. */
  static validation(errors: readonly FieldError[], detail = 'some fields of the request are not valid'): Problem {
    return new Problem({ status: 400, code: 'VALIDATION', title: 'The request is not valid', detail, errors })
  }

  static notFound(detail: string): Problem {
    return new Problem({ status: 404, code: 'NOT_FOUND', detail })
  }

  /** 503 for a dependency that is away; `retryAfter` in seconds. */
  static unavailable(code: string, detail: string, retryAfter = 1, cause?: unknown): Problem {
    return new Problem({ status: 503, code, detail, headers: { 'retry-after': String(retryAfter) }, cause })
  }
}

function bodyOf({ status, code, title, detail, errors }: ProblemOptions): ProblemBody {
  return {
    type: `/problems/${code.toLowerCase().replaceAll('_', '-')}`,
    title: title ?? STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail !== undefined && { detail }),
    code,
    ...(errors !== undefined && { errors: [...errors] }),
  }
}
