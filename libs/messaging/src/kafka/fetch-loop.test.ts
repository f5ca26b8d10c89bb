import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MessagingError } from '../errors.js'
import { FetchLoop } from './fetch-loop.js'
import type { Answer, FetchSource } from './fetch-source.js'
import { nameOf, type PartitionOffset, type TopicPartition } from './ports.js'

interface Log {
  /** Values by offset, from offset 0. */
  values: string[]
  first?: bigint
  committed?: bigint
  leader?: number | Error
  topicId?: string
  /** Instead of what was read. */
  refused?: Error
}

/** By the partition's name. */
const logs = new Map<string, Log>()
/** What nodes fail with. */
const away = new Map<number, Error>()
/** Partitions of every request, in their order. */
const requests: string[][] = []
/** Topics whose first offsets were asked for. */
const looked: string[] = []
/** A request is answered, as it was when it came, after this. */
let answering: Promise<void>

const source: FetchSource = {
  committed: (partitions) => Promise.resolve(new Map(partitions.flatMap((each) => (logOf(each).committed === undefined ? [] : [[nameOf(each), logOf(each).committed as bigint]])))),
  firstOffsets: (topic) => {
    looked.push(topic)
    const [log] = [...logs].flatMap(([name, each]) => (name === `${topic}/0` ? [each] : []))
    return log ? Promise.resolve([log.first ?? 0n]) : Promise.reject(new Error(`no ${topic}`))
  },
  leaders: (partitions) => Promise.resolve(new Map(partitions.map((each) => {
    const { leader = 1, topicId = 'id' } = logOf(each)
    return [nameOf(each), leader instanceof Error ? leader : { node: leader, topicId }]
  }))),
  fetch: async (node, partitions) => {
    requests.push(partitions.map(nameOf))
    const failure = away.get(node)
    const answers = new Map(partitions.map((each) => [nameOf(each), answerTo(each)]))
    await Promise.all([answering, new Promise((resolve) => setTimeout(resolve, 5))])
    if (failure) throw failure
    return answers
  },
  failed: (error) => (error instanceof MessagingError ? error : new MessagingError('KAFKA_UNAVAILABLE', String(error))),
}

function logOf(partition: TopicPartition): Log {
  return logs.get(nameOf(partition)) ?? { values: [] }
}

function answerTo(asked: PartitionOffset): Answer {
  const { values, first = 0n, refused } = logOf(asked)
  const end = BigInt(values.length)
  if (refused) return refused
  if (asked.offset < first || asked.offset > end) return 'gone'
  const records = values.slice(Number(asked.offset)).map((value, i) => ({ topic: asked.topic, partition: asked.partition, offset: asked.offset + BigInt(i), timestamp: 0, key: null, value: Buffer.from(value), headers: {} }))
  return { records, next: end, end }
}

const at = (topic: string) => ({ topic, partition: 0 })
let loop: FetchLoop
let seen: string[]
let troubles: Map<string, string>
/** All that were ever told. */
let complaints: string[]
let followAssignment: () => void

beforeEach(() => {
  for (const map of [logs, away]) map.clear()
  requests.length = 0
  looked.length = 0
  answering = Promise.resolve()
  ;[seen, troubles, complaints, followAssignment] = [[], new Map(), [], () => undefined]
  loop = new FetchLoop({
    source,
    followAssignment: () => followAssignment(),
    records: (_, records) => void seen.push(...records.map(({ value }) => String(value))),
    trouble: (part, error) => {
      if (error) complaints.push(error.message)
      if (error) troubles.set(part, error.message)
      else troubles.delete(part)
    },
  })
})
afterEach(() => loop.close())

function read(...topics: string[]): void {
  for (const topic of topics) {
    loop.add(at(topic))
    loop.seek(at(topic), null)
  }
}

/** Partitions that are read, with the answer to the request for them under way. */
async function fetching(...topics: string[]): Promise<{ answers: () => void }> {
  const { promise, resolve } = Promise.withResolvers<void>()
  answering = promise
  read(...topics)
  await vi.waitFor(() => expect(requests.flat()).toEqual(topics.map((topic) => `${topic}/0`)))
  return { answers: resolve }
}

