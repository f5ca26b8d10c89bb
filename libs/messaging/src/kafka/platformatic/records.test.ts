import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordBatch, seal } from './record-batch.js'
import { committedRecords } from './records.js'

const at = { topic: 't', partition: 0 }
const control = 0b10_0000

interface Batch {
  readonly first: bigint
  readonly last: bigint
  readonly bytes: Buffer
}

/** A batch as it stands in a log: a broker sets the offset. */
async function batchAt(first: bigint, keys: readonly (Buffer | null)[], producerId: bigint, moreAttributes = 0): Promise<Batch> {
  const records = keys.map((key) => ({ topic: 't', key, value: Buffer.from('v'), headers: {} }))
  const bytes = await recordBatch(records, { producerId, epoch: 0, sequence: 0, transactional: true, compression: 'none', timestamp: 5 })
  bytes.writeBigInt64BE(first, 0)
  bytes.writeInt16BE(bytes.readInt16BE(21) | moreAttributes, 21)
  seal(bytes)
  return { first, last: first + BigInt(keys.length - 1), bytes }
}

type Step = { readonly producer: bigint } & ({ readonly records: number } | { readonly end: 'commit' | 'abort' })

/** A partition's log, as a broker would have it, and the offsets of its records that were committed. */
async function logOf(steps: readonly Step[]) {
  const batches: Batch[] = []
  const open = new Map<bigint, { first: bigint; offsets: bigint[] }>()
  const aborted: { producerId: bigint; firstOffset: bigint; end: bigint }[] = []
  const committed: bigint[] = []
  let offset = 0n
  for (const step of steps) {
    const transaction = open.get(step.producer) ?? { first: offset, offsets: [] }
    const batch =
      'records' in step
        ? await batchAt(offset, Array.from({ length: step.records }, () => null), step.producer)
        : await batchAt(offset, [Buffer.from([0, 0, 0, step.end === 'commit' ? 1 : 0])], step.producer, control)
    batches.push(batch)
    if ('records' in step) {
      for (let i = 0; i < step.records; i++) transaction.offsets.push(offset + BigInt(i))
      open.set(step.producer, transaction)
    } else {
      if (step.end === 'commit') committed.push(...transaction.offsets)
      // An abort of nothing is no transaction to the broker.
      else if (transaction.offsets.length > 0) aborted.push({ producerId: step.producer, firstOffset: transaction.first, end: offset })
      open.delete(step.producer)
    }
    offset = batch.last + 1n
  }
  const openFrom = [...open.values()].map(({ first }) => first)
  const stable = openFrom.length > 0 ? openFrom.reduce((a, b) => (a < b ? a : b)) : offset
  return { batches, aborted, committed: committed.filter((o) => o < stable).sort((a, b) => Number(a - b)), stable }
}

/** What a broker answers to a fetch: whole batches from `from`, some of them, a part of the next, and the aborted transactions they overlap. */
function answer(log: Awaited<ReturnType<typeof logOf>>, from: bigint, most: number) {
  const there = log.batches.filter(({ first, last }) => last >= from && first < log.stable)
  const whole = there.slice(0, most)
  const until = whole.at(-1)?.last ?? from
  const part = there[most]?.bytes.subarray(0, -1) ?? Buffer.alloc(0)
  const aborted = log.aborted.filter(({ firstOffset, end }) => end >= from && firstOffset <= until).map(({ producerId, firstOffset }) => ({ producerId, firstOffset }))
  return { aborted, batches: Buffer.concat([...whole.map(({ bytes }) => bytes), part]), highWatermark: 99n, lastStableOffset: log.stable }
}

describe('committedRecords', () => {
  it('drops a transaction that is aborted in a later fetch than its records', async () => {
    const log = await logOf([{ producer: 1n, records: 3 }, { producer: 1n, records: 3 }, { producer: 1n, end: 'abort' }, { producer: 2n, records: 1 }, { producer: 2n, end: 'commit' }])
    expect(committedRecords(at, answer(log, 0n, 1), 0n)).toEqual({ records: [], next: 3n, end: 9n })
    expect(committedRecords(at, answer(log, 3n, 1), 3n)).toEqual({ records: [], next: 6n, end: 9n })
    expect(committedRecords(at, answer(log, 6n, 2), 6n).records.map(({ offset }) => offset)).toEqual([7n])
  })

  it('keeps what a producer committed between two transactions it aborted', async () => {
    const ends = ['abort', 'commit', 'abort'] as const
    const log = await logOf(ends.flatMap((end) => [{ producer: 1n, records: 2 }, { producer: 1n, end }]))
    expect(committedRecords(at, answer(log, 0n, 99), 0n).records.map(({ offset }) => offset)).toEqual([3n, 4n])
  })

  it('gives every committed record once, in order, and no other, however the log is cut into fetches', async () => {
    const step = fc.record({ producer: fc.bigInt(1n, 3n), what: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom('commit' as const, 'abort' as const)) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }), async (drawn, cuts) => {
        const steps = drawn.map(({ producer, what }): Step => (typeof what === 'number' ? { producer, records: what } : { producer, end: what }))
        const log = await logOf(steps)
        const seen: bigint[] = []
        for (let from = 0n, i = 0; from < log.stable; i++) {
          const { records, next } = committedRecords(at, answer(log, from, cuts[i % cuts.length] ?? 1), from)
          seen.push(...records.map(({ offset }) => offset))
          expect(next).toBeGreaterThan(from)
          from = next
        }
        expect(seen).toEqual(log.committed)
      }),
    )
  })

  it("begins at the offset asked for, inside a batch, and takes the broker's time where the topic has it", async () => {
    const { bytes } = await batchAt(0n, [null, null, null], 1n, 0b1000)
    bytes.writeBigInt64BE(9n, 35)
    seal(bytes)
    const { records } = committedRecords(at, { aborted: [], batches: bytes, highWatermark: 3n, lastStableOffset: 3n }, 2n)
    expect(records.map(({ offset, timestamp }) => [offset, timestamp])).toEqual([[2n, 9]])
  })

  it('keeps what was committed between an aborted transaction and an abort of nothing', async () => {
    const log = await logOf([{ producer: 1n, records: 2 }, { producer: 1n, end: 'abort' }, { producer: 1n, records: 1 }, { producer: 1n, end: 'commit' }, { producer: 1n, end: 'abort' }])
    expect(committedRecords(at, answer(log, 0n, 99), 0n).records.map(({ offset }) => offset)).toEqual([3n])
  })

  it('says where the committed records end, which is never before where reading goes on', async () => {
    const log = await logOf([{ producer: 1n, records: 3 }, { producer: 1n, end: 'commit' }, { producer: 2n, records: 2 }])
    expect(committedRecords(at, answer(log, 0n, 1), 0n)).toMatchObject({ next: 3n, end: 4n })
    expect(committedRecords(at, { ...answer(log, 0n, 1), highWatermark: 6n, lastStableOffset: -1n }, 0n)).toMatchObject({ next: 3n, end: 6n })
    expect(committedRecords(at, { ...answer(log, 0n, 1), lastStableOffset: 2n }, 0n)).toMatchObject({ next: 3n, end: 3n })
  })
})
