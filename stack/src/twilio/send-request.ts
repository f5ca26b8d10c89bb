import { problems } from './problems.js'

/** What a request to send asks for, checked. */
export interface SendRequest {
  to: string
  /** Null with a messaging service, which chooses the sender when it sends. */
  from: string | null
  messagingServiceSid: string | null
  body: string
  media: number
  statusCallback?: string
}

const E164 = /^\+[1-9]\d{6,14}$/
const SHORT_CODE = /^\d{3,6}$/
/** Letters, digits and spaces, at most 11, at least one letter. */
const ALPHANUMERIC_SENDER = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/
const MAX_BODY = 1600

/** The sender of Twilio's test credentials, always ours. */
const TEST_SENDER = '+15005550006'

/**
 * Checks a request as Twilio does, its magic numbers included
 * (https://www.twilio.com/docs/iam/test-credentials#test-sms-messages).
 *
 * @param owned the number this account may send from; undefined: any
 * @throws TwilioProblem
 */
export function checkSendRequest(form: URLSearchParams, owned: string | undefined): SendRequest {
  const messagingServiceSid = form.get('MessagingServiceSid') || null
  const from = withoutBlanks(form.get('From') ?? '') || null
  const to = withoutBlanks(form.get('To') ?? '')
  const body = form.get('Body') ?? ''
  const media = form.getAll('MediaUrl').length
  const statusCallback = form.get('StatusCallback') ?? undefined

  if (!to) throw problems.toMissing()
  if (from === null && messagingServiceSid === null) throw problems.fromMissing()
  if (!body && media === 0 && !form.get('ContentSid')) throw problems.bodyMissing()
  if (messagingServiceSid !== null && !/^MG[0-9a-fA-F]{32}$/.test(messagingServiceSid)) throw problems.serviceInvalid()
  if (from !== null) checkSender(from, owned)
  checkRecipient(to, from)
  if (body.length > MAX_BODY) throw problems.bodyTooLong()
  if (statusCallback !== undefined && !isWebAddress(statusCallback)) throw problems.callbackInvalid(statusCallback)
  return { to, from, messagingServiceSid, body, media, ...(statusCallback === undefined ? {} : { statusCallback }) }
}

function checkSender(from: string, owned: string | undefined): void {
  if (from === '+15005550001') throw problems.fromInvalid(from)
  if (from === '+15005550007') throw problems.fromNotOwned(from)
  if (from === '+15005550008') throw problems.fromQueueFull(from)
  if (!E164.test(from) && !SHORT_CODE.test(from) && !ALPHANUMERIC_SENDER.test(from)) throw problems.fromInvalid(from)
  if (owned !== undefined && from !== withoutBlanks(owned) && from !== TEST_SENDER) throw problems.fromNotOwned(from)
}

function checkRecipient(to: string, from: string | null): void {
  if (!E164.test(to) || to === '+15005550001') throw problems.toInvalid(to)
  if (to === '+15005550002') throw problems.toUnroutable(to, from ?? '')
  if (to === '+15005550003') throw problems.toNotPermitted(to)
  if (to === '+15005550004') throw problems.toBlocked()
  if (to === '+15005550009') throw problems.toNotMobile(to)
  if (to === from) throw problems.fromIsTo()
}

/** A phone number without what people write between its digits; anything else as it is. */
function withoutBlanks(value: string): string {
  const trimmed = value.trim()
  return /^\+?[\d\s().-]+$/.test(trimmed) ? trimmed.replace(/[\s().-]/g, '') : trimmed
}

/** Whether something can be called there. */
export function isWebAddress(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
