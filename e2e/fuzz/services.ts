import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fraudRules } from '@swipestream/contracts'
import { type ServiceProcess, startServiceProcess, testBackbone, testDatabase } from '@swipestream/messaging/testing'
import { apiKeyEntry, parseVersionedKeys, scopesByVariable } from '@swipestream/platform'
import { shippedRules } from '../../apps/fraud-service/src/app/shipped-rules.fixture.js'
import { CustomerTokens } from '../../apps/notifier/src/app/customer-tokens.js'

/** The key that opens all of the three APIs. */
export const apiKey = 'the-key-of-the-fuzzer'

export const surfaces = ['transactions-api', 'fraud-service', 'notifier', 'etl-loader', 'log-shipper', 'log-indexer', 'log-detector'] as const
export type Surface = (typeof surfaces)[number]

/** Those that have an API beside health and metrics. */
export const apis = ['transactions-api', 'fraud-service', 'notifier'] as const

export interface RunningServices {
  /** Where each listens. */
  readonly urls: Readonly<Record<Surface, string>>
  /** A token of a customer, which opens their inbox for some minutes. */
  customerToken(): Promise<string>
  stop(): Promise<void>
}

const program = (app: string, name = 'main'): string => fileURLToPath(new URL(`../../apps/${app}/dist/${name}.js`, import.meta.url))
const secret = (byte: number): string => `1:${Buffer.alloc(32, byte).toString('base64')}`
const entry = (variable: keyof typeof scopesByVariable): string => apiKeyEntry('fuzz', apiKey, scopesByVariable[variable])

/** Every service as it runs in production, on the servers of the environment, with topics and databases of their own. */
export async function startServices(): Promise<RunningServices> {
  const closing: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const close of closing.reverse()) await close()
  }
  try {
    const backbone = await testBackbone()
    closing.push(() => backbone.close())
    await backbone.publish(shippedRules().map((rule) => fraudRules.event(rule)))
    const state = await mkdtemp(join(tmpdir(), 'fuzz-'))
    closing.push(() => rm(state, { recursive: true }))
    const database = async (): Promise<string> => {
      const { url, drop } = await testDatabase()
      closing.push(drop)
      return url
    }
    const start = async (main: string, env: Readonly<Record<string, string>> = {}, awaited?: 'listens'): Promise<string> => {
      const service: ServiceProcess = await startServiceProcess(main, { ...process.env, LOG_LEVEL: 'info', ...backbone.env, ...env }, { awaited, timeoutMs: 120_000 })
      closing.push(() => service.stop())
      return service.url
    }
    const urls = {
      'transactions-api': await start(program('transactions-api'), { DATABASE_URL: await database(), CARD_TOKEN_KEYS: secret(1), API_KEYS: entry('API_KEYS') }),
      'fraud-service': await start(program('fraud-service'), { RULES_API_KEYS: entry('RULES_API_KEYS') }),
      'notifier': await start(program('notifier'), {
        DATABASE_URL: await database(), PUBLIC_URL: 'http://127.0.0.1:1', ANSWER_KEYS: secret(2), CUSTOMER_TOKEN_KEYS: secret(3), NOTIFIER_API_KEYS: entry('NOTIFIER_API_KEYS'),
      }),
      // Its tables' topics are not there: it serves health and metrics all the same.
      'etl-loader': await start(program('etl-loader'), {}, 'listens'),
      'log-shipper': await start(program('log-shipper', 'ship-main'), { LOG_PATHS: join(state, '*.log'), LOG_SERVICE: 'none', LOG_STATE_DIR: join(state, 'state') }, 'listens'),
      // Nor is Elasticsearch.
      'log-indexer': await start(program('log-shipper', 'index-main'), { ELASTICSEARCH_URL: 'http://127.0.0.1:1' }, 'listens'),
      'log-detector': await start(program('log-shipper', 'detect-main'), {}, 'listens'),
    }
    const keys = parseVersionedKeys(secret(3))
    if (typeof keys === 'string') throw new Error(keys)
    const tokens = new CustomerTokens({ CUSTOMER_TOKEN_KEYS: keys })
    return { urls, customerToken: () => tokens.issue('c1'), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
