import { setTimeout as delay } from 'node:timers/promises'
import { Controller } from '@nestjs/common'
import { type Card, cardProfiles, cards, type FraudFeedback, fraudFeedback, uuidv7 } from '@swipestream/contracts'
import { type BatchContext, Consume, type Outgoing, type Received } from '@swipestream/messaging'
import { eventually, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import type { RunningService } from '@swipestream/platform'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { profileOf } from '../src/card-profile.fixture.js'
import { registryInBetween } from './registry-in-between.js'
import { notReady, testService } from './test-service.js'
import { testTopics } from './test-topics.js'

let backbone: TestBackbone
const services: RunningService[] = []

beforeEach(async () => {
  backbone = await testBackbone(testTopics)
})
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()))
  await backbone.close()
})

async function start(options: Omit<Parameters<typeof testService>[0], 'env'>): Promise<RunningService> {
  const service = await testService({ env: backbone.env, ...options })
  services.push(service)
  return service
}

function feedback(card: string, comment: string): FraudFeedback {
  return {
    feedback_id: uuidv7(), transaction_id: uuidv7(), card_id: card, terminal_id: null, transaction_occurred_at: null, amount_minor: null, currency: null, verdict: 'legitimate', card_action: 'none', source: 'analyst', actor: null, comment, given_at: Date.now(),
  }
}

const dlq = { name: `${fraudFeedback.name}.dlq` }
const header = (headers: Readonly<Record<string, Buffer>>, name: string) => headers[name]?.toString()

