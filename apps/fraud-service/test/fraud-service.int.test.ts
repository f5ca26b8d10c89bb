import {
  cardProfiles, cards, deadLetterTopic, decoder, encoder, type FraudDecision, fraudAlerts, fraudDecisions, type FraudFeedback, fraudFeedback, type FraudRule, fraudRules, schemaIdOf,
  subjectOf, type Transaction, transactionsLog, uuidv7,
} from '@swipestream/contracts'
import { eventually, testBackbone, type TestBackbone } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ruleLanguage } from '../src/app/rule-language.js'
import { berlin, exampleFeedback, exampleTransaction, minutes, singapore, tenOClock } from '../src/domain/example-transaction.js'
import { replay, rulesOfVersions } from '../src/domain/replay.js'
import { exampleRule } from '../src/domain/rule-set/example-rule.js'
import { shippedRules } from '../src/app/shipped-rules.fixture.js'
import { type ServiceProcess, startProcess } from './service-process.js'

let backbone: TestBackbone

beforeAll(async () => {
  backbone = await testBackbone()
  await backbone.publish(shippedRules().map((rule) => fraudRules.event(rule)))
})
afterAll(async () => {
  await backbone?.close()
})

/** A process of the test's own. */
async function start(): Promise<ServiceProcess> {
  const service = await startProcess(backbone.env)
  onTestFinished(async () => void (await service.stop()))
  return service
}

let cardsMade = 0
const newCard = (): string => `v1.card-${++cardsMade}`
const swipe = (card_id: string, changes: Partial<Transaction> = {}): Transaction =>
  exampleTransaction({ transaction_id: uuidv7(), card_id, ...changes })
const publish = (...transactions: Transaction[]): Promise<void> => backbone.publish(transactions.map((tx) => transactionsLog.event(tx)))
const abroad = (afterMinutes: number): Partial<Transaction> => ({ place: singapore, country: 'SG', occurred_at: tenOClock + minutes(afterMinutes) })

/** What a read gives, when it gives so many. */
const atLeast = <T>(count: number, read: () => Promise<T[]>, timeoutMs = 30_000): Promise<T[]> =>
  eventually(async () => {
    const found = await read()
    if (found.length < count) throw new Error(`${found.length} of ${count} are there`)
    return found
  }, { timeoutMs, intervalMs: 200 })

/** Decisions about the transactions, when there is at least one of each. */
async function decisionsOn(transactions: readonly Transaction[], timeoutMs?: number): Promise<FraudDecision[]> {
  const ids = new Set(transactions.map(({ transaction_id }) => transaction_id))
  let all: FraudDecision[] = []
  await atLeast(ids.size, async () => {
    all = (await backbone.received(fraudDecisions)).map(({ value }) => value).filter(({ transaction_id }) => ids.has(transaction_id))
    return [...new Set(all.map(({ transaction_id }) => transaction_id))]
  }, timeoutMs)
  return all
}

