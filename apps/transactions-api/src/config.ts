import { messagingConfig } from '@swipestream/messaging'
import { loadConfig, parseApiKeys, scopesByVariable, serviceConfig } from '@swipestream/platform'
import { z } from 'zod'
import { parseTokenKeys } from './app/card-token.js'

const scopes = scopesByVariable.API_KEYS

const positive = (max: number) => z.coerce.number().int().min(1).max(max)

/** A variable read by a parser, which answers with a sentence when it cannot. */
const parsed = <T extends object>(parse: (text: string) => T | string) =>
  z.string().transform((text, context): T => {
    const result = parse(text)
    if (typeof result !== 'string') return result
    context.addIssue({ code: 'custom', message: `is not valid, ${result}` })
    return z.NEVER
  })

export const configSchema = z.object({
  ...serviceConfig,
  ...messagingConfig,
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).describe("this service's own PostgreSQL database, e.g. postgres://user:password@host:5432/transactions"),
  DATABASE_POOL_SIZE: positive(500).default(10).describe('how many connections to the database at most'),
  CARD_TOKEN_KEYS: parsed(parseTokenKeys).describe(
    'secrets that card numbers become tokens with, <version>:<base64 of 32 bytes or more>, separated by commas; the highest version makes new tokens. Make one with: openssl rand -base64 32',
  ),
  API_KEYS: parsed((text) => parseApiKeys(text, scopes)).describe(
    `who may call, <client>:<sha256 hex of the key>:<scope>[+<scope>], separated by commas; scopes are ${scopes.join(', ')}. Make an entry with: npm run api-key -- <client> <scopes>`,
  ),
  OCCURRED_AT_MAX_AHEAD_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(300)
    .describe("how far a terminal's clock may be ahead of ours, in seconds"),
  BATCH_IDLE_SECONDS: positive(3_600).default(60).describe('how long a batch may be silent, nothing sent and no answer read, before its connection is cut, in seconds'),
  IDEMPOTENCY_TTL_SECONDS: positive(30 * 86_400).default(86_400).describe('how long the answer to an Idempotency-Key is kept, in seconds'),
})

export type Config = Readonly<z.output<typeof configSchema>>

/** What the configuration is injected by. */
export const CONFIG = Symbol('transactions-api configuration')

/** The environment of this process, checked. @throws CodedError CONFIG_INVALID */
export function configFromEnvironment(): Config {
  return loadConfig(configSchema, process.env)
}