describe('a handler of single messages', () => {
  it('gets what was published, and what it returns is published on the same trace', async () => {
    const handled: Received<FraudFeedback>[] = []
    @Controller()
    class Echo {
      @Consume(fraudFeedback)
      handle(message: Received<FraudFeedback>): Outgoing[] {
        handled.push(message)
        return [cardProfiles.event(profileOf(message.value.card_id, message.origin.offset))]
      }
    }
    await start({ controllers: [Echo], produces: [cardProfiles] })
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const sent = feedback('c1', 'hello')
    await backbone.publish([fraudFeedback.event(sent, { traceparent })])
    const [published] = await eventually(async () => {
      const found = await backbone.received(cardProfiles)
      return found.length === 1 && found
    })
    expect(handled).toHaveLength(1)
    expect(handled[0]).toMatchObject({ key: 'c1', value: sent, origin: { topic: `${backbone.namespace}fraud_feedback`, offset: 0 } })
    expect(published?.headers['traceparent']?.split('-')[1]).toBe('0af7651916cd43dd8448eb211c80319c')
    expect(published?.headers['message-id']).toMatch(/fraud_feedback-\d-0-0$/)
    expect(published?.headers['produced-by']).toMatch(/^svc-/)
  })

  it('gives up, with the original bytes, what is not Avro, of an unknown schema, or without a value; the partition goes on', async () => {
    const handled: string[] = []
    @Controller()
    class Listen {
      @Consume(fraudFeedback)
      handle({ value }: Received<FraudFeedback>): void {
        handled.push(value.comment ?? '')
      }
    }
    await start({ controllers: [Listen] })
    const unknownId = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3])
    const key = Buffer.from('c1')
    const headers = { 'message-id': 'm1' }
    await backbone.send([
      { topic: 'fraud_feedback', partition: 0, key, value: Buffer.from('{"not":"avro"}'), headers },
      { topic: 'fraud_feedback', partition: 0, key, value: unknownId, headers },
      { topic: 'fraud_feedback', partition: 0, key, value: null, headers },
    ])
    await backbone.publish([{ ...fraudFeedback.event(feedback('c1', 'fine')), partition: 0 }])
    await eventually(() => handled.includes('fine'))
    const letters = await backbone.records(dlq)
    expect(letters.map(({ value }) => value)).toEqual([Buffer.from('{"not":"avro"}'), unknownId, null])
    expect(letters.map(({ headers: h }) => header(h, 'dlq-code'))).toEqual(['AVRO_NOT_FRAMED', 'SCHEMA_UNKNOWN', 'TOMBSTONE_UNEXPECTED'])
    expect(letters.map(({ headers: h }) => header(h, 'dlq-offset'))).toEqual(['0', '1', '2'])
    for (const letter of letters) {
      expect(letter.key).toEqual(key)
      expect(header(letter.headers, 'message-id')).toBe('m1')
    }
  })

  it('gives up a record as large as the topic takes: the dead letter is larger, and fits', async () => {
    const handled: string[] = []
    @Controller()
    class Listen {
      @Consume(fraudFeedback)
      handle({ value }: Received<FraudFeedback>): void {
        handled.push(value.comment ?? '')
      }
    }
    await start({ controllers: [Listen] })
    const largest = Buffer.alloc(1_048_588 - 100, '{"not":"avro"}')
    await backbone.send([{ topic: 'fraud_feedback', partition: 0, key: Buffer.from('c1'), value: largest, headers: {} }])
    await backbone.publish([{ ...fraudFeedback.event(feedback('c1', 'fine')), partition: 0 }])
    await eventually(() => handled.includes('fine'))
    const [letter] = await backbone.records(dlq)
    expect(letter?.value?.equals(largest)).toBe(true)
  })

  it('is tried again until it passes when the failure is transient: the partition waits, in order, and readiness says so', async () => {
    const handled: string[] = []
    let away = true
    @Controller()
    class Database {
      @Consume(fraudFeedback)
      handle({ value }: Received<FraudFeedback>): void {
        if (away && value.comment === 'first') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
        handled.push(value.comment ?? '')
      }
    }
    const service = await start({ controllers: [Database] })
    await eventually(async () => (await notReady(service)) === '')
    await backbone.publish(['first', 'second'].map((comment) => fraudFeedback.event(feedback('c1', comment))))
    expect(await eventually(async () => (await notReady(service)) || undefined)).toContain('ECONNREFUSED')
    expect(handled).toEqual([])
    away = false
    await eventually(() => handled.length === 2)
    expect(handled).toEqual(['first', 'second'])
    await eventually(async () => (await notReady(service)) === '')
    expect(await backbone.records(dlq)).toEqual([])
  })

  it('is tried a few times when nobody knows what the failure is, then gives the record up', async () => {
    const tries: string[] = []
    @Controller()
    class Buggy {
      @Consume(fraudFeedback)
      handle({ value }: Received<FraudFeedback>): void {
        tries.push(value.comment ?? '')
        if (value.comment === 'bad') throw new TypeError('undefined is not a function')
      }
    }
    await start({ controllers: [Buggy] })
    await backbone.publish(['bad', 'good'].map((comment) => fraudFeedback.event(feedback('c1', comment))))
    await eventually(() => tries.includes('good'))
    expect(tries).toEqual(['bad', 'bad', 'bad', 'bad', 'good'])
    const [letter] = await backbone.records(dlq)
    expect(header(letter?.headers ?? {}, 'dlq-attempts')).toBe('4')
    expect(header(letter?.headers ?? {}, 'dlq-reason')).toBe('undefined is not a function')
  })

  it('gets null for a tombstone of a compacted topic', async () => {
    const handled: [string | null, string | undefined][] = []
    @Controller()
    class Cards {
      @Consume(cards)
      handle({ key, value }: Received<Card | null>): void {
        handled.push([key, value?.card_last4])
      }
    }
    await start({ controllers: [Cards] })
    const card: Card = {
      card_id: 'c1', customer_id: 'u1', card_bin: '400000', card_last4: '1234', home_country: 'DE', time_zone: 'Europe/Berlin', updated_at: 1,
    }
    await backbone.publish([cards.event(card), cards.tombstone('c1')])
    await eventually(() => handled.length === 2)
    expect(handled).toEqual([['c1', '1234'], ['c1', undefined]])
  })
})

describe('a handler of batches', () => {
  it('that fails for one record gives up that record only', async () => {
    const done = new Set<string>()
    @Controller()
    class Batches {
      @Consume(fraudFeedback, { batch: 100 })
      handle(messages: Received<FraudFeedback>[]): void {
        if (messages.some(({ value }) => value.comment === '7')) throw new Error('7 is not liked')
        for (const { value } of messages) done.add(value.comment ?? '')
      }
    }
    await backbone.publish(Array.from({ length: 20 }, (_, i) => fraudFeedback.event(feedback('c1', String(i)))))
    await start({ controllers: [Batches] })
    await eventually(() => done.size === 19)
    expect(done.has('7')).toBe(false)
    expect(await backbone.records(dlq)).toHaveLength(1)
  })

  it('has its state again in a new instance; what a failed try had set never was', async () => {
    const seen: (number | undefined)[] = []
    let failures = 1
    @Controller()
    class Counting {
      @Consume(fraudFeedback, { batch: 10, state: { profiles: cardProfiles } })
      handle(messages: Received<FraudFeedback>[], { state }: BatchContext<{ profiles: typeof cardProfiles }>): Outgoing[] {
        for (const { value } of messages) {
          const before = state.profiles.get(value.card_id)?.input_offset
          state.profiles.set(profileOf(value.card_id, (before ?? 0) + 1))
          if (failures-- > 0) throw new Error('after the state was set')
          seen.push(before)
        }
        return []
      }
    }
    const name = 'counting'
    const first = await start({ name, controllers: [Counting], produces: [cardProfiles] })
    await backbone.publish([1, 2, 3].map(() => fraudFeedback.event(feedback('c1', ''))))
    await eventually(() => seen.length === 3)
    expect(seen).toEqual([undefined, 1, 2])
    await first.stop()
    services.splice(services.indexOf(first), 1)
    await start({ name, controllers: [Counting], produces: [cardProfiles] })
    await backbone.publish([fraudFeedback.event(feedback('c1', ''))])
    await eventually(() => seen.length === 4)
    expect(seen.at(-1)).toBe(3)
  })
})

