import { applyDecorators } from '@nestjs/common'
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiResponse, DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger'
import { Problem } from '@swipestream/platform'
import { z } from 'zod'
import { bearerScheme, headerScheme } from './api-key.guard.js'
import { idempotencyKeyHeader, idempotencyKeyPattern } from './idempotency-key.js'
import {
  idempotencyKeyInProgress,
  idempotencyKeyReused,
  overloaded,
  scopeMissing,
  swipeInvalid,
  transactionIdInvalid,
  transactionNotFound,
  unauthenticated,
} from './problems.js'
import { swipeRequest } from './swipe-request.js'
import { transactionView } from './transaction-view.js'

const fieldError = z.object({
  field: z.string().meta({ description: 'Dotted path in the body; `header.<name>` for a header.', example: 'place.latitude' }),
  detail: z.string().meta({ example: 'must be a number of degrees from -90 to 90' }),
})

const problem = z
  .object({
    type: z.string().meta({ description: 'A stable URI reference of the kind of problem.' }),
    title: z.string().meta({ description: 'The kind of problem, for people.' }),
    status: z.int().min(400).max(599).meta({ description: 'The HTTP status.' }),
    detail: z.string().optional().meta({ description: 'What is wrong with this request.' }),
    instance: z.string().optional().meta({ description: 'Path of the request.' }),
    code: z.string().meta({ description: 'The kind of problem, for programs: stable over releases.' }),
    errors: z.array(fieldError).optional().meta({ description: 'What is wrong with each field.' }),
  })
  .meta({ description: 'An error, as RFC 9457 has it.' })

/** Bodies and answers, in the words of OpenAPI 3.0, from the very checks that they go through. */
function componentSchemas(): NonNullable<NonNullable<OpenAPIObject['components']>['schemas']> {
  const types = [
    ['Swipe', swipeRequest, 'input'],
    ['Transaction', transactionView, 'output'],
    ['Problem', problem, 'output'],
  ] as const
  return Object.fromEntries(
    types.map(([name, type, io]) => {
      const { $schema: _, ...schema } = z.toJSONSchema(type, { target: 'openapi-3.0', io })
      return [name, schema]
    }),
  ) as ReturnType<typeof componentSchemas>
}

const ref = (name: 'Swipe' | 'Transaction' | 'Problem') => ({ $ref: `#/components/schemas/${name}` })

/** What the document says apart from the routes. */
export function describeApi(): Omit<OpenAPIObject, 'paths'> {
  const document = new DocumentBuilder()
    .setTitle('Swipestream transactions')
    .setDescription('Takes card payments in to be judged, and tells what was decided about them.')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'API key', description: 'An API key.' }, bearerScheme)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The same key, for clients that cannot set `Authorization`.' }, headerScheme)
    .build()
  return { ...document, components: { ...document.components, schemas: componentSchemas() } }
}

type Headers = NonNullable<Parameters<typeof ApiResponse>[0]['headers']>

const textHeader = (description: string, example: string) => ({ description, schema: { type: 'string', example } })
const retryAfter: Headers = { 'Retry-After': textHeader('Seconds to wait before the next try.', '1') }
const challenge: Headers = { 'WWW-Authenticate': textHeader('How to authenticate (RFC 6750).', 'Bearer realm="swipestream"') }

/** Error answers of one status, and when each is given. */
function ApiProblem(problems: readonly (readonly [Problem, string])[], headers: Headers = {}): MethodDecorator {
  const status = problems[0]?.[0].getStatus() ?? 500
  return ApiResponse({
    status,
    description: problems.map(([{ body }, when]) => `\`${body.code}\`: ${when}`).join('\n\n'),
    headers,
    content: {
      'application/problem+json': {
        schema: ref('Problem'),
        examples: Object.fromEntries(problems.map(([{ body }, when]) => [body.code, { summary: when, value: body }])),
      },
    },
  })
}

/** Platform's own problems. */
const platform = (status: number, code: string, detail: string): Problem => new Problem({ status, code, detail })

