import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Compression, RecordToSend } from '../ports.js'
import { recordBatch, seal } from './record-batch.js'
import { batchesIn, recordsOf } from './record-batches.js'

const of = { producerId: 7n, epoch: 3, sequence: 11, transactional: true, timestamp: 1_700_000_000_123 }
const place = { topic: 't', partition: 2 }
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((each) => Buffer.from(each))
const record: fc.Arbitrary<RecordToSend> = fc.record({
  topic: fc.constant('t'),
  key: fc.option(bytes(100)),
  value: fc.option(fc.oneof(bytes(100), fc.integer({ min: 0, max: 20_000 }).map((length) => Buffer.alloc(length, 'x')))),
  headers: fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 30 }), bytes(60)),
})
const records = fc.array(record, { minLength: 1, maxLength: 60 })

describe('batches', () => {
  it.each<Compression>(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('are read as they were written, with compression %s', async (compression) => {
    const check = fc.asyncProperty(fc.array(records, { maxLength: 3 }), async (all) => {
      const written = await Promise.all(all.map((each) => recordBatch(each, { ...of, compression })))
      const read = [...batchesIn(Buffer.concat(written))].map((batch) => recordsOf(place, batch, 0n))
      expect(read.map((batch) => batch.map(({ topic, partition, offset, timestamp, key, value, headers }) => ({ topic, partition, offset, timestamp, key, value, headers: { ...headers } })))).toEqual(
        all.map((batch) => batch.map(({ key, value, headers }, i) => ({ ...place, offset: BigInt(i), timestamp: of.timestamp, key, value, headers }))),
      )
    })
    await fc.assert(check, { numRuns: 40 })
  })

  it('are read with their numbers; a part of one at the end of an answer is left out', async () => {
    const written = await recordBatch([{ topic: 't', key: null, value: Buffer.from('v'), headers: {} }], { ...of, compression: 'none' })
    written.writeBigInt64BE(2n ** 40n, 0)
    const [batch, ...more] = batchesIn(Buffer.concat([written, written.subarray(0, written.length - 1)]))
    expect(more).toEqual([])
    expect(batch).toMatchObject({ firstOffset: 2n ** 40n, lastOffset: 2n ** 40n, producerId: 7n, count: 1, firstTimestamp: of.timestamp, maxTimestamp: of.timestamp })
  })

  it.each([0, 1])('of the old format %i are refused', async (magic) => {
    const written = await recordBatch([{ topic: 't', key: null, value: null, headers: {} }], { ...of, compression: 'none' })
    written[16] = magic
    expect(() => [...batchesIn(written)]).toThrow(expect.objectContaining({ code: 'KAFKA_UNSUPPORTED' }))
  })

  it('that differ from what was written are refused, whichever bit it is', async () => {
    const written = await recordBatch([{ topic: 't', key: Buffer.from('k'), value: Buffer.from('v'), headers: { a: 'b' } }], { ...of, compression: 'none' })
    // Before the checksum are what brokers set, the length and the format.
    for (let bit = 17 * 8; bit < written.length * 8; bit++) {
      const changed = Buffer.from(written)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => [...batchesIn(changed)], `bit ${bit}`).toThrow(expect.objectContaining({ code: 'KAFKA_BATCH_CORRUPT' }))
    }
    for (const length of [-1, 0, 48]) {
      const changed = Buffer.from(written)
      changed.writeInt32BE(length, 8)
      expect(() => [...batchesIn(changed)], `length ${length}`).toThrow(expect.objectContaining({ code: 'KAFKA_BATCH_CORRUPT' }))
    }
  })

  it('before one that differs from what was written are read', async () => {
    const written = await recordBatch([{ topic: 't', key: null, value: Buffer.from('v'), headers: {} }], { ...of, compression: 'none' })
    const changed = Buffer.from(written)
    changed[written.length - 1]! ^= 1
    expect([...batchesIn(Buffer.concat([written, changed, written]))]).toHaveLength(1)
    changed[16] = 1
    expect([...batchesIn(Buffer.concat([written, changed, written]))]).toHaveLength(1)
  })

  it('compressed in a way that is not known are refused', async () => {
    const written = await recordBatch([{ topic: 't', key: null, value: null, headers: {} }], { ...of, compression: 'none' })
    written.writeInt16BE(5, 21)
    seal(written)
    expect(() => [...batchesIn(written)].map((batch) => recordsOf(place, batch, 0n))).toThrow(expect.objectContaining({ code: 'KAFKA_UNSUPPORTED' }))
  })

  it('are read from an offset on', async () => {
    const written = await recordBatch(['a', 'b', 'c'].map((value) => ({ topic: 't', key: null, value: Buffer.from(value), headers: {} })), { ...of, compression: 'none' })
    written.writeBigInt64BE(40n, 0)
    const [batch] = batchesIn(written)
    expect(recordsOf(place, batch!, 41n).map(({ offset, value }) => [offset, String(value)])).toEqual([[41n, 'b'], [42n, 'c']])
  })

  it('have the time of their arrival where the topic wants that', async () => {
    const written = await recordBatch([{ topic: 't', key: null, value: null, headers: {} }], { ...of, compression: 'none' })
    written.writeInt16BE(0b1000, 21)
    written.writeBigInt64BE(1_800_000_000_000n, 35)
    seal(written)
    const [batch] = batchesIn(written)
    expect(recordsOf(place, batch!, 0n)[0]?.timestamp).toBe(1_800_000_000_000)
  })
})

describe('a record', () => {
  it('gives its texts as its parts would', async () => {
    const check = fc.asyncProperty(records, async (written) => {
      const [batch] = batchesIn(await recordBatch(written, { ...of, compression: 'none' }))
      for (const read of recordsOf(place, batch!, 0n)) {
        const { key, headers } = read.texts!()
        expect(key).toBe(read.key?.toString() ?? null)
        expect(Object.entries(headers)).toEqual(Object.entries(read.headers).map(([name, value]) => [name, value.toString()]))
        expect(read.size).toBeGreaterThan((read.key?.length ?? 0) + (read.value?.length ?? 0))
      }
    })
    await fc.assert(check, { numRuns: 40 })
  })

  it('can be looked at while another is', async () => {
    const [batch] = batchesIn(await recordBatch(['a', 'b'].map((key) => ({ topic: 't', key: Buffer.from(key), value: Buffer.from(`${key}!`), headers: { of: key } })), { ...of, compression: 'gzip' }))
    const [a, b] = recordsOf(place, batch!, 0n)
    expect([a!.value, b!.texts!().headers['of'], a!.headers['of'], b!.key, a!.texts!().key].map(String)).toEqual(['a!', 'b', 'a', 'b', 'a'])
  })
})
