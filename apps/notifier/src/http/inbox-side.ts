import { Module } from '@nestjs/common'
import { API_KEYS, apiKeyEntry, createLogger, loadConfig, parseApiKeys, parseVersionedKeys, problemSchema, scopesByVariable, serveApi, serviceConfig, startService } from '@swipestream/platform'
import { Writable } from 'node:stream'
import { z } from 'zod'
import { CustomerTokens } from '../app/customer-tokens.js'
import { type GivenAnswer, GiveAnswer } from '../app/give-answer.js'
import { InboxStreams, type StreamRefusal } from '../app/inbox-streams.js'
import { type InboxMessage, type InboxPage, InboxRepository } from '../db/inbox.repository.js'
import { type NewSilence, type Silence, SilencesRepository } from '../db/silences.repository.js'
import { inboxSecuritySchemes, inboxTypes } from './describe-inbox.js'
import { silenceTypes } from './describe-silences.js'
import { InboxController } from './inbox.controller.js'
import { SilencesController } from './silences.controller.js'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  /** Empty when it is no JSON. */
  readonly body: Record<string, unknown> & { readonly errors?: readonly { readonly field: string }[]; readonly messages?: readonly { readonly id: string }[] }
}

/** The API of inbox and silences in this process, for tests: what stands behind it takes notes, and stores nothing. */
export interface InboxSide {
  /** The messages of c1, newest first. */
  messages: InboxMessage[]
  /** What was asked of the inbox, with whose it is. */
  readonly asked: (InboxPage & { readonly customerId: string })[]
  /** What became of the next answers. */
  outcome: GivenAnswer
  readonly answered: Parameters<GiveAnswer['run']>[0][]
  /** Why there is no stream; undefined: there is one, of all messages. */
  refusal: StreamRefusal | undefined
  /** Behind which id streams began. */
  readonly streamed: string[]
  readonly silences: Silence[]
  /** @param token of c1 when left out */
  send(method: 'GET' | 'POST' | 'DELETE', url: string, options?: { readonly token?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }): Promise<Answer>
  stop(): Promise<void>
}

const secret = `1:${Buffer.alloc(32, 2).toString('base64')}`

/** Tokens that the API takes. */
export const tokens = new CustomerTokens({ CUSTOMER_TOKEN_KEYS: parsedOr(parseVersionedKeys(secret)) })

/** `on-call` may write silences with `write-key`, `audit` may read them with `read-key`. */
export async function startInboxSide(): Promise<InboxSide> {
  const entries = [apiKeyEntry('on-call', 'write-key', ['silences:write', 'silences:read']), apiKeyEntry('audit', 'read-key', ['silences:read'])]
  const inbox: Pick<InboxRepository, 'page' | 'countUnread' | 'newestId' | 'byId' | 'markRead'> = {
    page(customerId, page) {
      side.asked.push({ customerId, ...page })
      return Promise.resolve(customerId === 'c1' ? side.messages.slice(0, page.limit) : [])
    },
    countUnread: () => Promise.resolve(side.messages.filter(({ read_at }) => read_at === null).length),
    newestId: () => Promise.resolve(side.messages[0]?.id ?? '0'),
    byId: (customerId, id) => Promise.resolve(customerId === 'c1' ? side.messages.find((message) => message.id === id) : undefined),
    markRead: (customerId, id) => Promise.resolve(customerId === 'c1' && side.messages.some((message) => message.id === id)),
  }
  const streams: Pick<InboxStreams, 'open'> = {
    open(_holder, after) {
      side.streamed.push(after)
      return side.refusal ?? told(side.messages)
    },
  }
  const answers: Pick<GiveAnswer, 'run'> = {
    run(answer) {
      side.answered.push(answer)
      return Promise.resolve(side.outcome)
    },
  }
  const silences: Pick<SilencesRepository, 'add' | 'active' | 'all' | 'end'> = {
    add(silence: NewSilence) {
      const added: Silence = { id: `019bfc55-1f0e-7a90-8d3c-00000000000${side.silences.length}`, created_at: new Date(), ended_at: null, ...silence }
      side.silences.push(added)
      return Promise.resolve(added)
    },
    active: () => Promise.resolve(side.silences.filter(({ ended_at }) => ended_at === null)),
    all: () => Promise.resolve([...side.silences]),
    end(id) {
      const at = side.silences.findIndex((silence) => silence.id === id)
      const silence = side.silences[at]
      if (silence) side.silences[at] = { ...silence, ended_at: new Date() }
      return Promise.resolve(silence)
    },
  }

  @Module({
    controllers: [InboxController, SilencesController],
    providers: [
      { provide: InboxRepository, useValue: inbox },
      { provide: InboxStreams, useValue: streams },
      { provide: GiveAnswer, useValue: answers },
      { provide: SilencesRepository, useValue: silences },
      { provide: CustomerTokens, useValue: tokens },
      { provide: API_KEYS, useValue: parsedOr(parseApiKeys(entries.join(','), scopesByVariable.NOTIFIER_API_KEYS)) },
    ],
  })
  class HttpModule {}

  const destination = new Writable({ write: (_chunk, _encoding, done) => done() })
  const service = await startService({
    name: 'notifier',
    module: HttpModule,
    config: loadConfig(z.object(serviceConfig), {}),
    setup: (app) => {
      serveApi(app, { title: 'Inbox and silences', description: 'For tests.', types: { ...inboxTypes, ...silenceTypes, Problem: [problemSchema, 'output'] }, securitySchemes: inboxSecuritySchemes })
    },
    ownsProcess: false,
    logger: createLogger({ service: 'notifier', level: 'fatal', destination }),
  })
  const token = await tokens.issue('c1')

  const side: InboxSide = {
    messages: [],
    asked: [],
    outcome: { outcome: 'given' },
    answered: [],
    refusal: undefined,
    streamed: [],
    silences: [],
    async send(method, url, { token: sent = token, body, headers = {} } = {}) {
      const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
      const all = { ...(sent === '' ? {} : { authorization: `Bearer ${sent}` }), ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers }
      const reply = await service.app.inject({ method, url, headers: all, ...(payload === undefined ? {} : { payload }) })
      const isJson = String(reply.headers['content-type']).includes('json')
      return { status: reply.statusCode, headers: reply.headers, text: reply.payload, body: isJson ? (JSON.parse(reply.payload) as Answer['body']) : {} }
    },
    stop: () => service.stop(),
  }
  return side
}

async function* told(messages: readonly InboxMessage[]) {
  for (const message of messages.toReversed()) yield { kind: 'message', message } as const
  yield { kind: 'alive' } as const
  yield { kind: 'expired' } as const
}

function parsedOr<T>(parsed: T | string): T {
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}

/** A message to begin a test with. */
export function exampleMessage(changes: Partial<InboxMessage> = {}): InboxMessage {
  return {
    id: '7',
    alert_id: '0199a1b2-c3d4-7000-8000-000000000001',
    title: 'Card payment declined',
    body: 'We declined a payment.\n\nIn two lines.',
    created_at: new Date(Date.UTC(2026, 2, 3, 13, 5, 1)),
    read_at: null,
    question: { state: 'open', expires_at: new Date(Date.UTC(2026, 2, 6, 13, 5, 1)), verdict: null },
    ...changes,
  }
}
