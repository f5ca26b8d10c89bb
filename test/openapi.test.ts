import type { DynamicModule, Type } from '@nestjs/common'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import { describe, expect, it } from 'vitest'
import { AppModule as FraudService } from '../apps/fraud-service/src/app.module.js'
import { fraudServiceConfig } from '../apps/fraud-service/src/config.js'
import { rulesApi } from '../apps/fraud-service/src/http/openapi.js'
import { AppModule as Notifier } from '../apps/notifier/src/app.module.js'
import { configSchema as notifierConfig } from '../apps/notifier/src/config.js'
import { notifierApi } from '../apps/notifier/src/http/openapi.js'
import { AppModule as TransactionsApi } from '../apps/transactions-api/src/app.module.js'
import { configSchema as transactionsApiConfig } from '../apps/transactions-api/src/config.js'
import { transactionsApi } from '../apps/transactions-api/src/http/openapi.js'
import { type ApiDescription, apiKeyEntry, loadConfig, serveApi } from '../libs/platform/src/index.js'

const secret = `1:${Buffer.alloc(32).toString('base64')}`
const servers = { KAFKA_BROKERS: '127.0.0.1:1', SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1', DATABASE_URL: 'postgres://127.0.0.1:1/none' }
const key = <S extends string>(scope: S): string => apiKeyEntry('nobody', 'key', [scope])

const apis: readonly [service: string, module: () => DynamicModule, api: ApiDescription][] = [
  ['transactions-api', () => TransactionsApi.of(loadConfig(transactionsApiConfig, { ...servers, CARD_TOKEN_KEYS: secret, API_KEYS: key('transactions:read') })), transactionsApi],
  ['fraud-service', () => FraudService.of(loadConfig(fraudServiceConfig, { ...servers, RULES_API_KEYS: key('rules:read') })), rulesApi],
  [
    'notifier',
    () => Notifier.of(loadConfig(notifierConfig, {
      ...servers, SMTP_URL: 'smtp://127.0.0.1:1', TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'none', TWILIO_FROM: '+15005550006', PUBLIC_URL: 'http://127.0.0.1:1',
      ANSWER_KEYS: secret, CUSTOMER_TOKEN_KEYS: secret, NOTIFIER_API_KEYS: key('silences:read'),
    })),
    notifierApi,
  ],
]

describe('docs/contracts/openapi', () => {
  it.each(apis)('says of %s what the service says of itself: `npm run docs` writes it', async (service, module, api) => {
    const document = await documentOf(controllersOf(module()), api)
    expect(Object.keys(document.paths).length).toBeGreaterThan(2)
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(`../docs/contracts/openapi/${service}.json`)
  })
})

describe('patterns in docs/contracts/openapi', () => {
  it.each(apis)('of %s are such as every language reads: no classes by name, no looking around', async (_, module, api) => {
    const document = JSON.stringify(await documentOf(controllersOf(module()), api))
    const patterns = [...document.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, text = '']) => JSON.parse(text) as string)
    expect(patterns.length).toBeGreaterThan(0)
    expect(patterns.filter((pattern) => /\\[pP]\{|\(\?[=!<]|\[\^\]/.test(pattern))).toEqual([])
  })
})

/** What controllers say of themselves at /docs/json, with nothing behind them. */
async function documentOf(controllers: Type[], api: ApiDescription): Promise<{ readonly paths: object }> {
  const built = await Test.createTestingModule({ controllers }).useMocker(() => ({})).compile()
  const app = built.createNestApplication<NestFastifyApplication>(new FastifyAdapter())
  try {
    serveApi(app, api)
    await app.init()
    return (await app.inject({ method: 'GET', url: '/docs/json' })).json()
  } finally {
    await app.close()
  }
}

/** All of a module, and of those that it imports. */
function controllersOf({ controllers = [], imports = [] }: DynamicModule): Type[] {
  return [...controllers, ...imports.flatMap((imported) => ('module' in imported ? controllersOf(imported) : []))]
}