describe('a state', () => {
  it('whose topic has other partitions than the topic consumed is refused: keys would not find it', async () => {
    const definitions = testTopics.map((topic) => (topic.name === cardProfiles.name ? { ...topic, partitions: 2 } : topic))
    const other = await testBackbone(definitions)
    @Controller()
    class Counting {
      @Consume(fraudFeedback, { batch: 10, state: { profiles: cardProfiles } })
      handle(): void {}
    }
    const lines: string[] = []
    const service = await testService({ env: other.env, controllers: [Counting], produces: [cardProfiles], onFatal: (line) => lines.push(line) })
    services.push(service)
    await eventually(() => lines.some((line) => line.includes('STATE_PARTITIONS_DIFFER')))
    await other.close()
  })
})

describe('a service', () => {
  it('that is stopped finishes what it has in hand, commits it and leaves: the next one handles nothing again', async () => {
    const handled: string[] = []
    @Controller()
    class Slow {
      @Consume(fraudFeedback)
      async handle({ value }: Received<FraudFeedback>): Promise<void> {
        await delay(20)
        handled.push(value.comment ?? '')
      }
    }
    const name = 'slow'
    const first = await start({ name, controllers: [Slow] })
    await backbone.publish(Array.from({ length: 50 }, (_, i) => fraudFeedback.event(feedback('c1', String(i)))))
    await eventually(() => handled.length >= 5)
    await first.stop()
    services.splice(services.indexOf(first), 1)
    const afterStop = handled.length
    expect(afterStop).toBeLessThan(50)
    await start({ name, controllers: [Slow] })
    await eventually(() => handled.length >= 50)
    expect(handled).toEqual(Array.from({ length: 50 }, (_, i) => String(i)))
  })

  it('refuses to start with two handlers for one topic', async () => {
    @Controller()
    class Twice {
      @Consume(fraudFeedback)
      one(): void {}
      @Consume(fraudFeedback)
      two(): void {}
    }
    const service = await start({ controllers: [Twice] })
    await expect(service.started).rejects.toMatchObject({ code: 'HANDLER_DUPLICATE' })
  })

  it('waits for the schema registry, says so, and begins when it is there', async () => {
    const handled: string[] = []
    @Controller()
    class Listen {
      @Consume(fraudFeedback)
      handle({ value }: Received<FraudFeedback>): void {
        handled.push(value.comment ?? '')
      }
    }
    const registry = await registryInBetween(backbone.env.SCHEMA_REGISTRY_URL)
    await registry.close()
    const service = await testService({ env: { ...backbone.env, SCHEMA_REGISTRY_URL: registry.url }, controllers: [Listen], produces: [cardProfiles] })
    services.push(service)
    await backbone.publish([fraudFeedback.event(feedback('c1', 'early'))])
    expect(await eventually(async () => (await notReady(service)) || undefined)).toContain('schema registry')
    expect(handled).toEqual([])
    await registry.appear()
    await eventually(() => handled.includes('early'))
    await eventually(async () => (await notReady(service)) === '')
    await registry.close()
  })

  it('waits when the registry goes away later, and gives nothing up', async () => {
    const handled: string[] = []
    @Controller()
    class Listen {
      @Consume(fraudFeedback)
      handle({ value }: Received<FraudFeedback>): void {
        handled.push(value.comment ?? '')
      }
    }
    const registry = await registryInBetween(backbone.env.SCHEMA_REGISTRY_URL)
    await registry.close()
    const service = await testService({ env: { ...backbone.env, SCHEMA_REGISTRY_URL: registry.url }, controllers: [Listen] })
    services.push(service)
    await eventually(async () => (await notReady(service)) === '')
    await backbone.publish([fraudFeedback.event(feedback('c1', 'meanwhile'))])
    expect(await eventually(async () => (await notReady(service)) || undefined)).toContain('does not answer')
    await registry.appear()
    await eventually(() => handled.includes('meanwhile'))
    expect(await backbone.records(dlq)).toEqual([])
    await registry.close()
  })
})
