import { Module } from '@nestjs/common'
import { API_KEYS, createLogger, loadConfig, startService } from '@swipestream/platform'
import { createHash, randomUUID } from 'node:crypto'
import { Writable } from 'node:stream'
import { AcceptSwipe, type AcceptedSwipe, type Idempotency } from '../app/accept-swipe.js'
import { CONFIG, configSchema } from '../config.js'
import { TransactionsRepository } from '../db/transactions.repository.js'
import { transactionOf, type Swipe } from '../domain/swipe.js'
import { bodyLimit, setUpHttp } from './setup.js'
import { SwipePipe } from './swipe.pipe.js'
import { TransactionsController } from './transactions.controller.js'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly body: Record<string, unknown> & { errors?: { field: string; detail: string }[] }
}

/** The service's HTTP side in this process, for tests: what stands behind it takes notes, and stores nothing. */
export interface HttpSide {
  /** Every swipe that got through. */
  readonly accepted: { swipe: Swipe; idempotency: Idempotency | undefined }[]
  /** Every line logged. */
  readonly log: readonly string[]
  /** What becomes of the next swipes; undefined: they are accepted. */
  outcome: ((swipe: Swipe) => AcceptedSwipe) | undefined
  send(method: 'GET' | 'POST', url: string, headers?: Readonly<Record<string, string>>, payload?: string): Promise<Answer>
  /** Posts a body, a text as it is and anything else as JSON, with the key of `till`. */
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Gets what is not JSON. */
  page(url: string): Promise<Pick<Answer, 'status' | 'text'>>
  stop(): Promise<void>
}

/** `till` may write with `write-key`, `office` may read with `read-key`. */
export async function startHttpSide(): Promise<HttpSide> {
  const hash = (key: string): string => createHash('sha256').update(key).digest('hex')
  const config = loadConfig(configSchema, {
    KAFKA_BROKERS: '127.0.0.1:1',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
    DATABASE_URL: 'postgres://127.0.0.1:1/none',
    CARD_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString('base64')}`,
    API_KEYS: `till:${hash('write-key')}:transactions:write,office:${hash('read-key')}:transactions:read`,
    LOG_LEVEL: 'debug',
  })
  const log: string[] = []
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(chunk.toString())
      done()
    },
  })

  const acceptSwipe: Pick<AcceptSwipe, 'run'> = {
    run(swipe, idempotency) {
      side.accepted.push({ swipe, idempotency })
      const transaction = transactionOf(swipe, { transactionId: randomUUID(), cardId: 'v1.token', receivedAt: Date.UTC(2026, 0, 31, 11, 35) })
      return Promise.resolve(side.outcome?.(swipe) ?? { outcome: 'accepted', transaction, replayed: false })
    },
  }
  const transactions: Pick<TransactionsRepository, 'byId'> = { byId: () => Promise.resolve(undefined) }

  @Module({
    controllers: [TransactionsController],
    providers: [
      { provide: CONFIG, useValue: config },
      { provide: API_KEYS, useValue: config.API_KEYS },
      { provide: AcceptSwipe, useValue: acceptSwipe },
      { provide: TransactionsRepository, useValue: transactions },
      SwipePipe,
    ],
  })
  class HttpModule {}

  const service = await startService({
    name: 'transactions-api',
    module: HttpModule,
    config,
    bodyLimit,
    setup: setUpHttp,
    ownsProcess: false,
    logger: createLogger({ service: 'transactions-api', level: 'debug', destination }),
  })

  const side: HttpSide = {
    accepted: [],
    log,
    outcome: undefined,
    async send(method, url, headers = {}, payload) {
      const reply = await service.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
      return { status: reply.statusCode, headers: reply.headers, text: reply.payload, body: JSON.parse(reply.payload) as Answer['body'] }
    },
    post(body, headers = {}) {
      const payload = typeof body === 'string' ? body : JSON.stringify(body)
      return side.send('POST', '/v1/transactions', { authorization: 'Bearer write-key', 'content-type': 'application/json', ...headers }, payload)
    },
    async page(url) {
      const reply = await service.app.inject({ method: 'GET', url })
      return { status: reply.statusCode, text: reply.payload }
    },
    stop: () => service.stop(),
  }
  return side
}
