import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Message } from './message.js'
import { createSimulator } from './simulator.js'
import type { SimulatorOptions } from './simulator.js'

const accountSid = `AC${'1'.repeat(32)}`
const authToken = 'a-token'
const base = `/2010-04-01/Accounts/${accountSid}`
const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
const right = { To: '+436641234567', From: '+15005550006', Body: 'Hello' }

/** For machines that are busy: deliveries take milliseconds. */
const PATIENTLY = { timeout: 4000 }

type Simulator = ReturnType<typeof createSimulator>
const open: Simulator[] = []
const simulator = (options: Partial<SimulatorOptions> = {}): Simulator => {
  const created = createSimulator({ accountSid, authToken, statusDelayMs: 5, maxPerSecond: 0, keep: 100, ...options })
  open.push(created)
  return created
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

const send = (to: Simulator, form: Record<string, string>, headers: Record<string, string> = { authorization }) =>
  to.inject({
    method: 'POST',
    url: `${base}/Messages.json`,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(form).toString(),
  })
const get = (from: Simulator, url: string) => from.inject({ url, headers: { authorization } })

describe('sending', () => {
  it('answers 201 with the queued message, which is delivered soon after', async () => {
    const one = simulator()
    const answer = await send(one, right)
    expect(answer.statusCode).toBe(201)
    const message = answer.json<Message>()
    expect(message).toMatchObject({ to: right.To, from: right.From, body: 'Hello', status: 'queued', date_sent: null, num_segments: '1' })
    await vi.waitFor(async () => expect((await get(one, message.uri)).json()).toMatchObject({ status: 'delivered', date_sent: expect.any(String) }), PATIENTLY)
  })

  it('lets a messaging service choose the sender when it sends', async () => {
    const one = simulator({ from: '+436649999999' })
    const { To, Body } = right
    const message = (await send(one, { To, Body, MessagingServiceSid: `MG${'a'.repeat(32)}` })).json<Message>()
    expect(message).toMatchObject({ status: 'accepted', from: null, num_segments: '0' })
    const delivered = { status: 'delivered', from: '+436649999999', num_segments: '1' }
    await vi.waitFor(async () => expect((await get(one, message.uri)).json()).toMatchObject(delivered), PATIENTLY)
  })

  it('answers errors as Twilio words them', async () => {
    expect((await send(simulator(), { ...right, To: '+15005550001' })).json()).toEqual({
      code: 21211,
      message: "Invalid 'To' Phone Number: +1500555XXXX",
      more_info: 'https://www.twilio.com/docs/errors/21211',
      status: 400,
    })
  })

  it('answers a body that is no form with a 4xx in the same shape', async () => {
    const answer = await simulator().inject({ method: 'POST', url: `${base}/Messages.json`, headers: { authorization }, payload: { To: '+1' } })
    expect(answer.json()).toMatchObject({ code: 21604, status: 400 })
    const xml = { authorization, 'content-type': 'text/xml' }
    expect((await simulator().inject({ method: 'POST', url: `${base}/Messages.json`, headers: xml, payload: '<a/>' })).json()).toMatchObject({ status: 415 })
  })
})

describe('the account', () => {
  it.each([
    ['no credentials', {}],
    ['a wrong token', { authorization: `Basic ${Buffer.from(`${accountSid}:wrong`).toString('base64')}` }],
    ['another scheme', { authorization: `Bearer ${authToken}` }],
  ])('is closed to %s', async (_name, headers) => {
    const answer = await send(simulator(), right, headers as Record<string, string>)
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toMatch(/^Basic /)
    expect(answer.json()).toMatchObject({ code: 20003, message: 'Authenticate', status: 401 })
  })

  it('is the only one', async () => {
    const other = await get(simulator(), `/2010-04-01/Accounts/AC${'2'.repeat(32)}/Messages.json`)
    expect(other.json()).toMatchObject({ code: 20003, status: 401 })
  })

  it.each([`${base}/Messages/SM${'0'.repeat(32)}.json`, `${base}/Messages/x.json`, `${base}/Calls.json`])('has no %s', async (url) => {
    expect((await get(simulator(), url)).json()).toMatchObject({
      code: 20404,
      message: `The requested resource ${url} was not found`,
      status: 404,
    })
  })
})

describe('status callbacks', () => {
  /** A server that notes the callbacks it gets. */
  async function receiver(): Promise<{ url: string; received: { parameters: Record<string, string>; signature: string }[] }> {
    const received: { parameters: Record<string, string>; signature: string }[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        received.push({
          parameters: Object.fromEntries(new URLSearchParams(body)),
          signature: String(request.headers['x-twilio-signature']),
        })
        response.writeHead(204).end()
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/status?a=1&b=%20`, received }
  }

  it('tell queued, sent, delivered in this order, signed so that the official package accepts them', async () => {
    const { url, received } = await receiver()
    const message = (await send(simulator(), { ...right, StatusCallback: `${url}#rc=2` })).json<Message>()
    await vi.waitFor(() => expect(received).toHaveLength(3), PATIENTLY)
    expect(received.map(({ parameters }) => parameters.MessageStatus)).toEqual(['queued', 'sent', 'delivered'])
    for (const { parameters, signature } of received) {
      expect(parameters).toMatchObject({ MessageSid: message.sid, AccountSid: accountSid, To: right.To, From: right.From })
      expect(validateRequest(authToken, signature, url, parameters)).toBe(true)
      expect(validateRequest('another token', signature, url, parameters)).toBe(false)
    }
  })

  it('tell of a delivery that fails, with its error code', async () => {
    const { url, received } = await receiver()
    const one = simulator()
    await one.inject({ method: 'PUT', url: '/simulator/failures', payload: { delivery: { [right.To]: 30003 } } })
    const message = (await send(one, { ...right, StatusCallback: url })).json<Message>()
    await vi.waitFor(() => expect(received.at(-1)?.parameters).toMatchObject({ MessageStatus: 'undelivered', ErrorCode: '30003' }), PATIENTLY)
    expect((await get(one, message.uri)).json()).toMatchObject({ status: 'undelivered', error_code: 30003 })
  })

  it('that nobody answers do not keep the message from being delivered', async () => {
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => complaints.mockRestore())
    const one = simulator()
    const message = (await send(one, { ...right, StatusCallback: 'http://127.0.0.1:1/' })).json<Message>()
    await vi.waitFor(async () => expect((await get(one, message.uri)).json()).toMatchObject({ status: 'delivered' }), PATIENTLY)
  })
})

