import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cards, deadLetterTopic, type FraudDecision, fraudDecisions, fraudFeedback, fraudRules, topics, type Transaction, transactionsLog, uuidv7 } from '@swipestream/contracts'
import { eventually, ran, testBackbone, type TestBackbone } from '@swipestream/messaging/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { shippedRules } from '../src/app/shipped-rules.fixture.js'
import type { Difference } from '../src/domain/backtest/difference.js'
import type { SetFigures } from '../src/domain/backtest/set-tally.js'
import { run } from '../src/cli/backtest/run.js'
import { exampleFeedback, exampleTransaction, minutes, singapore, tenOClock } from '../src/domain/example-transaction.js'
import { exampleDraft } from '../src/domain/rule-set/example-rule.js'
import { type ServiceProcess, startProcess } from './service-process.js'

const shipped = join(import.meta.dirname, '../../../deploy/rules')
/** A candidate that approves everything, and one that declines everything: to one of them each decision is a difference, and told. */
const others = mkdtempSync(join(tmpdir(), 'backtest-'))
const candidates = [['approves', 'tx.amount < 0.0'], ['declines', 'tx.amount > 0.0']].map(([rule_id = '', expression = '']) => {
  const file = join(others, `${rule_id}.json`)
  writeFileSync(file, JSON.stringify(exampleDraft({ rule_id, expression, weight: 1000 })))
  return file
})

interface Last {
  readonly transactions: { readonly read: number; readonly reported: number; readonly refused: number; readonly duplicates: number }
  readonly labels: { readonly frauds: number; readonly legitimate: number; readonly unlabelled: number }
  readonly orders: Readonly<Record<string, number>>
  readonly live: SetFigures
  readonly difference: Difference
  readonly refused: readonly string[]
  readonly broken: readonly { readonly rule: string }[]
}

let backbone: TestBackbone
let service: ServiceProcess

beforeAll(async () => {
  backbone = await testBackbone()
  await backbone.publish(shippedRules().map((rule) => fraudRules.event(rule)))
  service = await startProcess(backbone.env)
})
afterAll(async () => {
  rmSync(others, { recursive: true })
  await service?.stop()
  await backbone?.close()
})
beforeEach(() => {
  for (const [name, value] of Object.entries(backbone.env)) vi.stubEnv(name, value)
})
afterEach(() => void vi.unstubAllEnvs())

const backtest = (...args: readonly string[]) => ran<Last>((output) => run(['--rules', shipped, ...args, '--json'], output))

/** Reproducible: a number from 0 to below `most`. */
const number = (index: number, what: string, most: number): number => createHash('sha256').update(`${index} ${what}`).digest().readUInt32BE() % most

const homes = Array.from({ length: 30 }, (_, i) => `v1.card-${i}`)
/** All kinds of swipes of 30 cards, one every ten seconds; some late, some abroad, some large. */
const swipes: readonly Transaction[] = Array.from({ length: 600 }, (_, i) => {
  const occurred_at = tenOClock + i * 10_000 - (number(i, 'late', 20) === 0 ? minutes(30) : 0)
  return exampleTransaction({
    transaction_id: uuidv7(), card_id: homes[number(i, 'card', homes.length)] ?? '', terminal_id: `t-${number(i, 'terminal', 4)}`, merchant_id: `m-${number(i, 'merchant', 9)}`,
    amount_minor: number(i, 'large', 15) === 0 ? 250_000 : 100 + number(i, 'amount', 9_000), occurred_at, received_at: tenOClock + i * 10_000 + 100,
    ...(number(i, 'abroad', 20) === 0 ? { place: singapore, country: 'SG' } : {}),
  })
})

/** Decisions on these transactions, when all are there. */
async function decisionsOn(transactions: readonly Transaction[]): Promise<Map<string, FraudDecision>> {
  return eventually(async () => {
    const found = new Map((await backbone.received(fraudDecisions)).map(({ value }) => [value.transaction_id, value]))
    const missing = transactions.filter(({ transaction_id }) => !found.has(transaction_id))
    if (missing.length > 0) throw new Error(`${missing.length} are not there`)
    return new Map(transactions.map(({ transaction_id }) => [transaction_id, found.get(transaction_id) ?? expect.unreachable()]))
  }, { timeoutMs: 45_000, intervalMs: 200 })
}

/** Outcome and score of each transaction that the backtest has judged. */
async function decidedAgain(): Promise<Map<string, string>> {
  const decided = new Map<string, string>()
  for (const candidate of candidates) {
    const { last } = await backtest('--candidate', candidate, '--examples', '1000')
    for (const { examples } of Object.values(last?.difference.changes ?? {})) {
      for (const { transaction_id, live } of examples) decided.set(transaction_id, `${live.outcome} ${live.score}`)
    }
  }
  return decided
}

