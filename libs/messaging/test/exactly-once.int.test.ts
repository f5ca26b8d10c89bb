import { randomUUID } from 'node:crypto'
import { Controller } from '@nestjs/common'
import { cardProfiles, type FraudFeedback, fraudFeedback, topicDefinitions } from '@swipestream/contracts'
import { type BatchContext, causedBy, Consume, type Outgoing, type Received } from '@swipestream/messaging'
import { eventually, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import type { RunningService } from '@swipestream/platform'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { profileOf } from '../src/card-profile.fixture.js'
import { notReady, testService } from './test-service.js'
import { testTopics } from './test-topics.js'
import { input } from './traffic.js'

const patience = { timeoutMs: 45_000, intervalMs: 50 }
const dlq = { name: `${fraudFeedback.name}.dlq` }

let backbone: TestBackbone

beforeEach(async () => {
  backbone = await testBackbone(testTopics)
})
afterEach(() => backbone.close())

/** Counts the records of each card, tells each count as an event, and keeps it as state: both on the same topic, of which the state is the last. */
type Counts = { counts: typeof cardProfiles }
function counting(check: (message: Received<FraudFeedback>) => void = () => undefined) {
  @Controller()
  class Counting {
    @Consume(fraudFeedback, { batch: 50, state: { counts: cardProfiles }, exactlyOnce: true })
    handle(messages: Received<FraudFeedback>[], { state }: BatchContext<Counts>): Outgoing[] {
      return messages.flatMap((message) => {
        check(message)
        const { card_id: card } = message.value
        const count = (state.counts.get(card)?.input_offset ?? 0) + 1
        state.counts.set(profileOf(card, count))
        return causedBy(message, [cardProfiles.event(profileOf(card, count), { n: String(message.value.given_at) })])
      })
    }
  }
  return Counting
}

async function start(controller: ReturnType<typeof counting>, name: string, produces = [cardProfiles]): Promise<RunningService> {
  const service = await testService({ name, env: backbone.env, controllers: [controller], produces })
  onTestFinished(() => service.stop())
  await eventually(async () => (await notReady(service)) === '', patience)
  return service
}

const send = (card: string, ...numbers: number[]) => backbone.publish(numbers.map((n) => fraudFeedback.event(input(card, n))))

/** What came out for each record, by its number: the events, without the records of the state beside them. */
async function outcomes(): Promise<[n: number, count: number][]> {
  const received = await backbone.received(cardProfiles)
  return received.flatMap(({ headers, value }): [number, number][] => (headers['n'] === undefined ? [] : [[Number(headers['n']), value.input_offset]]))
}
const inOrder = (numbers: number[], from = 1) => numbers.map((n, i): [number, number] => [n, from + i])

describe('a service that handles exactly once', () => {
  it('has each outcome, with the state it came from, once: also over instances that follow each other', async () => {
    const name = `counting-${randomUUID()}`
    const first = await start(counting(), name)
    await send('card', ...Array.from({ length: 120 }, (_, n) => n))
    await eventually(async () => (await outcomes()).length === 120, patience)
    await first.stop()
    await send('card', 120, 121)
    await start(counting(), name)
    await eventually(async () => (await outcomes()).length >= 122, patience)
    expect(await outcomes()).toEqual(inOrder(Array.from({ length: 122 }, (_, n) => n)))
  })

  it('gives up only the record at fault, once, and counts it not: neither in the state nor twice what was handled beside it', async () => {
    const attempts: number[] = []
    await send('card', 1, 2, 3, 4)
    await backbone.send([{ topic: fraudFeedback.name, key: Buffer.from('card'), value: Buffer.from('not Avro'), headers: {} }])
    await send('card', 5, 6)
    await start(
      counting(({ value: { given_at: n } }) => {
        attempts.push(n)
        if (n === 3) throw new Error('3 is not liked')
      }),
      `counting-${randomUUID()}`,
    )
    await eventually(async () => (await outcomes()).length === 5, patience)
    expect(await outcomes()).toEqual(inOrder([1, 2, 4, 5, 6]))
    const letters = await backbone.records(dlq)
    expect(letters.map(({ headers }) => String(headers['dlq-code']))).toEqual(['HANDLER_FAILED', 'AVRO_NOT_FRAMED'])
    // Those before it were tried with it, and came out once.
    expect(attempts.filter((n) => n === 1).length).toBeGreaterThan(1)
  })

  it('gives up a record whose outcome is larger than its topic takes; nothing of the failed transaction is seen', async () => {
    @Controller()
    class Large {
      @Consume(fraudFeedback, { batch: 50, exactlyOnce: true })
      handle(messages: Received<FraudFeedback>[]): Outgoing[] {
        return messages.map(({ value: { given_at: n } }) => {
          const profile = profileOf('card', n)
          return cardProfiles.event(n === 2 ? { ...profile, last_transaction_id: 'x'.repeat(2_000_000) } : profile, { n: String(n) })
        })
      }
    }
    await send('card', 1, 2, 3)
    await start(Large as never, `large-${randomUUID()}`)
    await eventually(async () => (await outcomes()).length === 2, patience)
    expect(await outcomes()).toEqual([[1, 1], [3, 3]])
    expect((await backbone.records(dlq)).map(({ headers }) => String(headers['dlq-code']))).toEqual(['KAFKA_RECORD_TOO_LARGE'])
  })

  it('takes no harm from a clock that jumps', async () => {
    await start(counting(), `counting-${randomUUID()}`)
    const now = vi.spyOn(Date, 'now')
    onTestFinished(() => void now.mockRestore())
    let [n, expected] = [0, 0]
    for (const hours of [0, 26, -26, 1]) {
      const jumped = performance.timeOrigin + hours * 3_600_000
      now.mockImplementation(() => Math.round(jumped + performance.now()))
      await send('card', n++, n++, n++)
      expected += 3
      await eventually(async () => (await outcomes()).length === expected, { ...patience, timeoutMs: 1e9 })
    }
    expect(await outcomes()).toEqual(inOrder(Array.from({ length: n }, (_, i) => i)))
    expect(await backbone.records(dlq)).toEqual([])
  })

  it('waits while its topic is gone, and goes on with the one that is made anew, from its first record', async () => {
    const service = await start(counting(), `counting-${randomUUID()}`)
    await send('card', 1, 2)
    await eventually(async () => (await outcomes()).length === 2, patience)
    const admin = backbone.client.admin()
    onTestFinished(() => admin.close())
    const name = backbone.namespace + fraudFeedback.name
    await admin.deleteTopics([name])
    await eventually(async () => (await notReady(service)).includes('KAFKA_TOPIC_MISSING') || (await notReady(service)).includes(fraudFeedback.name), patience)
    const { partitions, config } = topicDefinitions.find((topic) => topic.name === fraudFeedback.name)!
    await admin.createTopics([{ name, partitions, config }], 1)
    await eventually(async () => (await notReady(service)) === '', patience)
    await send('card', 3, 4)
    await eventually(async () => (await outcomes()).length >= 4, patience)
    expect(await outcomes()).toEqual(inOrder([1, 2, 3, 4]))
  })
})
