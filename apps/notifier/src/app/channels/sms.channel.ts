import { Agent } from 'node:http'
// Not the package's main module, which loads every part of Twilio's API: three times the time.
import RequestClient from 'twilio/lib/base/RequestClient.js'
import type http from 'twilio/lib/http/response.js'
import Twilio from 'twilio/lib/rest/Twilio.js'
import { isPhoneNumber } from '../../domain/contact.js'
import type { SendFailure } from '../../domain/failure.js'
import type { Texts } from '../../domain/to-tell.js'
import { twilioFailure } from '../../domain/twilio-failure.js'
import { type MessageChannel, RecipientInvalid } from './channel.js'

export interface SmsOptions {
  readonly accountSid: string
  readonly authToken: string
  /** A number, a sender id, or a messaging service (`MG…`). */
  readonly from: string
  /** Instead of https://api.twilio.com. */
  readonly apiUrl: string | undefined
  readonly concurrency: number
  /** Where Twilio reports what became of a message, given the delivery's id. */
  readonly statusCallback: (deliveryId: string) => string
  readonly texts: Texts
}

/** Longest wait for an answer, in milliseconds. */
const requestTimeoutMs = 15_000

/**
 * SMS by Twilio's Messages API.
 *
 * The API takes no idempotency key: a request whose answer is lost may have sent the message, and is sent again. So is
 * a message whose sender is killed between the answer and the ledger's mark.
 */
export function smsChannel({ accountSid, authToken, from, apiUrl, concurrency, statusCallback, texts }: SmsOptions): MessageChannel {
  const httpClient = new TwilioRequests(apiUrl, concurrency)
  const client = new Twilio(accountSid, authToken, { httpClient })
  const sender = /^MG[0-9a-fA-F]{32}$/.test(from) ? { messagingServiceSid: from } : { from }
  // Loaded by the first access: now, not when the first customer waits.
  const messages = client.messages

  return {
    name: 'sms',
    concurrency,

    async send({ id, recipient, content, addressee }) {
      if (!isPhoneNumber(recipient)) throw new RecipientInvalid('not a telephone number in E.164')
      const { sid } = await messages.create({ to: recipient, body: texts.sms(content, addressee), statusCallback: statusCallback(id), ...sender })
      return sid
    },

    failureOf: (error) => smsFailure(error),

    close() {
      httpClient.close()
    },
  }
}

/** An answer of Twilio that is no success. */
class TwilioRefusal extends Error {
  override readonly name = 'TwilioRefusal'

  constructor(
    readonly status: number,
    readonly code: number | undefined,
    message: string,
    readonly retryAfter: string | undefined,
  ) {
    super(message)
  }
}

/**
 * The client's way to the network: to another address when one is given, and with `Retry-After`, which the client's own
 * error leaves out.
 */
class TwilioRequests extends RequestClient {
  readonly #base: URL | undefined
  /** For a simulator without TLS; the client's own agent is for HTTPS. */
  readonly #plain: Agent

  constructor(apiUrl: string | undefined, concurrency: number) {
    super({ timeout: requestTimeoutMs, maxSockets: concurrency, maxTotalSockets: concurrency, maxFreeSockets: concurrency })
    this.#plain = new Agent({ keepAlive: true, maxSockets: concurrency, maxFreeSockets: concurrency })
    this.axios.defaults.httpAgent = this.#plain
    this.#base = apiUrl === undefined ? undefined : new URL(apiUrl)
  }

  override async request<T>(options: RequestClient.RequestOptions<T>): Promise<http.default<T>> {
    const response = await super.request({ ...options, uri: this.#redirected(options.uri) })
    if (response.statusCode >= 200 && response.statusCode < 300) return response
    const body: unknown = response.body
    const { code, message } = typeof body === 'object' && body !== null ? (body as { code?: unknown; message?: unknown }) : {}
    const retryAfter: unknown = response.headers?.['retry-after']
    throw new TwilioRefusal(
      response.statusCode,
      typeof code === 'number' ? code : undefined,
      typeof message === 'string' ? message : `HTTP status ${response.statusCode}`,
      typeof retryAfter === 'string' ? retryAfter : undefined,
    )
  }

  close(): void {
    this.#plain.destroy()
    const agent: unknown = this.axios.defaults.httpsAgent
    if (typeof agent === 'object' && agent !== null && 'destroy' in agent && typeof agent.destroy === 'function') agent.destroy()
  }

  #redirected(uri: string): string {
    if (this.#base === undefined) return uri
    const { pathname, search } = new URL(uri)
    const target = new URL(this.#base)
    target.pathname = target.pathname.replace(/\/$/, '') + pathname
    target.search = search
    return target.href
  }
}

function smsFailure(error: unknown): SendFailure {
  if (error instanceof RecipientInvalid) return error.asFailure()
  if (!(error instanceof Error)) return twilioFailure({ message: String(error) }, Date.now())
  if (error instanceof TwilioRefusal) return twilioFailure(error, Date.now())
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return twilioFailure({ message: error.message || String(code), code }, Date.now())
}
