import { Controller } from '@nestjs/common'
import { cardProfiles, type FraudFeedback, fraudFeedback } from '@swipestream/contracts'
import { type BatchContext, Consume, type Outgoing, type Received } from '@swipestream/messaging'
import { eventually, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import { metricsRegistry, type RunningService } from '@swipestream/platform'
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { registryInBetween } from './registry-in-between.js'
import { notReady, testService } from './test-service.js'
import { testTopics } from './test-topics.js'
import { input, output } from './traffic.js'

let backbone: TestBackbone

beforeEach(async () => {
  backbone = await testBackbone(testTopics)
})
afterEach(() => backbone.close())

async function start(options: Omit<Parameters<typeof testService>[0], 'env'>, env = backbone.env): Promise<RunningService> {
  const service = await testService({ env, ...options })
  onTestFinished(() => service.stop())
  await eventually(async () => (await notReady(service)) === '')
  return service
}

const dlq = { name: `${fraudFeedback.name}.dlq` }

describe('a registry that answers 500 for a while', () => {
  it('makes the partition wait; when it is well again, everything is handled in order and nothing is given up', async () => {
    const handled: number[] = []
    @Controller()
    class Listen {
      @Consume(fraudFeedback, { batch: 10 })
      handle(messages: Received<FraudFeedback>[]): void {
        handled.push(...messages.map(({ value }) => value.given_at))
      }
    }
    const registry = await registryInBetween(backbone.env.SCHEMA_REGISTRY_URL)
    onTestFinished(() => registry.close())
    const service = await start({ controllers: [Listen] }, { ...backbone.env, SCHEMA_REGISTRY_URL: registry.url })
    registry.fail(500)
    await backbone.publish(Array.from({ length: 30 }, (_, n) => fraudFeedback.event(input('card', n))))
    expect(await eventually(async () => (await notReady(service)) || undefined)).toContain('answers 500')
    await eventually(() => registry.refused() >= 3)
    expect(handled).toEqual([])
    registry.fail(null)
    await eventually(() => handled.length === 30)
    expect(handled).toEqual(Array.from({ length: 30 }, (_, n) => n))
    await eventually(async () => (await notReady(service)) === '')
    expect(await backbone.records(dlq)).toEqual([])
  })
})

describe('a service that is stopped while a partition waits for something to come back', () => {
  it('ends at once; what waited is handled by the next, and only that', async () => {
    let away = true
    const handled: number[] = []
    const tried: number[] = []
    @Controller()
    class Database {
      @Consume(fraudFeedback)
      handle({ value }: Received<FraudFeedback>): Outgoing[] {
        tried.push(value.given_at)
        if (away && value.given_at === 3) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
        handled.push(value.given_at)
        return [output(value)]
      }
    }
    const name = `waits-${randomUUID()}`
    const first = await start({ name, controllers: [Database], produces: [cardProfiles] })
    await backbone.publish(Array.from({ length: 6 }, (_, n) => fraudFeedback.event(input('card', n))))
    await eventually(() => tried.filter((n) => n === 3).length >= 3)
    const began = performance.now()
    await first.stop()
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(handled).toEqual([0, 1, 2])
    const triedUntilThen = tried.length
    away = false
    await start({ name, controllers: [Database], produces: [cardProfiles] })
    await eventually(() => handled.length === 6)
    expect(tried.slice(triedUntilThen)).toEqual([3, 4, 5])
    await eventually(async () => (await backbone.received(cardProfiles)).length === 6)
    expect(await backbone.records(dlq)).toEqual([])
  })
})

describe('a handler that is slower than its topic', () => {
  it('has a bounded number of records in memory, and gets all of them in the end', async () => {
    const slow = Promise.withResolvers<void>()
    const seen = new Map<number, number[]>()
    @Controller()
    class Slow {
      @Consume(fraudFeedback, { batch: 500 })
      async handle(messages: Received<FraudFeedback>[], { partition }: BatchContext): Promise<void> {
        if (partition === 0) await slow.promise
        seen.set(partition, [...(seen.get(partition) ?? []), ...messages.map(({ value }) => value.given_at)])
      }
    }
    const backlog = 40_000
    const send = async (partition: number) => {
      for (let from = 0; from < backlog; from += 5_000) {
        await backbone.publish(Array.from({ length: 5_000 }, (_, i) => ({ ...fraudFeedback.event(input(`card-${i % 100}`, from + i)), partition })))
      }
    }
    await send(0)
    await start({ controllers: [Slow] })
    await send(1)
    // All of the other partition passed by, fetched by the same member from the same broker.
    await eventually(() => seen.get(1)?.length === backlog, { timeoutMs: 45_000 })
    const queued = await metricOf('consumer_queued_records', 0)
    // A queue of 1,000 records and what the request brought that filled it: 1 MiB of records of more than 200 bytes.
    expect(queued).toBeGreaterThan(0)
    expect(queued).toBeLessThan(1_000 + 2 ** 20 / 200)
    slow.resolve()
    await eventually(() => seen.get(0)?.length === backlog, { timeoutMs: 45_000 })
    for (const partition of [0, 1]) expect(seen.get(partition)).toEqual(Array.from({ length: backlog }, (_, n) => n))
    expect(await metricOf('consumer_queued_records', 0)).toBe(0)
  })
})

/** A gauge of a partition of this test's topic, as `GET /metrics` would show it. */
async function metricOf(name: string, partition: number): Promise<number | undefined> {
  const { values } = (await metricsRegistry.getSingleMetric(name)?.get()) ?? { values: [] }
  return values.find(({ labels }) => labels['topic'] === backbone.namespace + fraudFeedback.name && labels['partition'] === partition)?.value
}
