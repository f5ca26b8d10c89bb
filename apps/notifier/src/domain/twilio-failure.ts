import type { SendFailure } from './failure.js'
import { withoutAddresses } from './masking.js'

/** What is known of a failed request to Twilio. */
export interface TwilioError {
  readonly message: string
  /** HTTP status; undefined when there was no answer. */
  readonly status?: number | undefined
  /** Twilio's error code (https://www.twilio.com/docs/api/errors), such as 21211; or Node's for a lost connection. */
  readonly code?: number | string | undefined
  /** The answer's `Retry-After`: seconds, or an HTTP date. */
  readonly retryAfter?: string | undefined
}

/** Codes of status 400 that are about the sender, not about the recipient. */
const senderCodes = new Set([21212, 21401, 21601, 21603, 21606, 21659, 21660, 21661, 21705])

/** The queue of the sender is full. */
const queueFull = 21611

/**
 * What a failed SMS comes to. Twilio asks not to rest on single codes, as they are split now and then: so the status
 * decides, and the codes named here are only those of a 400 that is not about the recipient.
 *
 * | answer | comes to |
 * | --- | --- |
 * | 400 (21211 no number, 21610 opted out, 21614 no mobile, …) | final |
 * | 400 about the sender (21606, 21659, …) | channel, wrong TWILIO_FROM |
 * | 401 | channel, wrong TWILIO_AUTH_TOKEN |
 * | 403, 404 | channel, wrong TWILIO_ACCOUNT_SID (suspended, or not there) |
 * | 429, 502, 503, 504, or 21611 | channel, after Retry-After if given |
 * | 408, 409, 500 and other 5xx | message |
 * | other 4xx | final |
 * | none, or a redirect | channel |
 */
export function twilioFailure({ message, status, code, retryAfter }: TwilioError, now: number): SendFailure {
  const known = { code: codeOf(status, code), reason: withoutAddresses(message) }
  if (status === undefined) return code === undefined ? { scope: 'message', ...known } : { scope: 'channel', ...known }
  if (status === 401) return { scope: 'channel', ...known, wrongVariable: 'TWILIO_AUTH_TOKEN' }
  if (status === 403 || status === 404) return { scope: 'channel', ...known, wrongVariable: 'TWILIO_ACCOUNT_SID' }
  if (status === 429 || code === queueFull || (status >= 502 && status <= 504)) {
    const retryAfterMs = parseRetryAfter(retryAfter, now)
    return { scope: 'channel', ...known, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  }
  if (typeof code === 'number' && senderCodes.has(code)) return { scope: 'channel', ...known, wrongVariable: 'TWILIO_FROM' }
  if (status >= 500 || status === 408 || status === 409) return { scope: 'message', ...known }
  if (status < 400) return { scope: 'channel', ...known }
  return { scope: 'final', ...known }
}

function codeOf(status: number | undefined, code: number | string | undefined): string {
  if (typeof code === 'number') return `TWILIO_${code}`
  if (status !== undefined) return `TWILIO_HTTP_${status}`
  return code ?? 'TWILIO_UNKNOWN'
}

/** RFC 9110, section 10.2.3. @returns milliseconds from now; undefined when it cannot be read */
function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
