import type { KafkaRecord, Reader } from '@swipestream/messaging'
import { describe, expect, test } from 'vitest'
import { type RecordBatch, recordBatches } from './topic-reader.js'

/** A topic whose partitions begin and end at these offsets, with a record at each but the last, which ends a transaction. */
function readerOf(bounds: readonly { first: bigint; end: bigint }[]): Reader {
  const record = (partition: number, offset: bigint): KafkaRecord => ({ topic: 't', partition, offset, timestamp: 0, key: null, value: Buffer.alloc(10), headers: {} })
  return {
    bounds: () => Promise.resolve(bounds),
    written: () => Promise.resolve([]),
    offsetsAt: () => Promise.resolve([]),
    async *read({ partition }, from, to) {
      for (let offset = from; offset < to - 1n; offset += 2n) yield [offset, offset + 1n].filter((one) => one < to - 1n).map((one) => record(partition, one))
    },
    close: () => Promise.resolve(),
  }
}

async function batches(bounds: readonly { first: bigint; end: bigint }[], stored: ReadonlyMap<number, bigint>, rows = 100, bytes = 1_000): Promise<{ all: RecordBatch[]; expired: [number, bigint][] }> {
  const all: RecordBatch[] = []
  const expired: [number, bigint][] = []
  for await (const batch of recordBatches(readerOf(bounds), 't', stored, { rows, bytes }, { expired: (...told) => expired.push(told) })) all.push(batch)
  return { all, expired }
}

const places = (batch: RecordBatch | undefined) => batch?.records.map(({ partition, offset }) => `${partition}/${offset}`)

describe('batches of a topic', () => {
  test('hold all partitions from where they stand, and come to the end of each', async () => {
    const { all } = await batches([{ first: 0n, end: 4n }, { first: 2n, end: 6n }], new Map([[0, 2n]]))
    expect(all).toHaveLength(1)
    expect(places(all[0])).toEqual(['0/2', '1/2', '1/3', '1/4'])
    expect(all[0]?.offsets).toEqual([{ partition: 0, from: 2n, to: 4n }, { partition: 1, from: null, to: 6n }])
  })

  test('end when they have so many records, and the next begins there', async () => {
    const { all } = await batches([{ first: 0n, end: 6n }], new Map(), 2)
    expect(all.map(({ offsets }) => offsets)).toEqual([[{ partition: 0, from: null, to: 2n }], [{ partition: 0, from: 2n, to: 4n }], [{ partition: 0, from: 4n, to: 6n }]])
    expect(all.map(places)).toEqual([['0/0', '0/1'], ['0/2', '0/3'], ['0/4']])
  })

  test('end when they have so many bytes', async () => {
    expect((await batches([{ first: 0n, end: 5n }], new Map(), 100, 25)).all.map(({ records }) => records.length)).toEqual([3, 1])
  })

  test('move the offsets also where there is no record', async () => {
    expect((await batches([{ first: 0n, end: 5n }], new Map([[0, 4n]]))).all).toMatchObject([{ records: [], offsets: [{ from: 4n, to: 5n }] }])
  })

  test('are none where nothing is new', async () => {
    expect((await batches([{ first: 0n, end: 5n }, { first: 0n, end: 0n }], new Map([[0, 5n]]))).all).toEqual([])
  })

  test('tell of records that went before they were read, and go on behind them', async () => {
    const { all, expired } = await batches([{ first: 10n, end: 13n }], new Map([[0, 4n]]))
    expect(expired).toEqual([[0, 6n]])
    expect(all[0]?.offsets).toEqual([{ partition: 0, from: 4n, to: 13n }])
  })

  test('are refused of a topic that ends before what was loaded', async () => {
    await expect(batches([{ first: 0n, end: 3n }], new Map([[0, 4n]]))).rejects.toMatchObject({ code: 'ETL_TOPIC_REPLACED' })
  })
})
