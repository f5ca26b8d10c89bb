import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import twilio from 'twilio'
import { describe, expect, it, onTestFinished } from 'vitest'
import { account, Redirected } from './twilio-account.js'

const { sid, token, from, url } = account()
const client = twilio(sid, token, { httpClient: new Redirected(url) })
/** A number of this run, so that lists hold what this test has sent. */
const to = `+43664${String(Date.now()).slice(-9)}`

describe('the official twilio package', () => {
  it('sends a message, and fetches it until it is delivered', async () => {
    const sent = await client.messages.create({ to, from, body: 'Was this you? 👍' })
    expect(sent).toMatchObject({ to, from, body: 'Was this you? 👍', status: 'queued', direction: 'outbound-api', errorCode: null })
    expect(sent.dateCreated.getTime()).toBeGreaterThan(Date.now() - 60_000)
    await expect.poll(async () => (await client.messages(sent.sid).fetch()).status, { timeout: 10_000 }).toBe('delivered')
  })

  it('lists messages over several pages', async () => {
    const many = `${to}1`
    for (let number = 0; number < 7; number++) await client.messages.create({ to: many, from, body: String(number) })
    const listed = await client.messages.list({ to: many, pageSize: 3 })
    expect(listed.map(({ body }) => body)).toEqual(['6', '5', '4', '3', '2', '1', '0'])
  })

  it.each([
    ['an invalid number', { to: '+15005550001', from, body: 'x' }, { status: 400, code: 21211 }],
    ['an unsubscribed recipient', { to: '+15005550004', from, body: 'x' }, { status: 400, code: 21610 }],
    ['a sender that is not ours', { to, from: '+15005550007', body: 'x' }, { status: 400, code: 21606 }],
    ['a full queue', { to, from: '+15005550008', body: 'x' }, { status: 429, code: 21611 }],
    ['no text', { to, from, body: '' }, { status: 400, code: 21602 }],
  ])('reports %s as its own kind of error', async (_name, message, expected) => {
    const refused = client.messages.create(message)
    await expect(refused).rejects.toBeInstanceOf(twilio.RestException)
    await expect(refused).rejects.toMatchObject({ ...expected, moreInfo: `https://www.twilio.com/docs/errors/${expected.code}` })
  })

  it('reports wrong credentials and unknown messages', async () => {
    const stranger = twilio(sid, 'wrong', { httpClient: new Redirected(url) })
    await expect(stranger.messages.create({ to, from, body: 'x' })).rejects.toMatchObject({ status: 401, code: 20003 })
    await expect(client.messages(`SM${'0'.repeat(32)}`).fetch()).rejects.toMatchObject({ status: 404, code: 20404 })
  })

  it('accepts the signature of the callbacks', async () => {
    const statuses: string[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        const parameters = Object.fromEntries(new URLSearchParams(body))
        const signature = String(request.headers['x-twilio-signature'])
        if (twilio.validateRequest(token, signature, callback, parameters)) statuses.push(parameters.MessageStatus ?? '')
        response.writeHead(204).end()
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const callback = `http://127.0.0.1:${(server.address() as AddressInfo).port}/twilio/status?delivery=1`
    await client.messages.create({ to, from, body: 'x', statusCallback: callback })
    await expect.poll(() => statuses, { timeout: 10_000 }).toEqual(['queued', 'sent', 'delivered'])
  })
})
