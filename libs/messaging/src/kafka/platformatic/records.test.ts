import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RecordToSend } from '../ports.js'
import { recordBatch } from './record-batch.js'
import { committedRecords, type FetchedPartition } from './records.js'

const at = { topic: 't', partition: 0 }
const control = 0b10_0000

type Step = { readonly producer: bigint } & ({ readonly records: number } | { readonly end: 'commit' | 'abort' })

interface Log {
  readonly batches: { readonly first: bigint; readonly last: bigint; readonly bytes: Buffer }[]
  readonly aborted: { readonly producerId: bigint; readonly firstOffset: bigint; readonly end: bigint }[]
  readonly committed: bigint[]
  readonly stable: bigint
}

/** A partition's log, as a broker would have it, and the offsets of its records that were committed. */
async function logOf(steps: readonly Step[]): Promise<Log> {
  const batches: Log['batches'] = []
  const open = new Map<bigint, { first: bigint; offsets: bigint[] }>()
  const aborted: Log['aborted'] = []
  const committed: bigint[] = []
  let offset = 0n
  for (const step of steps) {
    const count = 'records' in step ? step.records : 1
    const key = 'end' in step ? Buffer.from([0, 0, 0, step.end === 'commit' ? 1 : 0]) : null
    const records = Array.from({ length: count }, (): RecordToSend => ({ topic: 't', key, value: Buffer.from('v'), headers: {} }))
    const bytes = await recordBatch(records, { producerId: step.producer, epoch: 0, sequence: 0, transactional: true, compression: 'none', timestamp: 5 })
    bytes.writeBigInt64BE(offset, 0)
    if ('end' in step) bytes.writeInt16BE(bytes.readInt16BE(21) | control, 21)
    batches.push({ first: offset, last: offset + BigInt(count - 1), bytes })
    const transaction = open.get(step.producer) ?? { first: offset, offsets: [] }
    if ('records' in step) {
      for (let i = 0; i < count; i++) transaction.offsets.push(offset + BigInt(i))
      open.set(step.producer, transaction)
    } else {
      if (step.end === 'commit') committed.push(...transaction.offsets)
      else aborted.push({ producerId: step.producer, firstOffset: transaction.first, end: offset })
      open.delete(step.producer)
    }
    offset += BigInt(count)
  }
  const openFrom = [...open.values()].map(({ first }) => first)
  const stable = openFrom.length > 0 ? openFrom.reduce((a, b) => (a < b ? a : b)) : offset
  return { batches, aborted, committed: committed.filter((o) => o < stable).sort((a, b) => Number(a - b)), stable }
}

/** What a broker answers to a fetch: whole batches from `from`, some of them, a piece of the next, and the aborted transactions they overlap. */
function answer(log: Log, from: bigint, most: number): FetchedPartition {
  const there = log.batches.filter(({ first, last }) => last >= from && first < log.stable)
  const whole = there.slice(0, most)
  const until = whole.at(-1)?.last ?? from
  const abortedTransactions = log.aborted.filter(({ firstOffset, end }) => end >= from && firstOffset <= until)
  const records = Buffer.concat([...whole.map(({ bytes }) => bytes), there[most]?.bytes.subarray(0, 66) ?? Buffer.alloc(0)])
  return { partitionIndex: 0, errorCode: 0, highWatermark: log.stable, lastStableOffset: log.stable, abortedTransactions, records }
}

describe('committedRecords', () => {
  it('drops a transaction that is aborted in a later fetch than its records', async () => {
    const log = await logOf([{ producer: 1n, records: 3 }, { producer: 1n, records: 3 }, { producer: 1n, end: 'abort' }, { producer: 2n, records: 1 }, { producer: 2n, end: 'commit' }])
    expect(committedRecords(at, answer(log, 0n, 1), 0n)).toEqual({ records: [], next: 3n })
    expect(committedRecords(at, answer(log, 3n, 1), 3n)).toEqual({ records: [], next: 6n })
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
        const begun = new Set<bigint>()
        const steps = drawn.flatMap(({ producer, what }): Step[] => {
          if (typeof what === 'number') {
            begun.add(producer)
            return [{ producer, records: what }]
          }
          return begun.delete(producer) ? [{ producer, end: what }] : []
        })
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
    const log = await logOf([{ producer: 1n, records: 3 }, { producer: 1n, end: 'commit' }])
    const [batch] = log.batches
    batch?.bytes.writeInt16BE(0b1000, 21)
    batch?.bytes.writeBigInt64BE(9n, 35)
    const { records } = committedRecords(at, answer(log, 2n, 1), 2n)
    expect(records.map(({ offset, timestamp }) => [offset, timestamp])).toEqual([[2n, 9]])
  })
})
