import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FetchedMessage, FetchedPartition } from './protocol.js'
import { committedRecords } from './records.js'

const at = { topic: 't', partition: 0 }

type Step = { readonly producer: string } & ({ readonly records: number } | { readonly end: 'commit' | 'abort' })

/** A partition's log in batches, as the client shows them, and the offsets of its records that were committed. */
function logOf(steps: readonly Step[]) {
  const batches: FetchedMessage[][] = []
  const open = new Map<string, { first: number; offsets: number[] }>()
  const aborted: { producerId: string; first: number; end: number }[] = []
  const committed: number[] = []
  let offset = 0
  for (const step of steps) {
    const count = 'records' in step ? step.records : 1
    const batchContext = { firstOffset: String(offset), lastOffsetDelta: count - 1, producerId: step.producer, inTransaction: true }
    const isControlRecord = 'end' in step
    // Any record may have the key of an abort marker.
    const key = Buffer.from([0, 0, 0, 'end' in step && step.end === 'commit' ? 1 : 0])
    batches.push(Array.from({ length: count }, (_, i) => ({ offset: String(offset + i), timestamp: '5', key, value: null, headers: {}, isControlRecord, batchContext })))
    const transaction = open.get(step.producer) ?? { first: offset, offsets: [] }
    if ('records' in step) {
      for (let i = 0; i < count; i++) transaction.offsets.push(offset + i)
      open.set(step.producer, transaction)
    } else {
      if (step.end === 'commit') committed.push(...transaction.offsets)
      else aborted.push({ producerId: step.producer, first: transaction.first, end: offset })
      open.delete(step.producer)
    }
    offset += count
  }
  const stable = Math.min(offset, ...[...open.values()].map(({ first }) => first))
  return { batches, aborted, committed: committed.filter((each) => each < stable).sort((a, b) => a - b), stable }
}

/** What a broker answers: whole batches from `from`, some of them, and the aborted transactions they overlap, in the order in which they ended. */
function answer({ batches, aborted, stable }: ReturnType<typeof logOf>, from: bigint, most: number): FetchedPartition {
  const last = (batch: readonly FetchedMessage[]) => Number(batch.at(-1)?.offset)
  const messages = batches.filter((batch) => last(batch) >= Number(from) && last(batch) < stable).slice(0, most).flat()
  const until = Number(messages.at(-1)?.offset ?? -1)
  const overlapping = aborted.filter(({ first, end }) => end >= Number(from) && first <= until)
  return {
    partition: 0, highWatermark: '99', lastStableOffset: String(stable), messages,
    abortedTransactions: overlapping.map(({ producerId, first }) => ({ producerId, firstOffset: String(first) })),
  }
}

describe('committedRecords', () => {
  it('gives every committed record once, in order, and no other, however the log is cut into fetches', () => {
    const step = fc.record({ producer: fc.constantFrom('1', '2', '3'), what: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom('commit' as const, 'abort' as const)) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }), (drawn, cuts) => {
        const begun = new Set<string>()
        const steps = drawn.flatMap(({ producer, what }): Step[] => {
          if (typeof what === 'number') {
            begun.add(producer)
            return [{ producer, records: what }]
          }
          return begun.delete(producer) ? [{ producer, end: what }] : []
        })
        const log = logOf(steps)
        const seen: number[] = []
        for (let from = 0n, i = 0; from < BigInt(log.stable); i++) {
          const { records, next } = committedRecords(at, answer(log, from, cuts[i % cuts.length] ?? 1), from)
          seen.push(...records.map(({ offset }) => Number(offset)))
          expect(next).toBeGreaterThan(from)
          from = next
        }
        expect(seen).toEqual(log.committed)
      }),
    )
  })

  it('begins at the offset asked for, inside a batch, and takes the last of several headers of one name', () => {
    const log = logOf([{ producer: '1', records: 3 }, { producer: '1', end: 'commit' }])
    const headers = { one: Buffer.from('1'), none: null, several: [Buffer.from('a'), Buffer.from('b')] }
    const fetched = answer(log, 0n, 9)
    const { records } = committedRecords(at, { ...fetched, messages: fetched.messages.map((message) => ({ ...message, headers })) }, 2n)
    expect(records.map(({ offset }) => offset)).toEqual([2n])
    expect(records[0]?.headers).toEqual({ one: Buffer.from('1'), none: Buffer.alloc(0), several: Buffer.from('b') })
  })

  it('keeps a header of whatever name: anybody may write a record', () => {
    const log = logOf([{ producer: '1', records: 1 }, { producer: '1', end: 'commit' }])
    const fetched = answer(log, 0n, 9)
    const headers = Object.fromEntries([['__proto__', Buffer.from('a')], ['toString', Buffer.from('b')]])
    const { records } = committedRecords(at, { ...fetched, messages: fetched.messages.map((message) => ({ ...message, headers })) }, 0n)
    expect(Object.entries(records[0]?.headers ?? {})).toEqual(Object.entries(headers))
    expect(Object.getPrototypeOf(records[0]?.headers)).toBe(Object.prototype)
  })

  it('says where the committed records end, which is never before where reading goes on', () => {
    const log = logOf([{ producer: '1', records: 3 }, { producer: '1', end: 'commit' }, { producer: '2', records: 2 }])
    expect(committedRecords(at, answer(log, 0n, 1), 0n)).toMatchObject({ next: 3n, end: 4n })
    expect(committedRecords(at, { ...answer(log, 0n, 1), highWatermark: '6', lastStableOffset: '-1' }, 0n)).toMatchObject({ next: 3n, end: 6n })
    expect(committedRecords(at, { ...answer(log, 0n, 1), lastStableOffset: '2' }, 0n)).toMatchObject({ next: 3n, end: 3n })
  })
})
