import { applyDecorators } from '@nestjs/common'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { ApiResponse, DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger'
import { z } from 'zod'
import { bearerScheme, headerScheme } from './api-key.guard.js'
import { scopeMissing, unauthenticated } from './api-key.problems.js'
import { Problem } from './problem.js'

/** What is wrong with one field, as an answer has it. */
export const fieldErrorSchema = z.object({
  field: z.string().meta({ description: 'Dotted path in the body; `header.<name>` for a header.', example: 'place.latitude' }),
  detail: z.string().meta({ example: 'must be a number of degrees from -90 to 90' }),
})

/** An error answer; a service whose field errors say more extends it. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'A stable URI reference of the kind of problem.' }),
    title: z.string().meta({ description: 'The kind of problem, for people.' }),
    status: z.int().min(400).max(599).meta({ description: 'The HTTP status.' }),
    detail: z.string().optional().meta({ description: 'What is wrong with this request.' }),
    instance: z.string().optional().meta({ description: 'Path of the request.' }),
    code: z.string().meta({ description: 'The kind of problem, for programs: stable over releases.' }),
    errors: z.array(fieldErrorSchema).optional().meta({ description: 'What is wrong with each field.' }),
  })
  .meta({ description: 'An error, as RFC 9457 has it.' })

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>

/** A type of a body or an answer, and which of the two. */
export type Described = readonly [type: z.ZodType, io: 'input' | 'output']

/** What an API is, apart from its routes. */
export interface ApiDescription {
  readonly title: string
  readonly description: string
  /** Bodies and answers by name. `Problem` must be among them. */
  readonly types: Readonly<Record<string, Described>>
  /** Ways to authenticate other than an API key, by the name that routes have them under. */
  readonly securitySchemes?: NonNullable<OpenAPIObject['components']>['securitySchemes']
}

/** What the document of an API with keys says apart from the routes: its types in the words of OpenAPI 3.0, from the very checks that they go through. */
export function apiDocument({ title, description, types, securitySchemes }: ApiDescription): Omit<OpenAPIObject, 'paths'> {
  const document = new DocumentBuilder()
    .setTitle(title)
    .setDescription(description)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'API key', description: 'An API key.' }, bearerScheme)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The same key, for clients that cannot set `Authorization`.' }, headerScheme)
    .build()
  const components = { ...document.components, schemas: schemasOf(types) }
  return { ...document, components: { ...components, securitySchemes: { ...components.securitySchemes, ...securitySchemes } } }
}

function schemasOf(types: ApiDescription['types']): Schemas {
  return Object.fromEntries(
    Object.entries(types).map(([name, [type, io]]) => {
      const { $schema: _, ...schema } = z.toJSONSchema(type, { target: 'openapi-3.0', io })
      return [name, schema]
    }),
  ) as Schemas
}

/** What an API adds to Nest on Fastify: it takes JSON only, and describes itself at /docs and /docs/json. */
export function serveApi(app: NestFastifyApplication, description: ApiDescription): void {
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, apiDocument(description)), { jsonDocumentUrl: 'docs/json' })
  const fastify = app.getHttpAdapter().getInstance()
  // Nest's parser of forms and Fastify's of plain text would hand such bodies on; without them they get 415.
  fastify.addHook('onReady', (done) => {
    fastify.removeContentTypeParser(['application/x-www-form-urlencoded', 'text/plain'])
    done()
  })
}

type Headers = NonNullable<Parameters<typeof ApiResponse>[0]['headers']>

/** A header of an answer. */
export const textHeader = (description: string, example: string) => ({ description, schema: { type: 'string', example } })

const retryAfter: Headers = { 'Retry-After': textHeader('Seconds to wait before the next try.', '1') }
const challenge: Headers = { 'WWW-Authenticate': textHeader('How to authenticate (RFC 6750).', 'Bearer realm="swipestream"') }

/** Error answers of one status, and when each is given. */
export function ApiProblem(problems: readonly (readonly [Problem, when: string])[], headers: Headers = {}): MethodDecorator {
  const status = problems[0]?.[0].getStatus() ?? 500
  return ApiResponse({
    status,
    description: problems.map(([{ body }, when]) => `\`${body.code}\`: ${when}`).join('\n\n'),
    headers,
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(problems.map(([{ body }, when]) => [body.code, { summary: when, value: body }])),
      },
    },
  })
}

/** Error answers that are worth another try. */
export function ApiProblemForNow(problems: readonly (readonly [Problem, when: string])[]): MethodDecorator {
  return ApiProblem(problems, retryAfter)
}

/** Answers to bodies that no route looks into. @param limit the largest body, for people: `64 kB` */
export function ApiUnreadableBodies(limit: string): MethodDecorator {
  return applyDecorators(
    ApiProblem([
      [platform(400, 'INVALID_JSON', 'the body is not valid JSON'), 'the body is not JSON, or empty.'],
      [platform(400, 'INVALID_CONTENT_LENGTH', 'the body is not as long as content-length says'), 'the body was cut, or the header is wrong.'],
    ]),
    ApiProblem([[platform(413, 'BODY_TOO_LARGE', 'the body is larger than this endpoint takes'), `the body is larger than ${limit}.`]]),
    ApiProblem([
      [platform(415, 'UNSUPPORTED_MEDIA_TYPE', 'the content type is not one this endpoint takes; send application/json'), 'the body is not `application/json`.'],
    ]),
  ) as MethodDecorator
}

/** Answers of every route that needs a key with this scope. */
export function ApiRefusals(scope: string): MethodDecorator {
  return applyDecorators(
    ApiProblem([[unauthenticated(false), 'no API key was sent, or one that is not known.']], challenge),
    ApiProblem([[scopeMissing(scope), 'the API key does not have the scope.']], challenge),
    ApiProblem([[platform(500, 'INTERNAL', 'the service failed; it is logged'), 'the fault is ours.']]),
  ) as MethodDecorator
}

/** A 503 for something that the service needs and cannot reach. */
export const awayFor = (code: string, what: string) =>
  [platform(503, code, 'something this service needs is away for now; try again'), `${what} is away.`] as const

/** The 503 of a service that begins or ends. */
export const beginningOrEnding = [
  [platform(503, 'STARTING', 'not started yet, waiting for schema registry'), 'the service waits for what it needs to start.'],
  [platform(503, 'SHUTTING_DOWN', 'this instance is shutting down; try again'), 'this instance takes no more requests.'],
] as const

/** Platform's own problems. */
function platform(status: number, code: string, detail: string): Problem {
  return new Problem({ status, code, detail })
}
