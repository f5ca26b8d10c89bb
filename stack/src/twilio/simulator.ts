import { timingSafeEqual } from 'node:crypto'
import fastify from 'fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { deliver } from './delivery.js'
import { failuresFrom, FaultPlan } from './fault-plan.js'
import { inboundFrom, receive, webhookFrom } from './inbound.js'
import { inboxPage } from './inbox-page.js'
import { API_VERSION, newMessage } from './message.js'
import { messagePage } from './message-page.js'
import { MessageStore } from './message-store.js'
import { OptOuts } from './opt-outs.js'
import { problems, TwilioProblem } from './problems.js'
import type { Route } from './route.js'
import { checkSendRequest } from './send-request.js'

export interface SimulatorOptions {
  accountSid: string
  authToken: string
  /** The number this account may send from. Default: any. */
  from?: string
  /** Time between two statuses of a message, ms. */
  statusDelayMs: number
  /** More requests to send in a second are answered with 429; 0: no limit. */
  maxPerSecond: number
  /** How many messages are kept, the newest. */
  keep: number
  /** What is called when a person sends an SMS; can be set later too. */
  inboundUrl?: string
  /** What stands before the addresses that are called. */
  route?: Route
  /** File that makes messages outlive the process. */
  journal?: string
}

const SHOWN_TO_PEOPLE = 200

/**
 * Twilio's Messages API (send, list, fetch; status callbacks), as far as a client that sends SMS can tell: paths,
 * parameters, answers and errors are Twilio's. `/` is a page for people; `/simulator/failures` makes it fail on demand;
 * `/simulator/inbound` is a person who sends an SMS, `/simulator/messages` a look at a person's phone.
 */
export function createSimulator(options: SimulatorOptions): FastifyInstance {
  const { accountSid, authToken, statusDelayMs, maxPerSecond, from, route } = options
  const app = fastify({ forceCloseConnections: true })
  const store = new MessageStore(options.keep, options.journal)
  const faults = new FaultPlan(maxPerSecond)
  const closing = new AbortController()
  const optOuts = new OptOuts(store.all().map(({ message }) => message).reverse())
  let inboundUrl: string | null = options.inboundUrl ?? null
  const failureOf = (to: string): number | undefined => faults.deliveryFailure(to)
  const startDelivery = (sid: string): void => {
    const delivery = { store, authToken, sender: from ?? '+15005550006', statusDelayMs, failureOf, route, signal: closing.signal }
    deliver(sid, delivery).catch((error: unknown) => console.error(`delivery of ${sid} failed`, error))
  }

  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, new URLSearchParams(body as string))
  })
  app.setErrorHandler((error, request, reply) => {
    const problem = error instanceof TwilioProblem ? error : unexpected(error)
    if (problem.status >= 500 && !(error instanceof TwilioProblem)) console.error(request.method, request.url, error)
    if (problem.status === 401) reply.header('WWW-Authenticate', 'Basic realm="Twilio API"')
    return reply.status(problem.status).send(problem.body())
  })
  app.setNotFoundHandler((request) => {
    if (pathOf(request).startsWith(`/${API_VERSION}/`)) authenticate(request, accountSid, authToken)
    throw problems.notFound(pathOf(request))
  })
  // After a kill, the messages that were on their way go on.
  app.addHook('onReady', async () => {
    for (const { message } of store.all()) startDelivery(message.sid)
  })
  app.addHook('preClose', async () => closing.abort())

  void app.register(async (api) => {
    api.addHook('onRequest', async (request) => authenticate(request, accountSid, authToken))

    api.post('/Messages.json', async (request, reply) => {
      faults.onSend()
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
      const send = checkSendRequest(form, from)
      if (optOuts.has(send.to)) throw problems.toBlocked()
      const message = newMessage(send, accountSid, new Date())
      store.put({ message, ...(send.statusCallback === undefined ? {} : { statusCallback: send.statusCallback }) })
      startDelivery(message.sid)
      return reply.status(201).send(message)
    })

    api.get('/Messages.json', async (request) => {
      const query = new URLSearchParams(request.url.split('?')[1] ?? '')
      return messagePage(store.all().map(({ message }) => message), query, pathOf(request))
    })

    api.get<{ Params: { file: string } }>('/Messages/:file', async (request) => {
      const sid = /^((?:SM|MM)[0-9a-fA-F]{32})\.json$/.exec(request.params.file)?.[1]
      const found = sid === undefined ? undefined : store.get(sid)
      if (!found) throw problems.notFound(pathOf(request))
      return found.message
    })
  }, { prefix: `/${API_VERSION}/Accounts/:accountSid` })

  app.get('/', async (_request, reply) => {
    const newest = store.all().slice(0, SHOWN_TO_PEOPLE).map(({ message }) => message)
    return reply.type('text/html; charset=utf-8').send(inboxPage(newest, store.accepted, inboundUrl !== null))
  })
  app.get('/health/live', async () => ({ status: 'ok', accepted: store.accepted }))
  // As the page, it asks for no credentials: those are Twilio's customers', not people's.
  app.get('/simulator/messages', async (request) => {
    const phone = new URLSearchParams(request.url.split('?')[1] ?? '').get('phone')
    const theirs = store.all().filter(({ message: { from: sender, to } }) => phone === null || sender === phone || to === phone)
    return theirs.map(({ message: { direction, from: sender, to, status, body } }) => ({ direction, from: sender, to, status, body }))
  })
  app.put('/simulator/failures', async (request, reply) => {
    const plan = failuresFrom(request.body)
    if (typeof plan === 'string') return reply.status(400).send({ message: plan })
    faults.plan(plan)
    return plan
  })
  app.put('/simulator/inbound-url', async (request) => {
    inboundUrl = webhookFrom(request.body)
    return { url: inboundUrl }
  })
  app.post('/simulator/inbound', async (request, reply) => {
    const inbound = inboundFrom(request.body)
    if (inboundUrl === null) throw problems.noWebhook()
    optOuts.heard({ ...inbound, direction: 'inbound' })
    const received = await receive(inbound, { store, accountSid, authToken, webhook: inboundUrl, route, signal: closing.signal })
    for (const { sid } of received.replies) startDelivery(sid)
    // A person's browser goes back to the page.
    if (request.body instanceof URLSearchParams) return reply.redirect('/', 303)
    return reply.status(201).send(received)
  })
  return app
}

function authenticate(request: FastifyRequest, accountSid: string, authToken: string): void {
  const [scheme, credentials = ''] = (request.headers.authorization ?? '').split(' ')
  const given = Buffer.from(credentials, 'base64')
  const wanted = Buffer.from(`${accountSid}:${authToken}`)
  const right = scheme?.toLowerCase() === 'basic' && given.length === wanted.length && timingSafeEqual(given, wanted)
  const account = (request.params as { accountSid?: string }).accountSid
  if (!right || (account !== undefined && account !== accountSid)) throw problems.unauthenticated()
}

/** An error of the HTTP layer (a body too large, an unknown media type) or of ours. */
function unexpected(error: unknown): TwilioProblem {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  return status >= 400 && status < 500 ? new TwilioProblem(status, 20001, (error as Error).message) : problems.internal()
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? request.url
}
