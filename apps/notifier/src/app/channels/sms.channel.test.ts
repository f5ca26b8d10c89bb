import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { exampleAlert } from '../../domain/example-alert.js'
import { shippedTexts as texts } from '../texts/shipped.fixture.js'
import type { MessageChannel, MessageToSend } from './channel.js'
import { type SmsOptions, smsChannel } from './sms.channel.js'

interface Seen {
  readonly method: string
  readonly path: string
  readonly authorization: string
  readonly form: Record<string, string>
}

const accountSid = `AC${'0'.repeat(32)}`
const accepted = { status: 201, body: { sid: `SM${'1'.repeat(32)}`, status: 'queued' } }

describe('the SMS channel', () => {
  let server: Server | undefined
  let channel: MessageChannel | undefined
  let seen: Seen[] = []

  afterEach(async () => {
    channel?.close()
    server?.closeAllConnections()
    if (server?.listening) await once(server.close(), 'close')
    seen = []
  })

  const message = (changes: Partial<MessageToSend> = {}): MessageToSend => ({
    id: '0199a1b2-c3d4-7000-8000-0000000000aa',
    recipient: '+4930231250089',
    content: { kind: 'alert', alert: exampleAlert(), question: null },
    addressee: { given_name: 'Jane', time_zone: 'Europe/Berlin', language: 'en' },
    ...changes,
  })
  const signal = new AbortController().signal

  async function channelTo(
    answer: { status: number; body: unknown; headers?: Record<string, string> },
    { path = '', ...options }: Partial<SmsOptions> & { path?: string } = {},
  ): Promise<MessageChannel> {
    const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const { method = '', url = '', headers } = request
      seen.push({ method, path: url, authorization: headers.authorization ?? '', form: Object.fromEntries(new URLSearchParams(await text(request))) })
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(JSON.stringify(answer.body))
    }
    server = createServer((request, response) => {
      listener(request, response).catch((error: unknown) => response.destroy(error as Error))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
    channel = smsChannel({ accountSid, authToken: 'secret', from: '+15005550006', apiUrl, concurrency: 2, statusCallback: (id) => `https://alerts.bank.example/v1/twilio/status?delivery=${id}`, texts, ...options })
    return channel
  }

  async function failureOf(sending: MessageChannel, sent = message()) {
    const error: unknown = await sending.send(sent, signal).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeDefined()
    return sending.failureOf(error)
  }

  it("asks for the message at the address given, in the account's name", async () => {
    const sending = await channelTo(accepted, { path: '/twilio' })
    expect(await sending.send(message(), signal)).toBe(accepted.body.sid)
    expect(seen).toEqual([
      {
        method: 'POST',
        path: `/twilio/2010-04-01/Accounts/${accountSid}/Messages.json`,
        authorization: `Basic ${Buffer.from(`${accountSid}:secret`).toString('base64')}`,
        form: {
          To: '+4930231250089',
          From: '+15005550006',
          Body: expect.stringMatching(/^Swipestream: we declined EUR 1,499.00 at /),
          StatusCallback: 'https://alerts.bank.example/v1/twilio/status?delivery=0199a1b2-c3d4-7000-8000-0000000000aa',
        },
      },
    ])
  })

  it('sends by a messaging service when the sender is one', async () => {
    const from = `MG${'2'.repeat(32)}`
    await (await channelTo(accepted, { from })).send(message(), signal)
    expect(seen[0]?.form).toMatchObject({ MessagingServiceSid: from })
    expect(seen[0]?.form).not.toHaveProperty('From')
  })

  it.each([
    ['a number that is none', { status: 400, body: { code: 21211, message: 'Invalid' } }, { scope: 'final', code: 'TWILIO_21211' }],
    ['a sender that is not ours', { status: 400, body: { code: 21606, message: 'x' } }, { scope: 'channel', wrongVariable: 'TWILIO_FROM' }],
    ['a wrong token', { status: 401, body: { code: 20003, message: 'x' } }, { scope: 'channel', wrongVariable: 'TWILIO_AUTH_TOKEN' }],
    ['an account that is not there', { status: 404, body: { code: 20404, message: 'x' } }, { scope: 'channel', wrongVariable: 'TWILIO_ACCOUNT_SID' }],
    [
      'too many requests, and when to come back',
      { status: 429, body: { code: 20429, message: 'Too Many Requests' }, headers: { 'retry-after': '3' } },
      { scope: 'channel', code: 'TWILIO_20429', reason: 'Too Many Requests', retryAfterMs: 3000 },
    ],
    ['an answer that is not JSON', { status: 503, body: '<html>' }, { scope: 'channel', code: 'TWILIO_HTTP_503', reason: 'HTTP status 503' }],
  ])('understands %s', async (_what, answer, failure) => {
    expect(await failureOf(await channelTo(answer))).toMatchObject(failure)
  })

  it('understands a server that is not there', async () => {
    const sending = await channelTo(accepted)
    server?.close()
    expect(await failureOf(sending)).toMatchObject({ scope: 'channel', code: 'ECONNREFUSED' })
  })

  it.each(['', 'jane', '030231250089', '+49 30 23125'])('does not ask Twilio about the number %j', async (recipient) => {
    const sending = await channelTo(accepted)
    expect(await failureOf(sending, message({ recipient }))).toMatchObject({ scope: 'final', code: 'RECIPIENT_INVALID' })
    expect(seen).toEqual([])
  })
})
