import type { Message } from './message.js'
import { newMessage } from './message.js'
import type { MessageStore } from './message-store.js'
import { checkSendRequest, isWebAddress } from './send-request.js'
import { problems } from './problems.js'
import { callWebhook, causeOf, type WebhookOptions } from './webhook.js'

/** An SMS of a person to a number of the account. */
export interface InboundRequest {
  /** The person's number. */
  from: string
  to: string
  body: string
}

export interface InboundOptions extends WebhookOptions {
  store: MessageStore
  accountSid: string
  /** What is called with the message. */
  webhook: string
}

/** What came of it. */
export interface Received {
  message: Message
  /** HTTP status of the webhook; 0 when there was no answer. */
  webhookStatus: number
  /** What the webhook's TwiML answers, each on its way to the person. */
  replies: Message[]
}

/** Reads a request's JSON or form. @throws TwilioProblem naming what is wrong */
export function inboundFrom(body: unknown): InboundRequest {
  const field = (name: 'from' | 'to' | 'body'): string => {
    // Of a form, the last that says something: the button pressed, or else the text written.
    const values: unknown[] = body instanceof URLSearchParams ? body.getAll(name) : [(body as Record<string, unknown> | null)?.[name]]
    const value = values.findLast((one) => typeof one === 'string' && one !== '')
    if (typeof value !== 'string') throw problems.invalidParameter(name)
    return value
  }
  const ours = field('to')
  // A person's number is one that could be sent to.
  const answer = checkSendRequest(new URLSearchParams({ To: field('from'), From: ours, Body: field('body') }), undefined)
  return { from: answer.to, to: answer.from ?? ours, body: answer.body }
}

/** Reads the address of the webhook; null for none. @throws TwilioProblem */
export function webhookFrom(body: unknown): string | null {
  const url = typeof body === 'object' && body !== null && 'url' in body ? body.url : undefined
  if (url === null) return null
  if (typeof url !== 'string' || !isWebAddress(url)) throw problems.invalidParameter('url')
  return url
}

/** Takes a message in as Twilio does: it stands in the list, the webhook is called with it, and what that answers is sent. */
export async function receive({ from, to, body }: InboundRequest, { store, accountSid, authToken, webhook, route, signal }: InboundOptions): Promise<Received> {
  const message: Message = {
    ...newMessage({ to, from, messagingServiceSid: null, body, media: 0 }, accountSid, new Date()),
    direction: 'inbound',
    status: 'received',
  }
  store.put({ message })
  const parameters: Record<string, string> = {
    AccountSid: accountSid,
    ApiVersion: message.api_version,
    Body: body,
    From: from,
    MessageSid: message.sid,
    NumMedia: '0',
    NumSegments: message.num_segments,
    SmsMessageSid: message.sid,
    SmsSid: message.sid,
    SmsStatus: 'received',
    To: to,
  }
  const { status, twiml } = await call(webhook, parameters, { authToken, route, signal })
  const replies = messagesOf(twiml).map((text): Message => ({
    ...newMessage({ to: from, from: to, messagingServiceSid: null, body: text, media: 0 }, accountSid, new Date()),
    direction: 'outbound-reply',
  }))
  for (const reply of replies) store.put({ message: reply })
  return { message, webhookStatus: status, replies }
}

async function call(url: string, parameters: Readonly<Record<string, string>>, options: WebhookOptions): Promise<{ status: number; twiml: string }> {
  try {
    const response = await callWebhook(url, parameters, options)
    const text = await response.text()
    return { status: response.status, twiml: response.ok ? text : '' }
  } catch (error) {
    console.error(`the webhook ${url} did not answer: ${causeOf(error)}`)
    return { status: 0, twiml: '' }
  }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The texts of a TwiML document's messages. */
export function messagesOf(twiml: string): string[] {
  return [...twiml.matchAll(/<Message\b[^>]*>(?:\s*<Body>)?([^<]*)(?:<\/Body>\s*)?<\/Message>/g)].map(([, text = '']) =>
    text.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(String(hex), 16))
      return entities[String(name)] ?? String(whole)
    }),
  )
}
