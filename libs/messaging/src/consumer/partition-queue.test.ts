import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { KafkaRecord } from '../kafka/ports.js'
import { PartitionQueue } from './partition-queue.js'

const records = (count: number, bytes = 10): KafkaRecord[] =>
  Array.from({ length: count }, (_, i) => ({ topic: 't', partition: 0, offset: BigInt(i), timestamp: 0, key: null, value: Buffer.alloc(bytes), headers: {} }))
const never = new AbortController().signal

function queue(batch = 10) {
  const flow = { pause: vi.fn(), resume: vi.fn() }
  const made = new PartitionQueue(batch, flow)
  const take = async (most: number, signal: AbortSignal = never, gatherMs?: number): Promise<KafkaRecord[]> => {
    await made.filled(most, signal, gatherMs)
    return signal.aborted ? [] : made.take(most)
  }
  return { flow, queue: made, take }
}

describe('PartitionQueue', () => {
  it('gives records in order, as many as asked for', async () => {
    const { queue: q, take } = queue()
    q.push(records(5))
    expect((await take(3)).map(({ offset }) => offset)).toEqual([0n, 1n, 2n])
    expect((await take(3)).map(({ offset }) => offset)).toEqual([3n, 4n])
  })

  it('waits for a record', async () => {
    const { queue: q, take } = queue()
    const taken = take(3)
    q.push(records(1))
    expect(await taken).toHaveLength(1)
  })

  describe('that gathers', () => {
    beforeEach(() => vi.useFakeTimers())
    afterEach(() => vi.useRealTimers())

    it('gives what came within the time after the first record, which may come late', async () => {
      const { queue: q, take } = queue()
      const taken = take(10, never, 200)
      await vi.advanceTimersByTimeAsync(5_000)
      q.push(records(1))
      await vi.advanceTimersByTimeAsync(199)
      q.push(records(2))
      await vi.advanceTimersByTimeAsync(1)
      expect(await taken).toHaveLength(3)
    })

    it.each([
      ['as many as asked for', 10],
      ['more', 11],
      ['so many that no more are read', 1_000],
    ])('waits no longer for %s', async (_, count) => {
      const { queue: q, take } = queue()
      const taken = take(Math.max(10, count - 1), never, 200)
      q.push(records(count))
      await taken
      expect(vi.getTimerCount()).toBe(0)
    })

    it('does not wait where it is full of bytes: nothing more is read', async () => {
      const { queue: q, take } = queue()
      q.push(records(5, 1_000_000))
      expect(await take(10, never, 200)).toHaveLength(5)
    })

    it('gives nothing once aborted, and at once', async () => {
      const { queue: q, take } = queue()
      const abort = new AbortController()
      const taken = take(10, abort.signal, 200)
      q.push(records(1))
      await vi.advanceTimersByTimeAsync(1)
      abort.abort()
      expect(await taken).toEqual([])
      expect([vi.getTimerCount(), getEventListeners(abort.signal, 'abort')]).toEqual([0, []])
    })
  })

  it('gives nothing once aborted, also to one who waits', async () => {
    const { queue: q, take } = queue()
    const abort = new AbortController()
    const taken = take(3, abort.signal)
    abort.abort()
    expect(await taken).toEqual([])
    q.push(records(1))
    expect(await take(3, abort.signal)).toEqual([])
  })

  it('leaves nothing behind on the signal, however often it waited', async () => {
    const { queue: q, take } = queue()
    const { signal } = new AbortController()
    for (let i = 0; i < 20; i++) {
      const taken = take(1, signal)
      q.push(records(1))
      await taken
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('pauses the partition once when it is full of records, and resumes it when it is half empty', async () => {
    const { queue: q, flow, take } = queue()
    q.push(records(1_500))
    q.push(records(10))
    expect(flow.pause).toHaveBeenCalledOnce()
    await take(1_000)
    expect(flow.resume).not.toHaveBeenCalled()
    await take(20)
    expect(flow.resume).toHaveBeenCalledOnce()
  })

  it('pauses the partition when it is full of bytes', () => {
    const { queue: q, flow } = queue()
    q.push(records(5, 1_000_000))
    expect(flow.pause).toHaveBeenCalledOnce()
  })
})
