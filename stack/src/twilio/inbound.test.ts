import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { messagesOf } from './inbound.js'
import type { Received } from './inbound.js'
import type { Message } from './message.js'
import { createSimulator } from './simulator.js'

const accountSid = `AC${'1'.repeat(32)}`
const authToken = 'a-token'
const messages = `/2010-04-01/Accounts/${accountSid}/Messages.json`
const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
const inbound = { from: '+436641234567', to: '+15005550006', body: 'NO 12 & ☃' }

/** For machines that are busy. */
const PATIENTLY = { timeout: 4000 }

type Simulator = ReturnType<typeof createSimulator>
const open: Simulator[] = []
function simulator(inboundUrl?: string): Simulator {
  const created = createSimulator({ accountSid, authToken, statusDelayMs: 5, maxPerSecond: 0, keep: 100, ...(inboundUrl === undefined ? {} : { inboundUrl }) })
  open.push(created)
  return created
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

/** What is called with messages, and how it is answered. */
async function webhook(status: number, twiml: string): Promise<{ url: string; calls: { form: Record<string, string>; signature: string }[] }> {
  const calls: { form: Record<string, string>; signature: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      calls.push({ form: Object.fromEntries(new URLSearchParams(body)), signature: String(request.headers['x-twilio-signature']) })
      response.writeHead(status, { 'content-type': 'text/xml' }).end(twiml)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/twilio/inbound?a=1`, calls }
}

const post = (to: Simulator, payload: object) => to.inject({ method: 'POST', url: '/simulator/inbound', payload })
const listed = async (of: Simulator): Promise<Message[]> => (await of.inject({ url: messages, headers: { authorization } })).json<{ messages: Message[] }>().messages
const send = (to: Simulator, number: string) =>
  to.inject({
    method: 'POST', url: messages, headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ To: number, From: inbound.to, Body: 'x' }).toString(),
  })

describe('an SMS of a customer', () => {
  it("is brought to the webhook, signed as the official package expects, and its answer is sent", async () => {
    const { url, calls } = await webhook(200, '<Response><Message>Thank you &amp; good-bye</Message></Response>')
    const one = simulator(url)
    const answer = await post(one, inbound)
    expect(answer.statusCode).toBe(201)
    const { message, webhookStatus, replies } = answer.json<Received>()
    expect(webhookStatus).toBe(200)
    expect(message).toMatchObject({ direction: 'inbound', status: 'received', from: inbound.from, to: inbound.to, body: inbound.body })
    expect(replies).toEqual([expect.objectContaining({ direction: 'outbound-reply', from: inbound.to, to: inbound.from, body: 'Thank you & good-bye' })])
    const [call] = calls
    expect(call?.form).toMatchObject({ MessageSid: message.sid, From: inbound.from, To: inbound.to, Body: inbound.body, SmsStatus: 'received' })
    expect(validateRequest(authToken, call?.signature ?? '', url, call?.form ?? {})).toBe(true)
    await vi.waitFor(async () => expect((await listed(one)).map(({ status }) => status)).toEqual(['delivered', 'received']), PATIENTLY)
  })

  it('is brought to where the webhook is by now', async () => {
    const { url, calls } = await webhook(200, '<Response/>')
    const one = simulator()
    expect((await post(one, inbound)).json()).toMatchObject({ status: 400, message: expect.stringContaining('/simulator/inbound-url') })
    expect((await one.inject({ method: 'PUT', url: '/simulator/inbound-url', payload: { url } })).json()).toEqual({ url })
    expect((await post(one, inbound)).json<Received>().replies).toEqual([])
    expect(calls).toHaveLength(1)
    expect((await one.inject({ method: 'PUT', url: '/simulator/inbound-url', payload: { url: 'ftp://x' } })).statusCode).toBe(400)
  })

  it('of a webhook that refuses, or is not there, is told so', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => {
      vi.restoreAllMocks()
    })
    const { url } = await webhook(403, '<Response><Message>x</Message></Response>')
    expect((await post(simulator(url), inbound)).json()).toMatchObject({ webhookStatus: 403, replies: [] })
    expect((await post(simulator('http://127.0.0.1:1/'), inbound)).json()).toMatchObject({ webhookStatus: 0, replies: [] })
  })

  it('of a form of the page leads back to it', async () => {
    const { url, calls } = await webhook(200, '<Response/>')
    const one = simulator(url)
    const form = (payload: string) => one.inject({ method: 'POST', url: '/simulator/inbound', headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload })
    const numbers = new URLSearchParams({ from: inbound.from, to: inbound.to }).toString()
    expect((await form(`${numbers}&body=&body=YES`)).headers['location']).toBe('/')
    await form(`${numbers}&body=No%2012`)
    expect(calls.map((call) => call.form['Body'])).toEqual(['YES', 'No 12'])
  })

  it.each([
    ['from', { ...inbound, from: 'Alice' }],
    ['to', { from: inbound.from, body: 'x' }],
    ['body', { ...inbound, body: '' }],
    ['body', { ...inbound, body: 'x'.repeat(1601) }],
  ])('is refused when %s is wrong', async (_name, request) => {
    expect((await post(simulator('http://127.0.0.1:1/'), request)).statusCode).toBe(400)
  })

  it('that is STOP ends what is sent to that number, until START', async () => {
    const { url } = await webhook(200, '<Response/>')
    const one = simulator(url)
    await post(one, { ...inbound, body: ' stop ' })
    expect((await send(one, inbound.from)).json()).toMatchObject({ status: 400, code: 21610 })
    expect((await send(one, '+436649999999')).statusCode).toBe(201)
    await post(one, { ...inbound, body: 'START' })
    expect((await send(one, inbound.from)).statusCode).toBe(201)
  })
})

describe('TwiML', () => {
  it.each([
    ['<Response/>', []],
    ['<?xml version="1.0"?><Response><Message>a &lt;b&gt; &#39;c&#x27; &amp;amp;</Message></Response>', ["a <b> 'c' &amp;"]],
    ['<Response><Message to="+1"><Body>a</Body></Message><Message>b</Message></Response>', ['a', 'b']],
    ['no document', []],
  ])('%s says %j', (twiml, texts) => {
    expect(messagesOf(twiml)).toEqual(texts)
  })
})
