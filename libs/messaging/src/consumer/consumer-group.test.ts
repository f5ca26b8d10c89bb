import { fraudFeedback } from '@swipestream/contracts'
import { describe, expect, it, vi } from 'vitest'
import { MessagingError } from '../errors.js'
import type { Consumer, ConsumerSink, KafkaClient, KafkaRecord } from '../kafka/ports.js'
import { ConsumerGroup } from './consumer-group.js'
import { upTo, workerParts } from './worker-parts.fixture.js'

const topic = fraudFeedback.name
const at = { topic, partition: 0 }
const record: KafkaRecord = { ...at, offset: 0n, timestamp: 0, key: null, value: Buffer.from('v'), headers: {} }

function group(handle: () => Promise<[]> = () => Promise.resolve([]), commit: () => Promise<void> = () => Promise.resolve()) {
  const health: (string | null)[] = []
  const fatal: unknown[] = []
  const calls: string[] = []
  const seek = vi.fn<Consumer['seek']>()
  const consumer: Consumer = {
    start: vi.fn<(sink: ConsumerSink) => void>(),
    seek,
    pause: vi.fn<() => void>(),
    resume: vi.fn<() => void>(),
    commit: async () => {
      await commit()
      calls.push('commit')
    },
    close: () => {
      calls.push('close')
      return Promise.resolve()
    },
  }
  const { parts, producer } = workerParts()
  const client = { consumer: () => consumer } as unknown as KafkaClient
  const subscribed = new Map([[topic, { subscription: parts.subscription, handle }]])
  const made = new ConsumerGroup(client, subscribed, 6_000, {
    ...parts,
    producer,
    onHealth: (error) => health.push(error?.message ?? null),
    onDeadLetters: () => undefined,
    fatal: (error) => fatal.push(error),
  })
  /** Records come once they are asked for. */
  async function begin(): Promise<void> {
    made.assigned([at])
    await vi.waitFor(() => expect(seek).toHaveBeenCalledWith(at, null))
  }
  return { group: made, begin, health, fatal, calls }
}

describe('a consumer group', () => {
  it('that closes finishes what it has in hand, commits that, then leaves', async () => {
    const handling = Promise.withResolvers<[]>()
    const { group: g, begin, calls } = group(() => handling.promise)
    await begin()
    g.records(at, [record], upTo(1n))
    await new Promise(setImmediate)
    const closed = g.close()
    handling.resolve([])
    await closed
    expect(calls).toEqual(['commit', 'close'])
  })

  it('that closes begins nothing with partitions that come meanwhile', async () => {
    const handling = Promise.withResolvers<[]>()
    const handle = vi.fn<() => Promise<[]>>(() => handling.promise)
    const { group: g, begin } = group(handle)
    await begin()
    g.records(at, [record], upTo(1n))
    await vi.waitFor(() => expect(handle).toHaveBeenCalledOnce())
    const closed = g.close()
    const late = { topic, partition: 1 }
    g.assigned([late])
    g.records(late, [{ ...record, ...late }], upTo(1n))
    handling.resolve([])
    await closed
    expect(handle).toHaveBeenCalledOnce()
  })

  it('is well when both reading and committing are: one that works says nothing of the other', async () => {
    let away = true
    const { group: g, begin, health } = group(undefined, () => (away ? Promise.reject(new MessagingError('KAFKA_UNAVAILABLE', 'no commit')) : Promise.resolve()))
    g.health(null)
    await begin()
    g.records(at, [record], upTo(1n))
    await vi.waitFor(() => expect(health.at(-1)).toBe('no commit'))
    g.health(new Error('no records'))
    g.health(null)
    expect(health.at(-1)).toBe('no commit')
    away = false
    await vi.waitFor(() => expect(health.at(-1)).toBe(null))
    await g.close()
  })

  it('is well while the group shares out its partitions anew', async () => {
    let refusals = 3
    const { group: g, begin, health, calls } = group(undefined, () => (refusals-- > 0 ? Promise.reject(new MessagingError('GROUP_REBALANCING', 'soon')) : Promise.resolve()))
    g.health(null)
    await begin()
    g.records(at, [record], upTo(1n))
    await vi.waitFor(() => expect(calls).toEqual(['commit']))
    expect(new Set(health)).toEqual(new Set([null]))
    await g.close()
  })

  it('is not well before it has joined, also when nothing went wrong', () => {
    const { health } = group()
    expect(health).toEqual([])
  })

  it('ends the process when the broker refuses it for good', () => {
    const { group: g, fatal } = group()
    const refused = new MessagingError('KAFKA_REFUSED', 'check the credentials')
    g.health(refused)
    expect(fatal).toEqual([refused])
  })
})
