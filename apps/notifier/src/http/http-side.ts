import { Module } from '@nestjs/common'
import { apiKeyEntry, createLogger, loadConfig, startService } from '@swipestream/platform'
import { Writable } from 'node:stream'
import { AnswerLinks } from '../app/answer-links.js'
import { type Answer, type GivenAnswer, GiveAnswer } from '../app/give-answer.js'
import { type ReportResult, TakeDeliveryReport } from '../app/take-delivery-report.js'
import { type InboundSms, type TakenReply, TakeReply } from '../app/take-reply.js'
import { loadTexts, shippedDirectory } from '../app/texts/load.js'
import { TEXTS } from '../app/texts.js'
import { CONFIG, configSchema } from '../config.js'
import { QuestionsRepository, type ShownQuestion } from '../db/questions.repository.js'
import type { DeliveryReport } from '../domain/delivery-report.js'
import { AnswersController } from './answers.controller.js'
import { bodyLimit, setUpHttp } from './setup.js'
import { TwilioController } from './twilio/twilio.controller.js'

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

export interface HttpRequest {
  readonly headers?: Readonly<Record<string, string>>
  readonly payload?: string
  /** Who is at the other end of the connection. */
  readonly remoteAddress?: string
}

/** The service's HTTP side in this process, for tests: what stands behind it takes notes, and stores nothing. */
export interface HttpSide {
  /** Every report and every SMS that got through. */
  readonly reports: { deliveryId: string; report: DeliveryReport }[]
  readonly texts: InboundSms[]
  /** What becomes of the next SMS. */
  taken: TakenReply
  /** What there is to be answered, and what becomes of answers. */
  question: ShownQuestion | undefined
  outcome: GivenAnswer
  readonly answers: Answer[]
  readonly links: AnswerLinks
  /** Every line logged. */
  readonly log: readonly string[]
  send(method: 'GET' | 'HEAD' | 'POST', url: string, request?: HttpRequest): Promise<HttpAnswer>
  stop(): Promise<void>
}

export const authToken = 'an auth token'

/** Reached at https://bank.example/alerts, behind the proxy 10.0.0.1. */
export async function startHttpSide(): Promise<HttpSide> {
  const config = loadConfig(configSchema, {
    KAFKA_BROKERS: '127.0.0.1:1',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
    DATABASE_URL: 'postgres://127.0.0.1:1/none',
    SMTP_URL: 'smtp://127.0.0.1:1',
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_FROM: '+15005550006',
    PUBLIC_URL: 'https://bank.example/alerts',
    TRUSTED_PROXIES: '10.0.0.1',
    ANSWER_KEYS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
    CUSTOMER_TOKEN_KEYS: `1:${Buffer.alloc(32, 2).toString('base64')}`,
    NOTIFIER_API_KEYS: apiKeyEntry('tests', 'key', ['silences:read']),
    LOG_LEVEL: 'trace',
  })
  const log: string[] = []
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(chunk.toString())
      done()
    },
  })
  const takeReport: Pick<TakeDeliveryReport, 'run'> = {
    run(deliveryId, report): Promise<ReportResult> {
      side.reports.push({ deliveryId, report })
      return Promise.resolve('unchanged')
    },
  }
  const takeReply: Pick<TakeReply, 'run'> = {
    run(sms) {
      side.texts.push(sms)
      return Promise.resolve(side.taken)
    },
  }
  const giveAnswer: Pick<GiveAnswer, 'run'> = {
    run(answer) {
      side.answers.push(answer)
      return Promise.resolve(side.outcome)
    },
  }
  const questions: Pick<QuestionsRepository, 'show'> = { show: () => Promise.resolve(side.question) }

  @Module({
    controllers: [AnswersController, TwilioController],
    providers: [
      AnswerLinks,
      { provide: CONFIG, useValue: config },
      { provide: TakeDeliveryReport, useValue: takeReport },
      { provide: TakeReply, useValue: takeReply },
      { provide: TEXTS, useValue: loadTexts(shippedDirectory) },
      { provide: GiveAnswer, useValue: giveAnswer },
      { provide: QuestionsRepository, useValue: questions },
    ],
  })
  class HttpModule {}

  const logger = createLogger({ service: 'notifier', level: 'trace', destination })
  const service = await startService({ name: 'notifier', module: HttpModule, config, bodyLimit, setup: setUpHttp, ownsProcess: false, logger })
  const side: HttpSide = {
    reports: [],
    texts: [],
    taken: { outcome: 'given', language: 'en' },
    question: undefined,
    outcome: { outcome: 'given' },
    answers: [],
    links: service.app.get(AnswerLinks),
    log,
    async send(method, url, { headers = {}, payload, remoteAddress = '203.0.113.9' } = {}) {
      const reply = await service.app.inject({ method, url, headers, remoteAddress, ...(payload === undefined ? {} : { payload }) })
      return { status: reply.statusCode, headers: reply.headers, text: reply.payload }
    },
    stop: () => service.stop(),
  }
  return side
}
