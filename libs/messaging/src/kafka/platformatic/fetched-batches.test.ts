import { createRecordsBatch } from '@platformatic/kafka'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KafkaRecord } from '../ports.js'
import { fetchedBatches } from './fetched-batches.js'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((each) => Buffer.from(each))
const record = fc.record({
  key: fc.option(bytes(100)),
  value: fc.option(fc.oneof(bytes(100), fc.integer({ min: 0, max: 20_000 }).map((length) => Buffer.alloc(length, 'x')))),
  headers: fc.dictionary(fc.constantFrom('a', 'b', 'message-id', 'ä', ''), bytes(60)),
  // Farther apart than 24 days, the client writes them wrong.
  timestamp: fc.integer({ min: 1_700_000_000_000, max: 1_702_000_000_000 }),
})
const records = fc.array(record, { minLength: 1, maxLength: 60 })
type Drawn = typeof records extends fc.Arbitrary<infer R> ? R : never

/** As the client makes it. */
function batchOf(each: Drawn, compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd' = 'none', firstOffset = 0n): Buffer {
  const messages = each.map(({ key, value, headers, timestamp }) => ({
    topic: 't', partition: 0, key: key as Buffer, value: value as Buffer, timestamp: BigInt(timestamp),
    headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), text])),
  }))
  const batch = createRecordsBatch(messages, { compression }).buffer
  batch.writeBigInt64BE(firstOffset, 0)
  return batch
}

function read(buffer: Buffer, from = 0n): KafkaRecord[] {
  const found: KafkaRecord[] = []
  for (const batch of fetchedBatches(buffer)) batch.records(found, { topic: 't', partition: 3 }, from)
  return found
}

const expected = (each: Drawn, first: bigint) =>
  each.map(({ key, value, headers, timestamp }, i) => ({ topic: 't', partition: 3, offset: first + BigInt(i), timestamp, key, value, headers: { ...headers } }))

describe('fetchedBatches', () => {
  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)('reads what the client writes (%s)', (compression) => {
    fc.assert(
      fc.property(records, records, (one, two) => {
        const buffer = Buffer.concat([batchOf(one, compression, 7n), batchOf(two, compression, 2n ** 40n)])
        expect(read(buffer)).toEqual([...expected(one, 7n), ...expected(two, 2n ** 40n)])
      }),
      { numRuns: compression === 'none' ? 100 : 20 },
    )
  })

  it('leaves out what is cut off, wherever it is, and what comes before the offset asked for', () => {
    fc.assert(
      fc.property(records, records, fc.nat(), fc.nat(), (one, two, cut, from) => {
        const [first, second] = [batchOf(one), batchOf(two, 'none', BigInt(one.length))]
        const begin = BigInt(from % one.length)
        expect(read(Buffer.concat([first, second.subarray(0, cut % second.length)]), begin)).toEqual(expected(one, 0n).slice(Number(begin)))
      }),
    )
  })

  it('reads times that are years apart', () => {
    const batch = batchOf([{ key: null, value: null, headers: {}, timestamp: 1_700_000_000_000 }])
    // The time since the batch's, after length and attributes: 2^42 ms, zigzag encoded, in place of one byte.
    const years = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02])
    const longer = Buffer.concat([batch.subarray(0, 63), years, batch.subarray(64)])
    longer.writeInt32BE(longer.length - 12, 8)
    longer.writeInt8((longer.length - 62) << 1, 61)
    expect(read(longer)[0]?.timestamp).toBe(1_700_000_000_000 + 2 ** 42)
  })

  it('names a codec that it does not know', () => {
    const batch = batchOf([{ key: null, value: null, headers: {}, timestamp: 1 }])
    batch.writeInt16BE(7, 21)
    expect(() => read(batch)).toThrow(expect.objectContaining({ code: 'PLT_KFK_UNSUPPORTED_COMPRESSION' }))
  })
})
