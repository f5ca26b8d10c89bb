import { cardProfiles, fraudFeedback } from '@swipestream/contracts'
import { describe, expect, it, vi } from 'vitest'
import { MessagingError } from '../errors.js'
import type { KafkaRecord, RecordToSend, Reader } from '../kafka/ports.js'
import { PartitionWorker } from './partition-worker.js'
import type { Handle } from './pipeline.js'
import { Turns } from './turns.js'
import { upTo, workerParts } from './worker-parts.fixture.js'

const at = { topic: 't', partition: 0 }
const records = (count: number, from = 0): KafkaRecord[] =>
  Array.from({ length: count }, (_, i) => ({ ...at, offset: BigInt(from + i), timestamp: 0, key: null, value: Buffer.from(String(from + i)), headers: {} }))
const away = new MessagingError('KAFKA_UNAVAILABLE', 'away')
const never = new Promise<never>(() => undefined)

/** A worker that has asked for its records. */
async function worker(more: Parameters<typeof workerParts>[0] = {}) {
  const surroundings = workerParts(more)
  const made = { ...surroundings, worker: new PartitionWorker(at, surroundings.parts) }
  if (more.reader === undefined) await vi.waitFor(() => expect(made.observed).toContain('begins'))
  return made
}

describe('a partition whose batches gather', () => {
  it('handles together what comes within the time', async () => {
    const handle = vi.fn<Handle>(() => Promise.resolve([]))
    const { parts } = workerParts()
    const { worker: w } = await worker({ handle, subscription: { ...parts.subscription, batch: 10, gatherMs: 100 } })
    w.push(records(1), upTo(1n))
    await new Promise(setImmediate)
    w.push(records(2, 1), upTo(3n))
    await vi.waitFor(() => expect(handle).toHaveBeenCalled())
    expect(handle.mock.calls.map(([batch]) => (batch as unknown[]).length)).toEqual([3])
    await w.drain()
  })
})

describe('partitions that take turns', () => {
  /** Workers of one topic, whose handlers end when they are let. */
  async function workers(count: number, more: Parameters<typeof workerParts>[0] = {}) {
    const turns = new Turns()
    const begun: { readonly worker: number; readonly records: number; end(): void }[] = []
    const made = await Promise.all(Array.from({ length: count }, async (_, i) => {
      const handle: Handle = (batch) => new Promise((resolve) => begun.push({ worker: i, records: (batch as unknown[]).length, end: () => resolve([]) }))
      const { parts } = workerParts()
      return (await worker({ handle, turns, subscription: { ...parts.subscription, batch: 10 }, ...more })).worker
    }))
    return { workers: made, begun, seen: () => begun.map(({ worker: of, records: n }) => [of, n]) }
  }

  it('handle a batch that is not full one after the other, each with what has come meanwhile', async () => {
    const { workers: [a, b], begun, seen } = await workers(2)
    a?.push(records(1), upTo(1n))
    await vi.waitFor(() => expect(seen()).toEqual([[0, 1]]))
    b?.push(records(2), upTo(2n))
    await new Promise(setImmediate)
    b?.push(records(3, 2), upTo(5n))
    await new Promise(setImmediate)
    expect(seen()).toEqual([[0, 1]])
    begun[0]?.end()
    await vi.waitFor(() => expect(seen()).toEqual([[0, 1], [1, 5]]))
    begun[1]?.end()
    await Promise.all([a?.drain(), b?.drain()])
  })

  it('do not wait with a full batch', async () => {
    const { workers: [a, b], begun, seen } = await workers(2)
    a?.push(records(1), upTo(1n))
    await vi.waitFor(() => expect(seen()).toEqual([[0, 1]]))
    b?.push(records(10), upTo(10n))
    await vi.waitFor(() => expect(seen()).toEqual([[0, 1], [1, 10]]))
    for (const { end } of begun) end()
    await Promise.all([a?.drain(), b?.drain()])
  })

  it.each([
    ['waits for something to come back', () => Promise.reject(away), () => undefined],
    ['is revoked, and its handler does not return', () => never, (w: PartitionWorker) => w.revoke()],
  ])('go on when one of them %s', async (_, first: () => Promise<never>, meanwhile: (w: PartitionWorker) => void) => {
    let calls = 0
    const handle: Handle = () => (calls++ === 0 ? first() : Promise.resolve([]))
    const { workers: [a, b] } = await workers(2, { handle, policy: { unknownAttempts: 2, firstDelayMs: 60_000, maxDelayMs: 60_000 } })
    a?.push(records(1), upTo(1n))
    await vi.waitFor(() => expect(calls).toBe(1))
    meanwhile(a as PartitionWorker)
    b?.push(records(1), upTo(1n))
    await vi.waitFor(() => expect(calls).toBe(2))
    await Promise.all([a?.drain(), b?.drain()])
  })

  it('leave without a turn', async () => {
    const { workers: [a, b], begun, seen } = await workers(2)
    a?.push(records(1), upTo(1n))
    await vi.waitFor(() => expect(seen()).toEqual([[0, 1]]))
    b?.push(records(1), upTo(1n))
    await new Promise(setImmediate)
    await b?.drain()
    begun[0]?.end()
    await a?.drain()
    expect(seen()).toEqual([[0, 1]])
  })
})

