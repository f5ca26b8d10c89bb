import { ApiHeader, type ApiResponse } from '@nestjs/swagger'
import { awayFor, beginningOrEnding, textHeader } from '@swipestream/platform'
import { idempotencyKeyHeader, idempotencyKeyPattern } from './idempotency-key.js'
import type { transactionsApi } from './openapi.js'

/** What the descriptions of this service's routes have in common. */

type SchemaName = keyof (typeof transactionsApi)['types']

export const ref = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` })

export const json = (name: SchemaName) => ({ 'application/json': { schema: ref(name) } })

type Headers = NonNullable<Parameters<typeof ApiResponse>[0]['headers']>

export const location: Headers = { Location: textHeader('Where the transaction is.', '/v1/transactions/019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d') }

/** A header that is sent with the repetition of what was stored before. */
export const replayed: Headers = {
  'Idempotent-Replayed': { description: 'Present when it had been stored before.', schema: { type: 'string', enum: ['true'] } },
}

/** Why every route may answer 503. */
export const away = [awayFor('DATABASE_UNAVAILABLE', 'the database'), ...beginningOrEnding] as const

/** The largest body of JSON, for people. */
export const largestBody = '64 kB'

export function ApiIdempotencyKey(what: string): MethodDecorator {
  return ApiHeader({
    name: idempotencyKeyHeader,
    required: false,
    description: `A name of your own for this ${what}, such as a UUID. 1 to 255 printable ASCII characters.`,
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: idempotencyKeyPattern.source },
    example: '6b8f5f5e-3a57-4b0e-9c7d-0d7f6a1c2e3f',
  })
}
