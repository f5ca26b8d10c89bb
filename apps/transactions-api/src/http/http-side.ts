import { Module } from '@nestjs/common'
import { API_KEYS, createLogger, loadConfig, startService } from '@swipestream/platform'
import { createHash, randomUUID } from 'node:crypto'
import { Writable } from 'node:stream'
import { AcceptSwipe, type AcceptedSwipe } from '../app/accept-swipe.js'
import { AwaitDecision } from '../app/await-decision.js'
import { GiveFeedback, type GivenFeedback } from '../app/give-feedback.js'
import type { Idempotency } from '../app/idempotency-keys.js'
import { CONFIG, configSchema } from '../config.js'
import type { TransactionRow } from '../db/transaction.entity.js'
import { type PlaceInList, TransactionsRepository } from '../db/transactions.repository.js'
import type { Feedback } from '../domain/feedback.js'
import { transactionOf, type Swipe } from '../domain/swipe.js'
import { BatchController } from './batch.controller.js'
import { BatchLines } from './batch-lines.js'
import { FeedbackController } from './feedback.controller.js'
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
  /** All feedback that got through. */
  readonly given: { transactionId: string; feedback: Feedback; client: string; idempotency: Idempotency | undefined }[]
  /** What becomes of the next feedback; undefined: it is given. */
  feedbackOutcome: GivenFeedback | undefined
  /** Every page that was looked up. */
  readonly listed: { cardId: string; limit: number; after: PlaceInList | undefined }[]
  /** The transactions of any card. */
  rows: readonly TransactionRow[]
  /** How long each request waited for its decision, in seconds. */
  readonly waited: number[]
  /** What a request that waits for it gets. */
  decided: TransactionRow | undefined
  send(method: 'GET' | 'POST', url: string, headers?: Readonly<Record<string, string>>, payload?: string): Promise<Answer>
  /** The same, for an answer that is no JSON. */
  text(method: 'GET' | 'POST', url: string, headers?: Readonly<Record<string, string>>, payload?: string): Promise<Omit<Answer, 'body'>>
  /** Posts a body, a text as it is and anything else as JSON, with the key of `till`. */
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Gets what is not JSON. */
  page(url: string): Promise<Pick<Answer, 'status' | 'text'>>
  stop(): Promise<void>
}

/**
 * `till` may write with `write-key`, `office` may read with `read-key`, `fraud-desk` may give feedback with
 * `feedback-key`.
 */
export async function startHttpSide(): Promise<HttpSide> {
  const hash = (key: string): string => createHash('sha256').update(key).digest('hex')
  const config = loadConfig(configSchema, {
    KAFKA_BROKERS: '127.0.0.1:1',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
    DATABASE_URL: 'postgres://127.0.0.1:1/none',
    CARD_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString('base64')}`,
    API_KEYS: `till:${hash('write-key')}:transactions:write,office:${hash('read-key')}:transactions:read,fraud-desk:${hash('feedback-key')}:feedback:write`,
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
  const awaitDecision: Pick<AwaitDecision, 'run'> = {
    run(_, seconds) {
      side.waited.push(seconds)
      return Promise.resolve(side.decided)
    },
  }
  const giveFeedback: Pick<GiveFeedback, 'run'> = {
    run(transactionId, feedback, client, idempotency) {
      side.given.push({ transactionId, feedback, client, idempotency })
      const row = { ...feedback, transaction_id: transactionId, feedback_id: randomUUID(), given_at: new Date(Date.UTC(2026, 0, 31, 12)) }
      return Promise.resolve(side.feedbackOutcome ?? { outcome: 'given', feedback: row, replayed: false })
    },
  }
  const transactions: Pick<TransactionsRepository, 'byId' | 'ofCard'> = {
    byId: () => Promise.resolve(undefined),
    ofCard(cardId, limit, after) {
      side.listed.push({ cardId, limit, after })
      return Promise.resolve(side.rows.slice(0, limit))
    },
  }

  @Module({
    controllers: [TransactionsController, BatchController, FeedbackController],
    providers: [
      { provide: CONFIG, useValue: config },
      { provide: API_KEYS, useValue: config.API_KEYS },
      { provide: AcceptSwipe, useValue: acceptSwipe },
      { provide: AwaitDecision, useValue: awaitDecision },
      { provide: TransactionsRepository, useValue: transactions },
      { provide: GiveFeedback, useValue: giveFeedback },
      SwipePipe,
      BatchLines,
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
    given: [],
    feedbackOutcome: undefined,
    listed: [],
    rows: [],
    waited: [],
    decided: undefined,
    async send(method, url, headers = {}, payload) {
      const answer = await side.text(method, url, headers, payload)
      return { ...answer, body: JSON.parse(answer.text) as Answer['body'] }
    },
    async text(method, url, headers = {}, payload) {
      const reply = await service.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
      return { status: reply.statusCode, headers: reply.headers, text: reply.payload }
    },
    post(body, headers = {}) {
      const payload = typeof body === 'string' ? body : JSON.stringify(body)
      return side.send('POST', '/v1/transactions', { authorization: 'Bearer write-key', 'content-type': 'application/json', ...headers }, payload)
    },
    page: (url) => side.text('GET', url),
    stop: () => service.stop(),
  }
  return side
}