describe('fraud-service on Kafka', () => {
  let service: ServiceProcess
  beforeAll(async () => {
    service = await startProcess(backbone.env)
  })
  afterAll(async () => {
    await service?.stop()
  })

  it('makes one decision of every transaction, and an alert of each that it does not approve', async () => {
    const transactions = Array.from({ length: 40 }, () => newCard()).flatMap((card) => [
      swipe(card),
      swipe(card, { amount_minor: 250_000, occurred_at: tenOClock + minutes(5) }),
      swipe(card, { place: null, occurred_at: tenOClock + minutes(6) }),
      swipe(card, abroad(29)),
    ])
    await publish(...transactions)

    const decisions = await decisionsOn(transactions)
    expect(decisions).toHaveLength(transactions.length)
    const outcomeOf = new Map(decisions.map(({ transaction_id, outcome }) => [transaction_id, outcome]))
    expect(transactions.map(({ transaction_id }) => outcomeOf.get(transaction_id)))
      .toEqual(transactions.map((_, i) => ['approve', 'review', 'approve', 'decline'][i % 4]))

    const flagged = decisions.filter(({ outcome }) => outcome !== 'approve').map(({ transaction_id }) => transaction_id)
    const alerts = await atLeast(flagged.length, () => backbone.received(fraudAlerts))
    expect(alerts.map(({ value }) => value.alert_id).sort()).toEqual(flagged.sort())
    expect(new Set(alerts.map(({ value }) => `${value.outcome} ${value.severity}`))).toEqual(new Set(['review warning', 'decline critical']))
  })

  it('says where the transaction stood in the log, keys by card, and carries its trace on', async () => {
    const tx = swipe(newCard())
    const trace = '0af7651916cd43dd8448eb211c80319c'
    await backbone.publish([transactionsLog.event(tx, { traceparent: `00-${trace}-b7ad6b7169203331-01` })])
    await decisionsOn([tx])

    const input = (await backbone.received(transactionsLog)).find(({ value }) => value.transaction_id === tx.transaction_id)
    const output = (await backbone.received(fraudDecisions)).find(({ value }) => value.transaction_id === tx.transaction_id)
    expect(output).toMatchObject({
      key: tx.card_id,
      value: { input_topic: input?.origin.topic, input_partition: input?.origin.partition, input_offset: input?.origin.offset },
      headers: { traceparent: expect.stringContaining(trace), 'produced-by': 'fraud-service' },
    })
  })

  it('gives records it cannot read to the dead-letter topic, with their bytes, and goes on with the partition', async () => {
    const [before, after] = [swipe(newCard()), swipe(newCard())]
    const unreadable = [
      { key: 'not avro', value: Buffer.from('{"transaction_id":1}') },
      { key: 'unknown schema', value: Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 2, 4, 6]) },
      { key: 'empty', value: Buffer.alloc(0) },
    ].map((record) => ({ ...record, key: Buffer.from(record.key) }))
    await backbone.publish([{ ...transactionsLog.event(before), partition: 0 }])
    await backbone.send(unreadable.map((record) => ({ topic: transactionsLog.name, partition: 0, headers: {}, ...record })))
    await backbone.publish([{ ...transactionsLog.event(after), partition: 0 }])

    expect(await decisionsOn([before, after])).toHaveLength(2)
    const letters = await atLeast(unreadable.length, () => backbone.records({ name: deadLetterTopic(transactionsLog.name) }))
    expect(letters.map(({ key, value }) => ({ key, value }))).toEqual(unreadable)
    expect(letters.map(({ headers }) => headers['dlq-code']?.toString())).toEqual(['AVRO_NOT_FRAMED', 'SCHEMA_UNKNOWN', 'AVRO_NOT_FRAMED'])
  })

  it('keeps one profile a card on the changelog, in the partition of its transactions', async () => {
    const card = newCard()
    const tx = swipe(card)
    await publish(tx)
    const [profile] = await atLeast(1, async () => (await backbone.received(cardProfiles)).filter(({ key }) => key === card))
    const [decision] = await decisionsOn([tx])
    expect(profile?.value).toMatchObject({ card_id: card, last_transaction_id: tx.transaction_id, input_offset: decision?.input_offset })
    expect(profile?.origin.partition).toBe(decision?.input_partition)
  })
})

