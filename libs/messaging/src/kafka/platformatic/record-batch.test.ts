import { createRecordsBatch, NumericMap, Reader, readRecordsBatch } from '@platformatic/kafka'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Compression, RecordToSend } from '../ports.js'
import { isIntact, recordBatch, recycle, sequenceAfter } from './record-batch.js'

const of = { producerId: 7n, epoch: 3, sequence: 11, transactional: true, compression: 'none' as Compression, timestamp: 1_700_000_000_123 }
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((each) => Buffer.from(each))
const header = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), bytes(60))
const record: fc.Arbitrary<RecordToSend> = fc.record({
  topic: fc.constant('t'),
  key: fc.option(bytes(100)),
  value: fc.option(fc.oneof(bytes(100), fc.integer({ min: 0, max: 20_000 }).map((length) => Buffer.alloc(length, 'x')))),
  headers: fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 30 }), header),
})
const records = fc.array(record, { minLength: 1, maxLength: 80 })

/** What the client makes of the same. */
function theirs(each: readonly RecordToSend[]): Buffer {
  const messages = each.map(({ topic, key, value, headers }) => ({
    topic,
    partition: 0,
    key: key as Buffer,
    value: value as Buffer,
    headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text as string)])),
    timestamp: BigInt(of.timestamp),
  }))
  const sequences = new NumericMap()
  sequences.set('t:0', of.sequence)
  return createRecordsBatch(messages, { transactionalId: 'id', producerId: of.producerId, producerEpoch: of.epoch, sequences, partitionLeaderEpoch: -1 }).buffer
}

describe('recordBatch', () => {
  it('makes the bytes that the client makes', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (each) => {
        expect((await recordBatch(each, of)).equals(theirs(each))).toBe(true)
      }),
    )
  })

  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('compresses with %s, also several at once', async (compression) => {
    await fc.assert(
      fc.asyncProperty(fc.array(records, { maxLength: 4 }), async (all) => {
        const batches = await Promise.all(all.map((each) => recordBatch(each, { ...of, compression })))
        for (const [i, batch] of batches.entries()) {
          const read = readRecordsBatch(Reader.from(batch))
          expect(read.records.map(({ key, value, headers }) => [key, value, headers.length])).toEqual(
            (all[i] ?? []).map(({ key, value, headers }) => [key, value, Object.keys(headers).length]),
          )
        }
      }),
      { numRuns: 20 },
    )
  })

  it('uses the memory of a large batch again when it is told to, and not before', async () => {
    const large = (text: string): RecordToSend[] => Array.from({ length: 300 }, () => ({ topic: 't', key: null, value: Buffer.alloc(1_000, text), headers: {} }))
    const first = await recordBatch(large('a'), of)
    const second = await recordBatch(large('b'), of)
    expect([first, second].map(isIntact)).toEqual([true, true])
    expect(first.equals(theirs(large('a')))).toBe(true)
    recycle(first)
    recycle(first)
    const later = [await recordBatch(large('c'), of), await recordBatch(large('d'), of), await recordBatch(large('e'), of)]
    expect(later.filter(({ buffer }) => buffer === first.buffer)).toHaveLength(1)
    expect([second, ...later].map(isIntact)).toEqual([true, true, true, true])
    expect(second.equals(theirs(large('b')))).toBe(true)
  })

  it('says who wrote it, and that it belongs to a transaction', async () => {
    const [one] = [{ topic: 't', key: null, value: Buffer.from('v'), headers: {} }]
    const read = readRecordsBatch(Reader.from(await recordBatch([one], { ...of, transactional: false })))
    expect(read).toMatchObject({ attributes: 0, producerId: 7n, producerEpoch: 3, firstSequence: 11, magic: 2, firstTimestamp: 1_700_000_000_123n, maxTimestamp: 1_700_000_000_123n })
    expect(readRecordsBatch(Reader.from(await recordBatch([one], of))).attributes).toBe(16)
  })
})

it('sequence numbers begin anew after 2^31 - 1', () => {
  expect(sequenceAfter(2 ** 31 - 3, 2)).toBe(2 ** 31 - 1)
  expect(sequenceAfter(2 ** 31 - 3, 3)).toBe(0)
  expect(sequenceAfter(5, 3)).toBe(8)
})