describe('a partition', () => {
  it('is read from where the group has committed, else from its first record, and not before it is sought', async () => {
    logs.set('a/0', { values: ['a0', 'a1', 'a2'], first: 1n }).set('b/0', { values: ['b0', 'b1'], committed: 1n }).set('c/0', { values: ['c0'] })
    loop.add(at('c'))
    read('a', 'b')
    await vi.waitFor(() => expect(seen.toSorted()).toEqual(['a1', 'a2', 'b1']))
    expect(requests.flat()).not.toContain('c/0')
  })

  it.each<[string, Partial<Log>]>([
    ['is refused', { refused: new Error('cannot be read') }],
    ['has no leader', { leader: new Error('has no leader') }],
  ])('that %s holds up no other, is named, and is read on when it is well again', async (_, trouble) => {
    logs.set('a/0', { values: ['a0'] }).set('b/0', { values: ['b0'], ...trouble })
    read('a', 'b')
    await vi.waitFor(() => expect([...troubles.keys()]).toEqual(['b/0']))
    logs.get('a/0')!.values.push('a1')
    await vi.waitFor(() => expect(seen).toEqual(['a0', 'a1']))
    logs.set('b/0', { values: ['b0'] })
    await vi.waitFor(() => expect(seen).toContain('b0'))
    expect(troubles.size).toBe(0)
  })

  it('whose first record cannot be found holds up no other', async () => {
    logs.set('a/0', { values: ['a0'] })
    read('missing', 'a')
    await vi.waitFor(() => expect(seen).toEqual(['a0']))
    await vi.waitFor(() => expect(requests.length).toBeGreaterThan(4))
    await vi.waitFor(() => expect([...troubles]).toEqual([['missing/0', 'Error: no missing']]))
    // Not with every request for the others.
    expect(looked.filter((topic) => topic === 'missing').length).toBeLessThan(requests.length)
    loop.remove(at('missing'))
    expect(troubles.size).toBe(0)
  })

  it('whose offset is gone is read from its first record, and that is said', async () => {
    logs.set('a/0', { values: ['a0', 'a1', 'a2'], first: 2n, committed: 1n })
    read('a')
    await vi.waitFor(() => expect(seen).toEqual(['a2']))
    expect(complaints).toEqual([expect.stringContaining('has no offset 1 any more')])
    expect(troubles.size).toBe(0)
  })

  it('whose topic was made anew is read from its first record, also where the offset is there again; nothing of the old one comes after it', async () => {
    const old: Log = { values: ['old0', 'old1'], topicId: 'old' }
    logs.set('a/0', old)
    read('a')
    await vi.waitFor(() => expect(seen).toEqual(['old0', 'old1']))
    logs.set('a/0', { values: ['new0', 'new1', 'new2'], topicId: 'new' })
    await vi.waitFor(() => expect(seen.slice(-3)).toEqual(['new0', 'new1', 'new2']))
    expect(complaints).toEqual([expect.stringContaining('made anew')])
  })

  it('goes to the end of the line when something was read of it', async () => {
    for (const topic of ['a', 'b', 'c']) logs.set(`${topic}/0`, { values: [] })
    read('a', 'b', 'c')
    await vi.waitFor(() => expect(requests).toContainEqual(['a/0', 'b/0', 'c/0']))
    logs.get('a/0')!.values.push('a0')
    await vi.waitFor(() => expect(requests.at(-1)).toEqual(['b/0', 'c/0', 'a/0']))
  })
})

