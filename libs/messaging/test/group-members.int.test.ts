import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Controller } from '@nestjs/common'
import { Consumer as RawConsumer } from '@platformatic/kafka'
import { type FraudFeedback, fraudFeedback } from '@swipestream/contracts'
import { type BatchContext, Consume, type Received } from '@swipestream/messaging'
import { eventually, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { everyVariant } from './conformance/clients.js'
import { GroupMember } from './group-member.js'
import { notReady, testService } from './test-service.js'
import { testTopics } from './test-topics.js'
import { input, Traffic } from './traffic.js'

const sessionTimeoutMs = 6_000
/** Members are processes, and a busy machine takes half a minute to start one. */
const patience = { timeoutMs: 120_000, intervalMs: 200 }

let backbone: TestBackbone

beforeEach(async () => {
  backbone = await testBackbone(testTopics)
})
afterEach(() => backbone.close())

/** Offsets the group has committed, by partition. */
function committedBy(group: string) {
  const topic = backbone.namespace + fraudFeedback.name
  const client = new RawConsumer({ clientId: 'onlooker', bootstrapBrokers: backbone.env.KAFKA_BROKERS.split(','), groupId: backbone.namespace + group })
  const partitions = Array.from({ length: fraudFeedback.partitions }, (_, i) => i)
  return {
    offsets: async () => (await client.listCommittedOffsets({ topics: [{ topic, partitions }] })).get(topic)?.map(Number) ?? [],
    close: () => client.close(true),
  }
}

const variants: [string, boolean][] = [['exactly once', true], ...(everyVariant ? [['at least once', false] as [string, boolean]] : [])]

describe.each(variants)('members of a group under load, %s,', (_, exactlyOnce) => {
  it('lose nothing and keep the order of each key when one joins, one is killed and one leaves', { timeout: 300_000 }, async () => {
    const traffic = new Traffic(backbone)
    const options = { group: 'copy', exactlyOnce, batchMs: 200 }
    await traffic.send(60)
    // 100 records a second and partition: there is always something to do, and some of it is under way.
    const [first, second] = ['first', 'second'].map((name) => new GroupMember(backbone, name, options)) as [GroupMember, GroupMember]
    await Promise.all([traffic.atWork('first'), traffic.atWork('second')])
    await traffic.send(40)
    const third = new GroupMember(backbone, 'third', options)
    await traffic.atWork('third')
    await traffic.send(40)
    await traffic.atWork('first')
    first.kill('SIGKILL')
    await traffic.atWork('second')
    second.kill('SIGTERM')
    expect(await second.exited).toEqual({ code: 0, signal: null })
    await traffic.send(10)
    await eventually(() => traffic.complete(), patience)
    const { wrong, again } = traffic.account()
    expect(wrong).toEqual([])
    if (exactlyOnce) expect(again).toBe(0)
    else console.log(`group members: ${again} of ${traffic.total} records came out twice over a join, a kill and a leave`)
    expect(await traffic.givenUp()).toEqual([])
    third.kill('SIGTERM')
    expect(await third.exited).toEqual({ code: 0, signal: null })
  })

  it('do not set the group back when one wakes up after the others have taken its partitions', { timeout: 300_000 }, async () => {
    const traffic = new Traffic(backbone)
    const group = 'copy'
    await traffic.send(40)
    const sleeper = new GroupMember(backbone, 'sleeper', { group, exactlyOnce, batchMs: 200 })
    await traffic.atWork('sleeper')
    sleeper.kill('SIGSTOP')
    const other = new GroupMember(backbone, 'other', { group, exactlyOnce, batchMs: 5 })
    await eventually(() => traffic.complete(), patience)
    await traffic.send(20)
    await eventually(() => traffic.complete(), patience)

    const committed = committedBy(group)
    const ends = (await backbone.client.reader().bounds(backbone.namespace + fraudFeedback.name)).map(({ end }) => Number(end))
    await eventually(async () => expect(await committed.offsets()).toEqual(ends) ?? true, patience)
    sleeper.kill('SIGCONT')
    // It is ready again when it has found out, and joined anew; what it does until then must not reach the group.
    const setBack: number[][] = []
    const watch = async () => {
      const offsets = await committed.offsets()
      if (offsets.some((offset, partition) => offset < (ends[partition] ?? 0))) setBack.push(offsets)
    }
    const before = traffic.byMember.get('sleeper') ?? 0
    await eventually(async () => {
      await watch()
      await traffic.send(1)
      await traffic.look()
      return (await sleeper.ready()) && (traffic.byMember.get('sleeper') ?? 0) > before + 20
    }, patience)
    await eventually(() => traffic.complete(), patience)
    await watch()
    expect(setBack).toEqual([])
    const { wrong, again } = traffic.account()
    expect(wrong).toEqual([])
    // What it had in hand when it was stopped, it writes when it wakes up, unless it is fenced.
    if (exactlyOnce) expect(again).toBe(0)
    expect(await traffic.givenUp()).toEqual([])
    await committed.close()
    for (const member of [sleeper, other]) member.kill('SIGTERM')
    expect(await Promise.all([sleeper.exited, other.exited])).toEqual([{ code: 0, signal: null }, { code: 0, signal: null }])
  })
})

describe('a handler that takes five times as long as the session may be silent', () => {
  it('keeps its partition: it is not called again, and what it did is committed', { timeout: 120_000 }, async () => {
    const calls: number[] = []
    const aborted: boolean[] = []
    @Controller()
    class Slow {
      @Consume(fraudFeedback)
      async handle({ value }: Received<FraudFeedback>, { signal }: BatchContext): Promise<void> {
        calls.push(value.given_at)
        // The one thing here that is about time itself.
        if (value.given_at === 0) await sleep(5 * sessionTimeoutMs)
        aborted.push(signal.aborted)
      }
    }
    const name = `slow-${randomUUID()}`
    const service = await testService({ name, env: backbone.env, controllers: [Slow] })
    const rival = await testService({ name, env: backbone.env, controllers: [Slow] })
    try {
      await eventually(async () => (await notReady(service)) === '' && (await notReady(rival)) === '')
      const event = fraudFeedback.event(input('card', 0))
      await backbone.publish([event, fraudFeedback.event(input('card', 1))])
      await eventually(() => aborted.length === 2, { ...patience, timeoutMs: 90_000 })
      expect(calls).toEqual([0, 1])
      expect(aborted).toEqual([false, false])
      const committed = committedBy(name)
      await eventually(async () => (await committed.offsets()).some((offset) => offset === 2))
      await committed.close()
    } finally {
      await Promise.all([service.stop(), rival.stop()])
    }
  })
})
