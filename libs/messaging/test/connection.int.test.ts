import { type Customer, customers, fraudFeedback } from '@swipestream/contracts'
import { type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { feedback } from './dlq-command.js'

let backbone: TestBackbone

beforeAll(async () => {
  backbone = await testBackbone()
})
afterAll(() => backbone.close())

let count = 0
const newKey = () => `c${++count}`
const customer = (customer_id: string, language: string): Customer =>
  ({ customer_id, given_name: null, family_name: null, email: null, phone: null, language, time_zone: 'Europe/Berlin', country: null, channels: [], quiet_from: null, quiet_to: null, updated_at: 0 })

function writer(id: string) {
  const one = backbone.writer(id)
  onTestFinished(() => one.close())
  return one
}

describe('a writer of a connection', () => {
  it('writes events in transactions, sealed as those that are published', async () => {
    const [a, b] = [newKey(), newKey()]
    const one = writer('sealed')
    await one.open()
    await one.write([customers.event(customer(a, 'de')), customers.event(customer(b, 'fr'))])
    await one.open()
    const received = (await backbone.received(customers)).filter(({ key }) => key === a || key === b)
    expect(received.map(({ key, value }) => [key, value.language])).toEqual(expect.arrayContaining([[a, 'de'], [b, 'fr']]))
    expect(received[0]?.headers).toMatchObject({ 'produced-by': 'test', 'message-id': expect.any(String) })
  })

  it('writes nothing more when another has opened its id, which is the namespace\'s own', async () => {
    const key = newKey()
    const [first, second] = [writer('one'), writer('one')]
    await first.open()
    await second.open()
    await expect(first.write([customers.event(customer(key, 'de'))])).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
    const elsewhere = await testBackbone([])
    onTestFinished(() => elsewhere.close())
    const namesake = elsewhere.writer('one')
    onTestFinished(() => namesake.close())
    await namesake.open()
    await second.write([customers.event(customer(key, 'fr'))])
    await second.open()
    expect((await backbone.held(customers)).get(key)?.language).toBe('fr')
  })

  it('refuses an event that breaks its contract, and writes nothing of the others', async () => {
    const key = newKey()
    const one = writer('refused')
    await one.open()
    const wrong = { ...customer(newKey(), 'de'), updated_at: 'yesterday' } as unknown as Customer
    await expect(one.write([customers.event(customer(key, 'de')), customers.event(wrong)])).rejects.toMatchObject({ code: 'AVRO_INVALID_VALUE' })
    await one.open()
    expect((await backbone.held(customers)).has(key)).toBe(false)
  })
})

it('what a compacted topic holds is the last value of each key; a tombstone takes it away', async () => {
  const [a, b] = [newKey(), newKey()]
  await backbone.publish([customers.event(customer(a, 'de')), customers.event(customer(b, 'de'))])
  await backbone.publish([customers.event(customer(a, 'fr')), customers.tombstone(b)])
  const held = await backbone.held(customers)
  expect(held.get(a)).toEqual(customer(a, 'fr'))
  expect(held.has(b)).toBe(false)
})

it('of a key whose last value cannot be decoded it tells, with what stood there before', async () => {
  const [a, b] = [newKey(), newKey()]
  const garbage = (key: string) => ({ topic: customers.name, key: Buffer.from(key), value: Buffer.from('no Avro'), headers: {} })
  await backbone.publish([customers.event(customer(a, 'de')), customers.event(customer(a, 'fr')), customers.event(customer(b, 'de')), customers.tombstone(b)])
  await backbone.send([garbage(a), garbage(a), garbage(b)])
  onTestFinished(() => backbone.publish([customers.tombstone(a), customers.tombstone(b)]))
  await expect(backbone.held(customers)).rejects.toMatchObject({ code: 'AVRO_NOT_FRAMED' })
  const unreadable = new Map<string, unknown>()
  const held = await backbone.held(customers, ({ key, error, before }) => unreadable.set(key, [(error as { code?: string }).code, before]))
  expect([held.has(a), held.has(b)]).toEqual([false, false])
  expect(unreadable).toEqual(new Map([[a, ['AVRO_NOT_FRAMED', customer(a, 'fr')]], [b, ['AVRO_NOT_FRAMED', undefined]]]))
})

describe('a tail of a connection', () => {
  it('fails at what cannot be decoded, or tells of it and goes on', async () => {
    await backbone.send([{ topic: fraudFeedback.name, key: Buffer.from('c1'), value: Buffer.from('no Avro'), headers: {} }])
    await backbone.publish([fraudFeedback.event(feedback({ card_id: 'c1' }))])
    await expect(backbone.tail(fraudFeedback).received()).rejects.toMatchObject({ code: 'AVRO_NOT_FRAMED' })
    const unreadable: Error[] = []
    const received = await backbone.tail(fraudFeedback).received((error) => unreadable.push(error))
    expect(unreadable).toMatchObject([{ code: 'AVRO_NOT_FRAMED' }])
    expect(received.map(({ key }) => key)).toEqual(['c1'])
  })
})
