import { Controller, Inject } from '@nestjs/common'
import { type Card, cardProfiles, cards, customers, type Customer, type FraudFeedback, fraudFeedback } from '@swipestream/contracts'
import { type BatchContext, Consume, type Outgoing, type Received, Tables } from '@swipestream/messaging'
import { eventually, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import type { RunningService } from '@swipestream/platform'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { profileOf } from '../src/card-profile.fixture.js'
import { notReady, testService } from './test-service.js'
import { testTopics } from './test-topics.js'
import { input } from './traffic.js'

let backbone: TestBackbone

beforeEach(async () => {
  backbone = await testBackbone(testTopics)
})
afterEach(() => backbone.close())

const card = (card_id: string, home_country: string): Card =>
  ({ card_id, customer_id: 'c', card_bin: '424242', card_last4: '4242', home_country, time_zone: 'Europe/Berlin', updated_at: 0 })
const customer = (customer_id: string, language: string): Customer =>
  ({ customer_id, given_name: null, family_name: null, email: null, phone: null, language, time_zone: 'Europe/Berlin', country: null, channels: [], quiet_from: null, quiet_to: null, updated_at: 0 })

type Known = { homes: typeof cards }

/** Says of each record what is known of its card, from the card's partition, and of one customer, from a table that is read whole. */
function knowing() {
  @Controller()
  class Know {
    constructor(@Inject(Tables) private readonly tables: Tables) {}

    @Consume(fraudFeedback, { batch: 10, tables: { homes: cards } })
    handle(messages: Received<FraudFeedback>[], { tables }: BatchContext<Record<never, never>, Known>): Outgoing[] {
      return messages.map(({ value: { card_id, given_at } }) => {
        const known = `${tables.homes.get(card_id)?.home_country ?? '-'} ${this.tables.of(customers).get('c')?.language ?? '-'}`
        return cardProfiles.event(profileOf(card_id, given_at, { last_transaction_id: known }))
      })
    }
  }
  return Know
}

async function start(on = backbone): Promise<RunningService> {
  const service = await testService({ env: on.env, controllers: [knowing()], produces: [cardProfiles], tables: [customers] })
  onTestFinished(() => service.stop())
  return service
}

/** What was known when the record number `n` was handled. */
async function knownAt(n: number, card_id = 'card-1'): Promise<string> {
  await backbone.publish([fraudFeedback.event(input(card_id, n))])
  return eventually(async () => (await backbone.received(cardProfiles)).find(({ value }) => value.input_offset === n)?.value.last_transaction_id)
}

describe('a handler with tables', () => {
  it('knows from its first record on what was written before, of its partition and of all; changes follow', async () => {
    await backbone.publish([cards.event(card('card-1', 'DE')), cards.event(card('card-2', 'AT')), customers.event(customer('c', 'de'))])
    await backbone.publish([fraudFeedback.event(input('card-2', 0))])
    await start()
    expect(await knownAt(1)).toBe('DE de')
    expect((await backbone.received(cardProfiles)).find(({ value }) => value.input_offset === 0)?.value.last_transaction_id).toBe('AT de')
    await backbone.publish([cards.event(card('card-1', 'FR')), customers.event(customer('c', 'fr'))])
    let n = 1
    await eventually(async () => (await knownAt(++n)) === 'FR fr')
    await backbone.publish([cards.tombstone('card-1'), customers.tombstone('c')])
    await eventually(async () => (await knownAt(++n)) === '- -')
  })

  it('does not begin before a table that is read whole is there, and says so', async () => {
    const without = await testBackbone(testTopics.filter(({ name }) => name !== customers.name))
    onTestFinished(() => without.close())
    const service = await start(without)
    await without.publish([fraudFeedback.event(input('card-1', 1))])
    expect(await eventually(async () => (await notReady(service)) || undefined)).toMatch(/tables.*customers/s)
    expect(await without.received(cardProfiles)).toEqual([])
  })

  it('ends when a table has other partitions than its topic: keys would not meet', async () => {
    const other = await testBackbone(testTopics.map((topic) => (topic.name === cards.name ? { ...topic, partitions: 2 } : topic)))
    onTestFinished(() => other.close())
    const lines: string[] = []
    const service = await testService({ env: other.env, controllers: [knowing()], produces: [cardProfiles], tables: [customers], onFatal: (line) => lines.push(line) })
    onTestFinished(() => service.stop())
    await eventually(() => lines.some((line) => line.includes('STATE_PARTITIONS_DIFFER')))
  })
})
