import { randomBytes } from 'node:crypto'
import type { SendRequest } from './send-request.js'
import { segmentsOf } from './segments.js'

export type MessageStatus = 'accepted' | 'queued' | 'sent' | 'delivered' | 'undelivered' | 'received'

/** A message as the API shows it (schema `api.v2010.account.message` of Twilio's OpenAPI document). */
export interface Message {
  account_sid: string
  api_version: string
  body: string
  /** RFC 2822, as all its dates. */
  date_created: string
  date_sent: string | null
  date_updated: string
  direction: 'outbound-api' | 'outbound-reply' | 'inbound'
  error_code: number | null
  error_message: string | null
  from: string | null
  messaging_service_sid: string | null
  num_media: string
  num_segments: string
  price: string | null
  price_unit: string
  sid: string
  status: MessageStatus
  subresource_uris: { media: string }
  to: string
  uri: string
}

export const API_VERSION = '2010-04-01'

/** A new message: queued, or accepted by a messaging service that has yet to choose its sender. */
export function newMessage(request: SendRequest, accountSid: string, now: Date): Message {
  const sid = `${request.media > 0 ? 'MM' : 'SM'}${randomBytes(16).toString('hex')}`
  const path = `/${API_VERSION}/Accounts/${accountSid}/Messages/${sid}`
  const created = rfc2822(now)
  const byService = request.from === null
  return {
    account_sid: accountSid,
    api_version: API_VERSION,
    body: request.body,
    date_created: created,
    date_sent: null,
    date_updated: created,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: request.from,
    messaging_service_sid: request.messagingServiceSid,
    num_media: String(request.media),
    num_segments: byService ? '0' : String(segmentsOf(request.body)),
    price: null,
    price_unit: 'USD',
    sid,
    status: byService ? 'accepted' : 'queued',
    subresource_uris: { media: `${path}/Media.json` },
    to: request.to,
    uri: `${path}.json`,
  }
}

/** `Thu, 24 Aug 2023 05:01:45 +0000` */
export function rfc2822(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000')
}
