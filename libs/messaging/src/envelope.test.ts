import { cardProfiles, type CardProfile } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import { causedBy, Envelope } from './envelope.js'
import type { Received } from './received.js'
import type { Schemas } from './schemas.js'

const envelope = new Envelope({ encode: () => Buffer.from('avro') } as unknown as Schemas, 'ns.', 'svc')
const event = (headers?: Record<string, string>) => cardProfiles.event({ card_id: 'c' } as CardProfile, headers)
const message: Received<string> = { key: 'c', value: 'v', headers: { traceparent: '00-a-b-01', other: 'x' }, origin: { topic: 'ns.in', partition: 2, offset: 5, timestamp: 0 } }

describe('sealed events', () => {
  it('have the physical topic, an id each, and who produced them', () => {
    const records = envelope.sealAll([event(), event()])
    expect(records).toMatchObject([{ topic: 'ns.card_profiles', key: Buffer.from('c'), headers: { 'produced-by': 'svc' } }, {}])
    expect(new Set(records.map(({ headers }) => headers['message-id'])).size).toBe(2)
  })

  it('keep the headers they bring', () => {
    const [record] = envelope.sealAll([event({ 'message-id': 'm', traceparent: '00-1', extra: 'e' })])
    expect(record?.headers).toEqual({ 'message-id': 'm', traceparent: '00-1', extra: 'e', 'produced-by': 'svc' })
  })
})

describe('causedBy', () => {
  it('gives the same ids each time a message is handled, one for each event, and carries its trace on', () => {
    const once = causedBy(message, [event(), event()])
    expect(once.map(({ headers }) => headers)).toEqual([
      { 'message-id': 'ns.in-2-5-0', traceparent: '00-a-b-01' },
      { 'message-id': 'ns.in-2-5-1', traceparent: '00-a-b-01' },
    ])
    expect(causedBy(message, [event(), event()])).toEqual(once)
  })

  it('mixes no two traces: an event that brings one brings all of it', () => {
    const traced = { ...message, headers: { traceparent: '00-a-b-01', tracestate: 'v=1' } }
    const [follows, own] = causedBy(traced, [event(), event({ traceparent: '00-c-d-01' })])
    expect(follows?.headers).toMatchObject({ traceparent: '00-a-b-01', tracestate: 'v=1' })
    expect(own?.headers).toEqual({ 'message-id': 'ns.in-2-5-1', traceparent: '00-c-d-01' })
  })

  it('leaves the headers an event has', () => {
    expect(causedBy(message, [event({ 'message-id': 'own' })])[0]?.headers?.['message-id']).toBe('own')
  })
})