describe('a partition that is drained', () => {
  it('finishes the batch under way, and takes up no other', async () => {
    const handling = Promise.withResolvers<[]>()
    const handle = vi.fn<Handle>(() => handling.promise)
    const { worker: w, handled } = await worker({ handle })
    w.push(records(3), upTo(3n))
    await vi.waitFor(() => expect(handle).toHaveBeenCalledOnce())
    const drained = w.drain()
    handling.resolve([])
    await drained
    expect(handled.map(({ offset }) => offset)).toEqual([1n])
  })

  it.each<[string, Parameters<typeof workerParts>[0]]>([
    ['a handler that does not return', { handle: () => never }],
    ['a producer whose cluster is away', { handle: () => Promise.resolve([fraudFeedback.event({ card_id: 'c' } as never)]), producer: { send: () => never, close: () => never } }],
  ])('does not wait for ever for %s: nothing of it is committed', async (_, more) => {
    const { worker: w, handled, fatal, observed } = await worker({ ...more, drainMs: 50 })
    w.push(records(1), upTo(1n))
    await new Promise(setImmediate)
    await w.drain()
    expect(handled).toEqual([])
    expect(fatal).toEqual([])
    expect(observed.at(-1)).toBe('released')
  })

  it('leaves at once what waits for something to come back', async () => {
    const handle = vi.fn<Handle>(() => Promise.reject(away))
    const { worker: w, handled, fatal } = await worker({ handle, drainMs: 60_000, policy: { unknownAttempts: 2, firstDelayMs: 60_000, maxDelayMs: 60_000 } })
    w.push(records(1), upTo(1n))
    await vi.waitFor(() => expect(handle).toHaveBeenCalledOnce())
    await w.drain()
    expect([handled, fatal]).toEqual([[], []])
  })

  it('leaves at once a state that is being restored, also one whose reading makes no progress', async () => {
    const closed = Promise.withResolvers<void>()
    const reader: Reader = {
      bounds: () => Promise.resolve([{ first: 0n, end: 5n }]),
      written: () => Promise.resolve([0n]),
      offsetsAt: () => Promise.resolve([0n]),
      read: () => ({ [Symbol.asyncIterator]: () => ({ next: () => closed.promise.then(() => Promise.reject(away)) }) }),
      close: () => Promise.resolve(closed.resolve()),
    }
    const subscription = { topic: fraudFeedback, batch: 10, state: { profiles: cardProfiles }, tables: {}, exactlyOnce: false }
    const { worker: w, fatal } = await worker({ subscription, reader: () => reader, drainMs: 60_000 })
    await new Promise(setImmediate)
    await w.drain()
    await closed.promise
    expect(fatal).toEqual([])
  })
})