describe('npm run backtest, over a topic', () => {
  it('decides as the service did: outcome and score of each transaction', async () => {
    const blocked = homes[0] ?? ''
    // what was said before the first of them, and is known to the service before it sees any
    await backbone.publish([
      ...homes.map((card_id, i) => cards.event({ card_id, customer_id: `c-${i}`, card_bin: '400000', card_last4: '0002', home_country: 'DE', time_zone: 'Europe/Berlin', updated_at: 0 })),
      fraudFeedback.event(exampleFeedback({ feedback_id: uuidv7(), transaction_id: uuidv7(), card_id: blocked, terminal_id: null, source: 'customer_sms', given_at: tenOClock - minutes(60) })),
    ])
    await eventually(async () => {
      const at = tenOClock - minutes(45)
      const probes = homes.map((card_id) => exampleTransaction({ transaction_id: uuidv7(), card_id, terminal_id: null, occurred_at: at, received_at: at }))
      await backbone.publish(probes.map((tx) => transactionsLog.event(tx)))
      const made = await decisionsOn(probes)
      return probes.every(({ transaction_id, card_id }) => {
        const taken = made.get(transaction_id)?.taken
        return taken?.home_country === 'DE' && taken.card_blocked === (card_id === blocked)
      })
    }, { timeoutMs: 45_000, intervalMs: 300 })
    for (let sent = 0; sent < swipes.length; sent += 100) await backbone.publish(swipes.slice(sent, sent + 100).map((tx) => transactionsLog.event(tx)))
    // the last of them comes twice, and is decided once
    await backbone.publish(swipes.slice(-1).map((tx) => transactionsLog.event(tx)))
    const published = await decisionsOn(swipes)
    const read = (await backbone.received(transactionsLog)).length

    const { code, last, err } = await backtest()
    expect(code, err.join('\n')).toBe(0)
    expect(last?.transactions).toEqual({ read, reported: read - 1, duplicates: 1, refused: 0, behind: 0, unscored: 0 })
    const again = await decidedAgain()
    expect(swipes.map(({ transaction_id }) => again.get(transaction_id))).toEqual(swipes.map(({ transaction_id }) => {
      const { outcome, score } = published.get(transaction_id) ?? expect.unreachable()
      return `${outcome} ${score}`
    }))
    expect(new Set(Array.from(published.values(), ({ outcome }) => outcome))).toEqual(new Set(['approve', 'review', 'decline']))
    expect(last?.orders['late']).toBe([...published.values()].filter(({ event_order }) => event_order === 'late').length)
  }, 120_000)

  it('takes labels from what people say of transactions: the last word counts, and features know it from when it was given', async () => {
    const [first, second, third] = swipes
    const say = (tx: Transaction | undefined, verdict: 'confirmed_fraud' | 'legitimate', at: number) => fraudFeedback.event(exampleFeedback({
      feedback_id: uuidv7(), transaction_id: tx?.transaction_id ?? '', card_id: tx?.card_id ?? '', terminal_id: tx?.terminal_id ?? null, verdict, source: 'label', given_at: at,
    }))
    const end = tenOClock + minutes(600)
    await backbone.publish([say(first, 'confirmed_fraud', end), say(second, 'legitimate', end), say(third, 'confirmed_fraud', end)])
    await backbone.publish([say(third, 'legitimate', end + 1)])
    const { code, last } = await backtest('--from', '2026-03-02')
    expect([code, last?.labels.frauds, last?.labels.legitimate]).toEqual([0, 1, 2])
  })

  it('writes nothing', async () => {
    // Which has still to write what it knows of terminals.
    await service.stop()
    const before = await Promise.all(topics.map((topic) => backbone.records(topic)))
    await backtest()
    const after = await Promise.all(topics.map((topic) => backbone.records(topic)))
    expect(after.map(({ length }) => length)).toEqual(before.map(({ length }) => length))
  })

  it('tells records that are no transactions with their place, goes on, and ends with 1', async () => {
    await backbone.send([{ topic: transactionsLog.name, partition: 2, key: Buffer.from('x'), headers: {}, value: Buffer.from('{"transaction_id":1}') }])
    const { code, last } = await backtest()
    expect([code, last?.transactions.refused, last?.broken.map(({ rule }) => rule)]).toEqual([1, 1, ['BACKTEST_ROWS_REFUSED']])
    expect(last?.refused).toEqual([expect.stringMatching(/transactions_log\/2 at \d+: AVRO_NOT_FRAMED: /)])
  })

  it('says of a topic that is not there what is missing, and of an empty one that there is nothing', async () => {
    const missing = await backtest('--topic', 'transactions_lgo')
    expect({ code: missing.code, last: missing.last }).toMatchObject({ code: 1, last: { broken: [{ rule: 'KAFKA_TOPIC_MISSING', message: expect.stringContaining('transactions_lgo') as string }] } })
    const empty = await backtest('--topic', deadLetterTopic(fraudDecisions.name))
    expect({ code: empty.code, last: empty.last }).toMatchObject({ code: 1, last: { transactions: { read: 0 }, broken: [{ rule: 'BACKTEST_EMPTY' }] } })
  })
})
