import { describe, expect, it } from 'vitest'
import { receivedOf } from './connection.js'

describe('a record as a handler sees it', () => {
  it('has its key as a text, and as it stands in Kafka where it is none', () => {
    const key = Buffer.from([0, 0, 0, 0, 200, 4, 99, 49])
    const received = receivedOf({ topic: 't', partition: 2, offset: 3n, timestamp: 4, key, value: null, headers: { a: Buffer.from('b') } }, null)
    expect(received).toMatchObject({ key: '\0\0\0\0\uFFFD\u0004c1', headers: { a: 'b' }, origin: { topic: 't', partition: 2, offset: 3, timestamp: 4 } })
    expect(received.keyBytes).toEqual(key)
    expect(receivedOf({ topic: 't', partition: 2, offset: 3n, timestamp: 4, key: null, value: null, headers: {} }, null)).toMatchObject({ key: null, keyBytes: null })
  })
})
