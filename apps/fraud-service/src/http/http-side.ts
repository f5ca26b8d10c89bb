import { Module } from '@nestjs/common'
import type { FraudRule } from '@swipestream/contracts'
import { API_KEYS, createLogger, loadConfig, startService } from '@swipestream/platform'
import { createHash } from 'node:crypto'
import { Writable } from 'node:stream'
import { ruleLanguage } from '../app/rule-language.js'
import { type RulesConnection, RuleStore } from '../app/rule-store.js'
import { RulesInForce } from '../app/rules-in-force.js'
import { fraudServiceConfig } from '../config.js'
import type { Unreadable } from '../domain/rule-set/rule-set.js'
import { FeaturesController } from './features.controller.js'
import { RulesController } from './rules.controller.js'
import { bodyLimit, setUpHttp } from './setup.js'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly body: Record<string, unknown> & {
    readonly errors?: readonly { readonly field: string }[]
    readonly rules?: readonly { readonly rule_id: string }[]
    readonly features?: readonly unknown[]
  }
}

/** The rules' API in this process, for tests: what stands on the topic stands in a map. */
export interface HttpSide {
  /** What stands on the topic, and what the instance has read of it: here the same. */
  readonly rules: Map<string, FraudRule>
  /** Why rules cannot be evaluated, by id. */
  readonly broken: Map<string, string>
  /** Rules whose records cannot be read. */
  readonly unreadable: Map<string, Unreadable>
  /** Set, the cluster does not answer. */
  away: Error | undefined
  send(method: 'GET' | 'PUT' | 'POST', url: string, options?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown; readonly key?: string }): Promise<Answer>
  /** Gets what is not JSON. */
  page(url: string): Promise<Pick<Answer, 'status' | 'text'>>
  stop(): Promise<void>
}

/** `desk` may write with `write-key`, `audit` may read with `read-key`. */
export async function startHttpSide(): Promise<HttpSide> {
  const hash = (key: string): string => createHash('sha256').update(key).digest('hex')
  const config = loadConfig(fraudServiceConfig, {
    KAFKA_BROKERS: '127.0.0.1:1',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
    RULES_API_KEYS: `desk:${hash('write-key')}:rules:write+rules:read,audit:${hash('read-key')}:rules:read`,
  })
  const rules = new Map<string, FraudRule>()
  const broken = new Map<string, string>()
  const unreadable = new Map<string, Unreadable>()
  const inForce: Pick<RulesInForce, 'records' | 'unreadable' | 'brokenBecause'> = { records: rules, unreadable, brokenBecause: (id) => broken.get(id) }
  const store = new RuleStore(() => (side.away ? Promise.reject(side.away) : Promise.resolve(inMemory(rules))), ruleLanguage, () => Date.UTC(2026, 2, 3))

  @Module({
    controllers: [RulesController, FeaturesController],
    providers: [
      { provide: RulesInForce, useValue: inForce },
      { provide: RuleStore, useValue: store },
      { provide: API_KEYS, useValue: config.RULES_API_KEYS },
    ],
  })
  class HttpModule {}

  const destination = new Writable({ write: (_chunk, _encoding, done) => done() })
  const logger = createLogger({ service: 'fraud-service', level: 'fatal', destination })
  const service = await startService({ name: 'fraud-service', module: HttpModule, config, bodyLimit, setup: setUpHttp, ownsProcess: false, logger })

  const side: HttpSide = {
    rules,
    broken,
    unreadable,
    away: undefined,
    async send(method, url, { headers = {}, body, key = 'write-key' } = {}) {
      const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
      const all = { authorization: `Bearer ${key}`, ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers }
      const reply = await service.app.inject({ method, url, headers: all, ...(payload === undefined ? {} : { payload }) })
      return { status: reply.statusCode, headers: reply.headers, text: reply.payload, body: JSON.parse(reply.payload) as Answer['body'] }
    },
    async page(url) {
      const reply = await service.app.inject({ method: 'GET', url })
      return { status: reply.statusCode, text: reply.payload }
    },
    stop: () => service.stop(),
  }
  return side
}

/** A cluster as far as the store sees it. */
function inMemory(rules: Map<string, FraudRule>): RulesConnection {
  return {
    held: <T>() => Promise.resolve(new Map(rules) as unknown as ReadonlyMap<string, T>),
    writer: () => ({
      open: () => Promise.resolve(),
      write(events) {
        for (const { key, value } of events) rules.set(key, value as FraudRule)
        return Promise.resolve()
      },
      close: () => Promise.resolve(),
    }),
    close: () => Promise.resolve(),
  }
}
