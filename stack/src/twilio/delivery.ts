import { setTimeout as sleep } from 'node:timers/promises'
import { rfc2822 } from './message.js'
import type { Message, MessageStatus } from './message.js'
import type { MessageStore, Stored } from './message-store.js'
import { segmentsOf } from './segments.js'
import { callWebhook, causeOf, type WebhookOptions } from './webhook.js'

export interface DeliveryOptions extends WebhookOptions {
  store: MessageStore
  /** The sender a messaging service chooses. */
  sender: string
  statusDelayMs: number
  /** The error code with which delivery to this number fails, if it does. */
  failureOf: (to: string) => number | undefined
}

/** Takes a message from where it is to its end: queued → sent → delivered or undelivered, calling back at each step. */
export async function deliver(sid: string, options: DeliveryOptions): Promise<void> {
  const { store, signal, statusDelayMs, failureOf } = options
  let entry = store.get(sid)
  while (entry && !signal.aborted) {
    const { message } = entry
    const next = nextStatus(message, failureOf(message.to))
    if (next === undefined) return
    const isFirst = message.status === 'queued'
    if (isFirst) await callBack(entry, options)
    try {
      await sleep(statusDelayMs, undefined, { signal })
    } catch {
      return // The simulator is closing. With a journal it goes on from here at the next start.
    }
    entry = { ...entry, message: advance(message, next, options) }
    store.put(entry)
    if (next !== 'queued') await callBack(entry, options)
  }
}

function nextStatus(message: Message, failure: number | undefined): MessageStatus | undefined {
  if (message.status === 'accepted') return 'queued'
  if (message.status === 'queued') return 'sent'
  if (message.status === 'sent') return failure === undefined ? 'delivered' : 'undelivered'
  return undefined
}

function advance(message: Message, status: MessageStatus, { sender, failureOf }: DeliveryOptions): Message {
  const now = rfc2822(new Date())
  const next: Message = { ...message, status, date_updated: now }
  if (status === 'queued') return { ...next, from: sender, num_segments: String(segmentsOf(message.body)) }
  if (status === 'sent') return { ...next, date_sent: now }
  if (status === 'undelivered') return { ...next, error_code: failureOf(message.to) ?? 30008, error_message: 'Message was not delivered' }
  return next
}

/** As Twilio does it: form, signed, one more try when there was no connection, and no regard to the answer. */
async function callBack({ message, statusCallback }: Stored, options: WebhookOptions): Promise<void> {
  if (statusCallback === undefined) return
  // The part behind # holds settings for Twilio's connection; it is neither sent nor signed.
  const url = statusCallback.replace(/#.*$/, '')
  const parameters: Record<string, string> = {
    AccountSid: message.account_sid,
    ApiVersion: message.api_version,
    From: message.from ?? '',
    MessageSid: message.sid,
    MessageStatus: message.status,
    SmsSid: message.sid,
    SmsStatus: message.status,
    To: message.to,
    ...(message.error_code === null ? {} : { ErrorCode: String(message.error_code) }),
    ...(message.messaging_service_sid === null ? {} : { MessagingServiceSid: message.messaging_service_sid }),
  }
  for (let attempt = 1; attempt <= 2; attempt++) {
    try {
      const response = await callWebhook(url, parameters, options)
      await response.arrayBuffer()
      return
    } catch (error) {
      if (options.signal.aborted) return
      console.error(`callback for ${message.sid} (${message.status}) to ${url} failed: ${causeOf(error)}`)
    }
  }
}
