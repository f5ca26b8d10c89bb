import { describe, expect, it } from 'vitest'
import type { NewInboxMessage } from '../../db/inbox.repository.js'
import { exampleAlert } from '../../domain/example-alert.js'
import { loadTexts, shippedDirectory } from '../texts/load.js'
import { appChannel } from './app.channel.js'

const message = {
  id: '0199a1b2-c3d4-7000-8000-0000000000aa',
  recipient: 'c1',
  content: { kind: 'alert', alert: exampleAlert(), question: null },
  addressee: { given_name: 'Jane', time_zone: 'Europe/Berlin', language: 'en' },
} as const
const texts = loadTexts(shippedDirectory)
const signal = new AbortController().signal

/** An error as PostgreSQL answers with it. */
const refusal = (code: string) => Object.assign(new Error(`refused for jane@example.org`), { code })

describe('the app channel', () => {
  function channel({ add = () => Promise.resolve('7'), send = () => Promise.resolve() }: { add?: () => Promise<string>; send?: () => Promise<void> } = {}) {
    const done: unknown[] = []
    const inbox = { add: (added: NewInboxMessage) => (done.push(added), add()) }
    const notices = { send: (customerId: string) => (done.push(customerId), send()) }
    return { done, app: appChannel({ inbox, notices, concurrency: 4, texts }) }
  }

  it("puts the text into the customer's inbox, then tells of it, and gives the inbox's id", async () => {
    const { app, done } = channel()
    expect(await app.send(message, signal)).toBe('7')
    const { title, body } = texts.inbox(message.content, message.addressee)
    expect(done).toEqual([{ deliveryId: message.id, customerId: 'c1', title, body }, 'c1'])
  })

  it('fails when it could not tell of it, so that the next attempt does', async () => {
    const { app } = channel({ send: () => Promise.reject(refusal('57P01')) })
    await expect(app.send(message, signal)).rejects.toThrow()
  })

  it('tells of nothing that is not there', async () => {
    const { app, done } = channel({ add: () => Promise.reject(refusal('57P01')) })
    await expect(app.send(message, signal)).rejects.toThrow()
    expect(done).toHaveLength(1)
  })

  it.each([
    ['a database that ends', refusal('57P01'), { scope: 'channel', code: 'POSTGRES_57P01' }],
    ['a database that is not there', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), { scope: 'channel', code: 'DATABASE_UNAVAILABLE' }],
    ['a database that does not answer', new Error('Query read timeout'), { scope: 'channel', code: 'DATABASE_UNAVAILABLE' }],
    ['a row that is refused', refusal('23503'), { scope: 'message', code: 'POSTGRES_23503' }],
    ['a text that is refused', refusal('22021'), { scope: 'message', code: 'POSTGRES_22021' }],
    ['a text that cannot be made', new Error('no text for ops'), { scope: 'message', code: 'INBOX_FAILED', reason: 'no text for ops' }],
  ])('understands %s', (_, error, failure) => {
    expect(channel().app.failureOf(error)).toMatchObject(failure)
    expect(channel().app.failureOf(error).reason).not.toContain('jane@')
  })
})