describe('a partition that is revoked', () => {
  it('counts what was committed just before, and says nothing more of how far it is behind', async () => {
    const committing = Promise.withResolvers<void>()
    const deliver = vi.fn(() => committing.promise)
    const { parts, observed } = workerParts({ delivery: () => ({ begin: () => Promise.resolve(), deliver, close: () => Promise.resolve() }) })
    const counted = vi.spyOn(parts.observe, 'handled')
    const w = new PartitionWorker(at, parts)
    await vi.waitFor(() => expect(observed).toContain('begins'))
    w.push(records(1), upTo(1n))
    await vi.waitFor(() => expect(deliver).toHaveBeenCalledOnce())
    w.revoke()
    committing.resolve()
    await vi.waitFor(() => expect(counted).toHaveBeenCalledOnce())
    expect(counted.mock.calls[0]?.slice(0, 2)).toEqual([at, 1])
    expect(observed.at(-1)).toBe('released')
  })

  it('publishes and commits nothing any more, and tells the handler why', async () => {
    const handling = Promise.withResolvers<[]>()
    let signal: AbortSignal | undefined
    const { worker: w, handled, sent, fatal } = await worker({
      handle: (_, context) => {
        signal = context.signal
        return handling.promise.then(() => [fraudFeedback.event({ card_id: 'c' } as never)])
      },
    })
    w.push(records(1), upTo(1n))
    await vi.waitFor(() => expect(signal).toBeDefined())
    w.revoke()
    handling.resolve([])
    await w.drain()
    expect(signal?.reason).toMatchObject({ code: 'PARTITION_REVOKED' })
    expect([sent, handled, fatal]).toEqual([[], [], []])
  })

  it('asks for no records any more when its state was restored just then: another worker of this member may have it again', async () => {
    const closed = Promise.withResolvers<void>()
    const reader: Reader = {
      bounds: () => Promise.resolve([{ first: 0n, end: 1n }]),
      written: () => Promise.resolve([0n]),
      offsetsAt: () => Promise.resolve([0n]),
      // The last records were on their way when it was closed.
      async *read() {
        await closed.promise
        yield records(1)
      },
      close: () => Promise.resolve(closed.resolve()),
    }
    const subscription = { topic: fraudFeedback, batch: 10, state: { profiles: cardProfiles }, tables: {}, exactlyOnce: false }
    const { worker: w, observed, fatal } = await worker({ subscription, reader: () => reader })
    await new Promise(setImmediate)
    w.revoke()
    await closed.promise
    await new Promise(setImmediate)
    expect(observed).toEqual(['released'])
    expect(fatal).toEqual([])
  })

  it('withdraws what it handed to the producer and has not left yet', async () => {
    let signal: AbortSignal | undefined
    const producer = {
      send: (_: readonly RecordToSend[], given?: AbortSignal) => {
        signal = given
        return never
      },
      close: () => Promise.resolve(),
    }
    const { worker: w } = await worker({ handle: () => Promise.resolve([fraudFeedback.event({ card_id: 'c' } as never)]), producer })
    w.push(records(1), upTo(1n))
    await vi.waitFor(() => expect(signal).toBeDefined())
    w.revoke()
    expect(signal?.aborted).toBe(true)
  })

  it('takes its lag back: whoever has the partition now tells it', async () => {
    const handle = vi.fn<Handle>(() => never)
    const { worker: w, observed } = await worker({ handle })
    w.push(records(2), { next: 2n, end: 10n })
    await vi.waitFor(() => expect(handle).toHaveBeenCalledOnce())
    expect(observed.slice(1)).toEqual(['lag 10'])
    w.revoke()
    w.push(records(1, 2), { next: 3n, end: 11n })
    expect(observed.slice(1)).toEqual(['lag 10', 'released'])
  })
})

describe('a failure that nobody knows', () => {
  it('has all of its tries also after an outage, however long that was', async () => {
    const failures: Error[] = [away, away, away, new Error('a bug, or not')]
    const handle = vi.fn<Handle>(() => {
      const failure = failures.shift()
      return failure ? Promise.reject(failure) : Promise.resolve([])
    })
    const { worker: w, handled, observed } = await worker({ handle })
    w.push(records(1), upTo(1n))
    await vi.waitFor(() => expect(handled).toHaveLength(1))
    expect(handle).toHaveBeenCalledTimes(5)
    expect(observed).not.toContain('gave up')
    await w.drain()
  })
})

describe('a dead letter', () => {
  it('that the dead-letter topic does not take makes the partition wait; the process goes on, and the record is not lost', async () => {
    let limit = 10
    const letters: RecordToSend[] = []
    const producer = {
      send: (sent: readonly RecordToSend[]) => {
        if (sent.some(({ headers }) => Object.keys(headers).length > limit - 8)) return Promise.reject(new MessagingError('KAFKA_RECORD_TOO_LARGE', 'too large'))
        letters.push(...sent)
        return Promise.resolve()
      },
      close: () => Promise.resolve(),
    }
    const { worker: w, handled, fatal, observed } = await worker({ handle: () => Promise.reject(new MessagingError('TOMBSTONE_UNEXPECTED', 'bad')), producer })
    w.push(records(1), upTo(1n))
    await vi.waitFor(() => expect(observed).toContain('waits: too large'))
    expect([handled, fatal]).toEqual([[], []])
    limit = 100 // somebody raises the topic's max.message.bytes
    await vi.waitFor(() => expect(handled).toHaveLength(1))
    expect(letters).toHaveLength(1)
    await w.drain()
  })
})

describe('lag', () => {
  it('counts what stands on the topic behind the last record handled, from the first record seen', async () => {
    const { worker: w, observed } = await worker()
    w.push(records(2, 5), { next: 7n, end: 20n })
    await vi.waitFor(() => expect(observed.slice(1)).toEqual(['lag 15', 'lag 14', 'lag 13']))
    await w.drain()
  })

  it('grows with the log also while the partition is paused', async () => {
    const { worker: w, observed } = await worker({ handle: () => never })
    w.push(records(1_200), { next: 1_200n, end: 1_500n })
    expect(w.paused).toBe(true)
    w.grown(9_000n)
    expect(observed.at(-1)).toBe('lag 9000')
    w.revoke()
  })

  it('is over when all is handled, also when the log ends with the end of a transaction, which has an offset and no record', async () => {
    const { worker: w, observed } = await worker()
    w.push(records(2), { next: 3n, end: 3n })
    await vi.waitFor(() => expect(observed.slice(1)).toEqual(['lag 2', 'lag 1', 'lag 0']))
    w.push([], { next: 4n, end: 5n })
    expect(observed.at(-1)).toBe('lag 1')
    await w.drain()
  })
})