const away = [
  [platform(503, 'DATABASE_UNAVAILABLE', 'something this service needs is away for now; try again'), 'the database is away.'],
  [platform(503, 'STARTING', 'not started yet, waiting for schema registry'), 'the service waits for what it needs to start.'],
  [platform(503, 'SHUTTING_DOWN', 'this instance is shutting down; try again'), 'this instance takes no more requests.'],
] as const

const onEveryRoute = applyDecorators(
  ApiProblem([[unauthenticated(false), 'no API key was sent, or one that is not known.']], challenge),
  ApiProblem([[scopeMissing('transactions:write'), 'the API key does not have the scope.']], challenge),
  ApiProblem([[platform(500, 'INTERNAL', 'the service failed; it is logged'), 'the fault is ours.']]),
) as MethodDecorator

/** Describes `POST /v1/transactions`. */
export function DescribeAcceptSwipe(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'acceptSwipe',
      summary: 'Take a swipe in, to be judged',
      description:
        'Answers as soon as the swipe is stored; what is decided about it can be read at `Location`. ' +
        'Needs the scope `transactions:write`. ' +
        'Send an `Idempotency-Key` of your own with each swipe: then a request whose answer was lost can be sent again, ' +
        'for 24 hours, and the swipe still counts once.',
    }),
    ApiHeader({
      name: idempotencyKeyHeader,
      required: false,
      description: 'A name of your own for this swipe, such as a UUID. 1 to 255 printable ASCII characters.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: idempotencyKeyPattern.source },
      example: '6b8f5f5e-3a57-4b0e-9c7d-0d7f6a1c2e3f',
    }),
    ApiBody({ required: true, schema: ref('Swipe') }),
    ApiResponse({
      status: 202,
      description: 'Stored. Sent again with the same key and body: the same answer.',
      headers: {
        Location: textHeader('Where the transaction is.', '/v1/transactions/019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d'),
        'Idempotent-Replayed': { description: 'Present when the swipe had been stored before.', schema: { type: 'string', enum: ['true'] } },
      },
      content: { 'application/json': { schema: ref('Transaction') } },
    }),
    ApiProblem([
      [platform(400, 'INVALID_JSON', 'the body is not valid JSON'), 'the body is not JSON, or empty.'],
      [platform(400, 'INVALID_CONTENT_LENGTH', 'the body is not as long as content-length says'), 'the body was cut, or the header is wrong.'],
    ]),
    ApiProblem([[idempotencyKeyInProgress(), 'a request with this key is being answered at this moment.']], retryAfter),
    ApiProblem([[platform(413, 'BODY_TOO_LARGE', 'the body is larger than this endpoint takes'), 'the body is larger than 64 kB.']]),
    ApiProblem([
      [platform(415, 'UNSUPPORTED_MEDIA_TYPE', 'the content type is not one this endpoint takes; send application/json'), 'the body is not `application/json`.'],
    ]),
    ApiProblem([
      [
        swipeInvalid([{ field: 'amount_minor', detail: 'must be a whole number of minor units, 1 to 9007199254740991, as a JSON number' }]),
        'fields of the body, or the key, are wrong: `errors` names each of them.',
      ],
      [idempotencyKeyReused(), 'the key stands for another swipe.'],
    ]),
    ApiProblem([...away, [overloaded(), 'more swipes come than can be stored.']], retryAfter),
    onEveryRoute,
  ) as MethodDecorator
}

/** Describes `GET /v1/transactions/{id}`. */
export function DescribeShowTransaction(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'showTransaction',
      summary: 'A transaction, and what was decided about it',
      description: 'Needs the scope `transactions:read`.',
    }),
    ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' }, example: '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d' }),
    ApiResponse({ status: 200, description: 'The transaction as it stands.', content: { 'application/json': { schema: ref('Transaction') } } }),
    ApiProblem([[transactionNotFound(), 'there is none of this id.']]),
    ApiProblem([[transactionIdInvalid(), 'the id is not a UUID.']]),
    ApiProblem(away, retryAfter),
    onEveryRoute,
  ) as MethodDecorator
}