describe('failures on demand', () => {
  it.each([
    [429, 20429],
    [503, 20500],
  ])('answer the next requests to send with %i', async (status, code) => {
    const one = simulator()
    await one.inject({ method: 'PUT', url: '/simulator/failures', payload: { send: { status, times: 2 } } })
    for (let request = 0; request < 2; request++) expect((await send(one, right)).json()).toMatchObject({ status, code })
    expect((await send(one, right)).statusCode).toBe(201)
  })

  it.each([[null], [{ send: { status: 200, times: 1 } }], [{ send: { status: 429 } }], [{ delivery: { '+1': 'x' } }]])(
    'are refused when they make no sense: %j',
    async (plan) => {
      const answer = await simulator().inject({ method: 'PUT', url: '/simulator/failures', headers: { 'content-type': 'application/json' }, payload: JSON.stringify(plan) })
      expect(answer.statusCode).toBe(400)
    },
  )

  it('come by themselves above the rate that is allowed', async () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const one = simulator({ maxPerSecond: 2 })
    const statuses = async (): Promise<number[]> => {
      const answers = []
      for (let request = 0; request < 3; request++) answers.push((await send(one, right)).statusCode)
      return answers
    }
    expect(await statuses()).toEqual([201, 201, 429])
    vi.setSystemTime(1000)
    expect(await statuses()).toEqual([201, 201, 429])
  })
})

it('goes on where it was killed', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'simulator-test-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const journal = join(dir, 'journal')
  const killed = simulator({ journal, statusDelayMs: 60_000 })
  const message = (await send(killed, right)).json<Message>()
  await killed.close()

  const again = simulator({ journal })
  await vi.waitFor(async () => expect((await get(again, message.uri)).json()).toMatchObject({ body: 'Hello', status: 'delivered' }), PATIENTLY)
})

it('shows its messages to people without credentials', async () => {
  const one = simulator()
  await send(one, { ...right, Body: 'Was this <you>?' })
  const page = await one.inject('/')
  expect(page.headers['content-type']).toMatch(/^text\/html/)
  expect(page.body).toContain('Was this &#60;you&#62;?')
})

it("shows a person's phone: what came, the newest first, and what they wrote", async () => {
  const one = simulator()
  await send(one, { ...right, Body: 'Was this you?' })
  await send(one, { ...right, To: '+436649999999', Body: 'To somebody else' })
  const phone = await one.inject(`/simulator/messages?phone=${encodeURIComponent(right.To)}`)
  expect(phone.json()).toEqual([{ direction: 'outbound-api', from: right.From, to: right.To, status: expect.any(String), body: 'Was this you?' }])
  expect((await one.inject('/simulator/messages')).json<unknown[]>()).toHaveLength(2)
})
