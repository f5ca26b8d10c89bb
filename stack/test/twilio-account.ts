import twilio from 'twilio'
import type RequestClient from 'twilio/lib/base/RequestClient.js'

/** The account on the simulator of the test stack. */
export function account(): { sid: string; token: string; from: string; url: string } {
  const value = (name: string): string => {
    const text = process.env[name]
    if (!text) throw new Error(`${name} is not set: these tests run with test/global-setup.ts`)
    return text
  }
  return { sid: value('TWILIO_ACCOUNT_SID'), token: value('TWILIO_AUTH_TOKEN'), from: value('TWILIO_FROM'), url: value('TWILIO_API_URL') }
}

export type TwilioRequest = RequestClient.RequestOptions<unknown>

/** Sends to another address what the official client would send to api.twilio.com; the request is otherwise its own. */
export class Redirected extends twilio.RequestClient {
  readonly requests: TwilioRequest[] = []
  readonly answers: { statusCode: number; body: unknown }[] = []
  readonly #url: string

  constructor(url: string) {
    super()
    this.#url = url
  }

  override async request<T>(options: RequestClient.RequestOptions<T>) {
    this.requests.push(options)
    const uri = options.uri.replace('https://api.twilio.com', this.#url)
    const answer = await super.request({ ...options, uri })
    this.answers.push({ statusCode: answer.statusCode, body: answer.body })
    return answer
  }
}