describe('an answer that was under way', () => {
  it.each([
    ['another offset', 1n, ['b1', 'b2']],
    ['the same offset', 0n, ['b0', 'b1', 'b2']],
    ['where the group left off, elsewhere', null, ['b2']],
  ])('does not come after a seek to %s', async (_, offset, expected) => {
    logs.set('a/0', { values: ['a0', 'a1', 'a2'] })
    const { answers } = await fetching('a')
    logs.set('a/0', { values: ['b0', 'b1', 'b2'], committed: 2n })
    loop.seek(at('a'), offset)
    answers()
    await vi.waitFor(() => expect(seen).toEqual(expected))
  })

  it('does not come of a partition that has gone, or has gone and come again', async () => {
    logs.set('a/0', { values: ['a0'] }).set('b/0', { values: ['b0'] }).set('c/0', { values: ['c0'] })
    const { answers } = await fetching('a', 'b', 'c')
    loop.remove(at('a'))
    loop.remove(at('b'))
    loop.add(at('b'))
    answers()
    await vi.waitFor(() => expect(seen).toEqual(['c0']))
    loop.seek(at('b'), 0n)
    await vi.waitFor(() => expect(seen).toEqual(['c0', 'b0']))
  })

  it('does not come of a partition that is found to have gone when the answer is there', async () => {
    logs.set('a/0', { values: ['a0'] }).set('b/0', { values: ['b0'] })
    const { answers } = await fetching('a', 'b')
    followAssignment = () => loop.remove(at('a'))
    answers()
    await vi.waitFor(() => expect(seen).toEqual(['b0']))
  })

  it('comes of a partition that was paused meanwhile, which is then read on only when it is resumed', async () => {
    logs.set('a/0', { values: ['a0'] }).set('b/0', { values: ['b0'] })
    const { answers } = await fetching('a', 'b')
    loop.pause(at('a'))
    answers()
    await vi.waitFor(() => expect(seen).toEqual(['a0', 'b0']))
    for (const name of ['a', 'b']) logs.get(`${name}/0`)!.values.push(`${name}1`)
    await vi.waitFor(() => expect(seen).toEqual(['a0', 'b0', 'b1']))
    expect(requests.slice(1).flat()).not.toContain('a/0')
    loop.resume(at('a'))
    await vi.waitFor(() => expect(seen).toContain('a1'))
  })

  it('comes once, when meanwhile another leader was asked', async () => {
    logs.set('a/0', { values: ['a0'] })
    const { answers } = await fetching('a')
    logs.set('a/0', { values: ['a0', 'a1'], leader: 2 })
    answering = Promise.resolve()
    loop.run()
    await vi.waitFor(() => expect(seen).toEqual(['a0', 'a1']))
    answers()
    logs.get('a/0')!.values.push('a2')
    await vi.waitFor(() => expect(seen).toContain('a2'))
    expect(seen).toEqual(['a0', 'a1', 'a2'])
  })

  it('does not come of a topic that was found to be made anew meanwhile', async () => {
    logs.set('a/0', { values: ['old0'], topicId: 'old' })
    const { answers } = await fetching('a')
    logs.set('a/0', { values: ['new0'], topicId: 'new' })
    loop.run()
    await vi.waitFor(() => expect(looked).toEqual(['a', 'a']))
    answers()
    await vi.waitFor(() => expect(seen).toEqual(['new0']))
  })

  it('does not come after the loop was closed', async () => {
    logs.set('a/0', { values: ['a0'] })
    const { answers } = await fetching('a')
    const follow = vi.fn<() => void>()
    followAssignment = follow
    await loop.close()
    answers()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect([seen, requests.length, follow.mock.calls.length]).toEqual([[], 1, 0])
  })
})

describe('a broker that is away', () => {
  it('is named, holds up no other, and is asked again', async () => {
    logs.set('a/0', { values: ['a0'] }).set('b/0', { values: ['b0'], leader: 2 })
    away.set(2, new Error('gone'))
    read('a', 'b')
    await vi.waitFor(() => expect(seen).toEqual(['a0']))
    await vi.waitFor(() => expect([...troubles]).toEqual([['reading from broker 2', 'Error: gone']]))
    away.clear()
    await vi.waitFor(() => expect(seen).toEqual(['a0', 'b0']))
    expect(troubles.size).toBe(0)
  })

  it('is no trouble any more when it leads nothing of ours', async () => {
    logs.set('a/0', { values: ['a0'] }).set('b/0', { values: ['b0'], leader: 2 })
    away.set(2, new Error('gone'))
    read('a', 'b')
    await vi.waitFor(() => expect(troubles.size).toBe(1))
    logs.get('b/0')!.leader = 1
    await vi.waitFor(() => expect(seen).toEqual(['a0', 'b0']))
    expect(troubles.size).toBe(0)
  })
})