describe('what a decision takes from other topics', () => {
  let service: ServiceProcess
  beforeAll(async () => {
    service = await startProcess(backbone.env)
  })
  afterAll(async () => {
    await service?.stop()
  })

  /** What is decided about a swipe like this, once what was said has arrived: swipes of new ids are sent until it is so. */
  const eventuallyDecided = (card: string, changes: Partial<Transaction>, wanted: (decision: FraudDecision) => boolean): Promise<FraudDecision> => {
    let at = tenOClock + minutes(60)
    return eventually(async () => {
      const tx = swipe(card, { occurred_at: (at += minutes(6)), ...changes })
      await publish(tx)
      const [decision] = await decisionsOn([tx])
      return decision && wanted(decision) ? decision : undefined
    }, { timeoutMs: 30_000, intervalMs: 50 })
  }
  const say = (card_id: string, changes: Partial<FraudFeedback> = {}): Promise<void> =>
    backbone.publish([fraudFeedback.event(exampleFeedback({ feedback_id: uuidv7(), transaction_id: uuidv7(), card_id, terminal_id: null, ...changes }))])

  it("a holder's “not me” blocks the card until an analyst unblocks it; what a later process finds out does not", async () => {
    const card = newCard()
    await say(card, { source: 'label' })
    const counted = await eventuallyDecided(card, {}, ({ taken }) => taken?.card_frauds[2] === 1)
    expect(counted).toMatchObject({ outcome: 'approve', taken: { card_blocked: false } })
    await say(card, { source: 'customer_sms' })
    expect(await eventuallyDecided(card, {}, ({ taken }) => taken?.card_blocked === true)).toMatchObject({ outcome: 'decline', score: 1000, reasons: [{ rule_id: 'blocked_card' }] })
    await say(card, { source: 'analyst', verdict: 'legitimate', card_action: 'unblock' })
    expect(await eventuallyDecided(card, {}, ({ taken }) => taken?.card_blocked === false)).toMatchObject({ outcome: 'approve' })
  })

  it('frauds that were confirmed at a terminal make it risky for other cards', async () => {
    const terminal_id = `t-${uuidv7()}`
    await publish(swipe(newCard(), { terminal_id }), swipe(newCard(), { terminal_id }))
    await say(newCard(), { terminal_id, source: 'label' })
    await say(newCard(), { terminal_id, source: 'label' })
    const decision = await eventuallyDecided(newCard(), { terminal_id }, ({ taken }) => taken?.terminal?.frauds[2] === 2 && (taken.terminal.counts[5] ?? 0) >= 2)
    expect(decision.reasons.map(({ rule_id }) => rule_id)).toContain('risky_terminal')
  })

  it("the bank's data of the card: home and time zone", async () => {
    const card = newCard()
    await backbone.publish([cards.event({ card_id: card, customer_id: 'c', card_bin: '400000', card_last4: '0002', home_country: 'DE', time_zone: 'Europe/Berlin', updated_at: 0 })])
    await eventuallyDecided(card, {}, ({ taken }) => taken?.home_country === 'DE' && taken.time_zone === 'Europe/Berlin')
  })

  it('a rule that is changed judges the next transactions, without a restart, and each decision says by which version', async () => {
    const rule_id = 'any_amount'
    const change = (changes: Partial<FraudRule>) => backbone.publish([fraudRules.event(exampleRule({ rule_id, expression: 'tx.amount > 0.0', reason: 'It is {tx.amount}.', weight: 500, ...changes }))])
    await change({ version: 1 })
    expect(await eventuallyDecided(newCard(), {}, ({ rule_versions }) => rule_versions[rule_id] === 1)).toMatchObject({ outcome: 'review' })
    const first = exampleRule({ rule_id, expression: 'tx.amount > 0.0', reason: 'It is {tx.amount}.', weight: 500 })
    const { rule_id: _, earlier: __, ...version } = first
    await change({ version: 2, weight: 1, earlier: [version] })
    expect(await eventuallyDecided(newCard(), {}, ({ rule_versions }) => rule_versions[rule_id] === 2)).toMatchObject({ outcome: 'approve', score: 1 })
    await change({ version: 3, mode: 'off', earlier: [{ ...version, version: 2, weight: 1 }, version] })
    expect(await eventuallyDecided(newCard(), {}, ({ rule_versions }) => rule_versions[rule_id] === undefined)).toMatchObject({ outcome: 'approve', score: 0 })
  })

  it('a shadow rule that fires is told by the decision, which is as it would be without', async () => {
    const rule_id = 'shadow_amount'
    const change = (changes: Partial<FraudRule>) => backbone.publish([fraudRules.event(exampleRule({ rule_id, expression: 'tx.amount > 0.0', reason: 'It is {tx.amount}.', weight: 900, ...changes }))])
    await change({ mode: 'shadow' })
    expect(await eventuallyDecided(newCard(), {}, ({ shadow_rules }) => shadow_rules?.length === 1))
      .toMatchObject({ outcome: 'approve', score: 0, reasons: [], shadow_rules: [{ rule_id, rule_version: 1 }] })
    const { rule_id: _, earlier: __, ...version } = exampleRule({ mode: 'shadow', expression: 'tx.amount > 0.0', reason: 'It is {tx.amount}.', weight: 900 })
    await change({ version: 2, mode: 'off', earlier: [version] })
    expect(await eventuallyDecided(newCard(), {}, ({ shadow_rules }) => shadow_rules?.length === 0)).toMatchObject({ outcome: 'approve' })
  })

  it('is recorded: from the log’s first record on, and with what each took, all decisions are made again byte for byte', async () => {
    const read = decoder<Transaction>(transactionsLog.schema)
    const ours = await backbone.registry.idOf(subjectOf(transactionsLog, backbone.namespace), transactionsLog.schema)
    const log = (await backbone.records(transactionsLog)).flatMap(({ value, topic, partition, offset }) => {
      // Some of it is no transaction.
      if (value === null || value.length < 5 || value[0] !== 0 || schemaIdOf(value) !== ours) return []
      return [{ tx: read.decode(value, () => transactionsLog.schema), origin: { topic, partition, offset: Number(offset) } }]
    })
    const decisions = new Map((await backbone.received(fraudDecisions)).map(({ value }) => [`${value.input_partition}/${value.input_offset}`, value]))
    const rulesAt = rulesOfVersions(ruleLanguage, (await backbone.held(fraudRules)).values())
    const encode = encoder<FraudDecision>(fraudDecisions.schema)
    let count = 0
    for (const { recorded, again } of replay(log, ({ partition, offset }) => decisions.get(`${partition}/${offset}`), rulesAt)) {
      if (again === 'duplicate') throw new Error(`${recorded.transaction_id} is a duplicate when it comes again`)
      expect(encode(1, again).equals(encode(1, recorded)), recorded.transaction_id).toBe(true)
      count++
    }
    expect(count).toBe(decisions.size)
    expect(count).toBeGreaterThan(150)
  })
})

