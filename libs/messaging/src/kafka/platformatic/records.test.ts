import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { committedRecords, type FetchedPartition } from './records.js'

const at = { topic: 't', partition: 0 }
const transactional = 0b1_0000
const control = 0b10_0000

type Step = { readonly producer: bigint } & ({ readonly records: number } | { readonly end: 'commit' | 'abort' })

/** A partition's log, as a broker would have it, and the offsets of its records that were committed. */
function logOf(steps: readonly Step[]) {
  const batches: NonNullable<FetchedPartition['records']> = []
  const open = new Map<bigint, { first: bigint; offsets: bigint[] }>()
  const aborted: { producerId: bigint; firstOffset: bigint; end: bigint }[] = []
  const committed: bigint[] = []
  let offset = 0n
  for (const step of steps) {
    const count = 'records' in step ? step.records : 1
    const key = Buffer.from([0, 0, 0, 'end' in step && step.end === 'commit' ? 1 : 0])
    const records = Array.from({ length: count }, (_, offsetDelta) => ({
      length: 0, attributes: 0, timestampDelta: 0n, offsetDelta, headers: [], key: 'end' in step ? key : null, value: Buffer.from('v'),
    })) as FetchedPartition['records'] extends readonly (infer B)[] | null ? (B extends { records: infer R } ? R : never) : never
    batches.push({
      firstOffset: offset, length: 0, partitionLeaderEpoch: 0, magic: 2, crc: 0, lastOffsetDelta: count - 1, firstTimestamp: 5n, maxTimestamp: 9n,
      attributes: 'end' in step ? transactional | control : transactional, producerId: step.producer, producerEpoch: 0, firstSequence: 0, records,
    })
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

/** What a broker answers to a fetch: whole batches from `from`, some of them, and the aborted transactions they overlap. */
function answer(log: ReturnType<typeof logOf>, from: bigint, most: number): FetchedPartition {
  const records = log.batches.filter((b) => b.firstOffset + BigInt(b.lastOffsetDelta) >= from && b.firstOffset < log.stable).slice(0, most)
  const last = records.at(-1)
  const until = last ? last.firstOffset + BigInt(last.lastOffsetDelta) : from
  const abortedTransactions = log.aborted.filter(({ firstOffset, end }) => end >= from && firstOffset <= until).map(({ producerId, firstOffset }) => ({ producerId, firstOffset }))
  return { records, abortedTransactions } as unknown as FetchedPartition
}

describe('committedRecords', () => {
  it('drops a transaction that is aborted in a later fetch than its records', () => {
    const log = logOf([{ producer: 1n, records: 3 }, { producer: 1n, records: 3 }, { producer: 1n, end: 'abort' }, { producer: 2n, records: 1 }, { producer: 2n, end: 'commit' }])
    expect(committedRecords(at, answer(log, 0n, 1), 0n)).toEqual({ records: [], next: 3n })
    expect(committedRecords(at, answer(log, 3n, 1), 3n)).toEqual({ records: [], next: 6n })
    expect(committedRecords(at, answer(log, 6n, 2), 6n).records.map(({ offset }) => offset)).toEqual([7n])
  })

  it('keeps what a producer committed between two transactions it aborted', () => {
    const ends = ['abort', 'commit', 'abort'] as const
    const log = logOf(ends.flatMap((end) => [{ producer: 1n, records: 2 }, { producer: 1n, end }]))
    expect(committedRecords(at, answer(log, 0n, 99), 0n).records.map(({ offset }) => offset)).toEqual([3n, 4n])
  })

  it('gives every committed record once, in order, and no other, however the log is cut into fetches', () => {
    const step = fc.record({ producer: fc.bigInt(1n, 3n), what: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom('commit' as const, 'abort' as const)) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }), (drawn, cuts) => {
        const begun = new Set<bigint>()
        const steps = drawn.flatMap(({ producer, what }): Step[] => {
          if (typeof what === 'number') {
            begun.add(producer)
            return [{ producer, records: what }]
          }
          return begun.delete(producer) ? [{ producer, end: what }] : []
        })
        const log = logOf(steps)
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

  it("begins at the offset asked for, inside a batch, and takes the broker's time where the topic has it", () => {
    const [batch] = logOf([{ producer: 1n, records: 3 }, { producer: 1n, end: 'commit' }]).batches
    const stamped = { records: [{ ...batch!, attributes: 0b1000 }], abortedTransactions: null } as unknown as FetchedPartition
    const { records } = committedRecords(at, stamped, 2n)
    expect(records.map(({ offset, timestamp }) => [offset, timestamp])).toEqual([[2n, 9]])
  })
})
