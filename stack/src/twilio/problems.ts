/** An error in the form in which Twilio answers it. Texts and codes: https://www.twilio.com/docs/api/errors */
export class TwilioProblem extends Error {
  readonly code: number
  readonly status: number

  constructor(status: number, code: number, message: string) {
    super(message)
    this.code = code
    this.status = status
  }

  body(): { code: number; message: string; more_info: string; status: number } {
    const { code, message, status } = this
    return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }
  }
}

const bad = (code: number, message: string): TwilioProblem => new TwilioProblem(400, code, message)

/** A phone number as Twilio writes it in messages: without its last four digits. */
const masked = (number: string): string => number.replace(/\d{4}$/, 'XXXX')

export const problems = {
  unauthenticated: () => new TwilioProblem(401, 20003, 'Authenticate'),
  notFound: (path: string) => new TwilioProblem(404, 20404, `The requested resource ${path} was not found`),
  tooManyRequests: () => new TwilioProblem(429, 20429, 'Too Many Requests'),
  internal: (status = 500) => new TwilioProblem(status, 20500, 'An internal server error has occurred'),
  noWebhook: () => bad(20001, 'No webhook for messages that come in: set TWILIO_SIMULATOR_INBOUND_URL, or PUT {"url":"http://…"} to /simulator/inbound-url'),
  invalidParameter: (name: string) => bad(20001, `Invalid parameter: ${name}`),

  toMissing: () => bad(21604, "A 'To' phone number is required."),
  toInvalid: (to: string) => bad(21211, `Invalid 'To' Phone Number: ${masked(to)}`),
  toUnroutable: (to: string, from: string) =>
    bad(21612, `Message cannot be sent with the current combination of 'To' (${masked(to)}) and/or 'From' (${masked(from)}) parameters`),
  toNotPermitted: (to: string) => bad(21408, `Permission to send an SMS has not been enabled for the region indicated by the 'To' number: ${masked(to)}`),
  toBlocked: () => bad(21610, 'Attempt to send to unsubscribed recipient'),
  toNotMobile: (to: string) => bad(21614, `'To' number is not a valid mobile number: ${masked(to)}`),
  fromMissing: () => bad(21603, "A 'From' phone number is required."),
  fromInvalid: (from: string) => bad(21212, `The 'From' number ${from} is not a valid phone number, shortcode, or alphanumeric sender ID.`),
  fromNotOwned: (from: string) =>
    bad(21606, `The From phone number ${from} is not a valid, SMS-capable inbound phone number or short code for your account.`),
  fromQueueFull: (from: string) => new TwilioProblem(429, 21611, `This 'From' number ${from} has exceeded the maximum number of queued messages`),
  fromIsTo: () => bad(21266, "'To' and 'From' number cannot be the same"),
  serviceInvalid: () => bad(21705, 'The Messaging Service Sid is invalid.'),
  bodyMissing: () => bad(21602, 'Message body is required.'),
  bodyTooLong: () => bad(21617, 'The concatenated message body exceeds the 1600 character limit.'),
  callbackInvalid: (url: string) => bad(21609, `The StatusCallback URL ${url} is not a valid URL.`),
}