describe('fraud-service as a process', () => {
  it('remembers its cards over kill -9: an impossible journey across the crash is found', async () => {
    const first = await start()
    const card = newCard()
    const home = swipe(card)
    await publish(home)
    await decisionsOn([home])
    await first.kill()

    const away = swipe(card, abroad(29))
    await publish(away)
    await start()
    const [decision] = await decisionsOn([away])
    expect(decision).toMatchObject({ outcome: 'decline', reasons: [{ rule_id: 'impossible_travel' }] })
  })

  it('misses no transaction and decides none twice when it is killed with -9 again and again under load', async () => {
    const perCard = 25
    const allCards = Array.from({ length: 80 }, () => newCard())
    // All cards at once, each in the order of its event times; every fifth swipe is abroad.
    const inOrder = Array.from({ length: perCard }, (_, i) => allCards.map((card) =>
      swipe(card, i % 5 === 4 ? abroad(i) : { place: berlin, occurred_at: tenOClock + minutes(i) }))).flat()

    let service = await start()
    for (let sent = 0, round = 0; sent < inOrder.length; sent += 250, round++) {
      await publish(...inOrder.slice(sent, sent + 250))
      if (round % 3 === 1) {
        await service.kill()
        service = await start()
      }
    }

    const decisions = await decisionsOn(inOrder, 60_000)
    const byId = Map.groupBy(decisions, ({ transaction_id }) => transaction_id)
    for (const { transaction_id, place } of inOrder) {
      const made = byId.get(transaction_id) ?? []
      expect(made.map(({ outcome }) => outcome)).toEqual([place === singapore ? 'decline' : 'approve'])
    }
    const declined = inOrder.filter(({ place }) => place === singapore).map(({ transaction_id }) => transaction_id)
    await eventually(async () => {
      const alerted = new Set((await backbone.received(fraudAlerts)).map(({ value }) => value.transaction_id))
      return declined.every((transaction_id) => alerted.has(transaction_id))
    })
  }, 120_000)

  it('ends in order when asked to, with exit code 0', async () => {
    const service = await start()
    expect(await service.stop()).toBe(0)
  })
})

describe('fraud-service with a wrong environment', () => {
  it('ends at once, naming every variable that is missing or wrong', async () => {
    await expect(startProcess({ KAFKA_BROKERS: 'nowhere', SCHEMA_REGISTRY_URL: '' }))
      .rejects.toThrow(/exit code 1[^]*KAFKA_BROKERS[^]*SCHEMA_REGISTRY_URL/)
  })
})
