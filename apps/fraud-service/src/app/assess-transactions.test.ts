import { Logger } from '@nestjs/common'
import {
  type Card, type CardProfile, type CardVerdicts, type FraudAlert, type FraudDecision, fraudAlerts, fraudDecisions, opsAlerts, type TerminalEvent, type TerminalProfile,
  type Transaction, transactionsByTerminal,
} from '@swipestream/contracts'
import type { Outgoing, Received, TableView } from '@swipestream/messaging'
import fc from 'fast-check'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { berlin, exampleTransaction, hamburg, minutes, singapore, tenOClock } from '../domain/example-transaction.js'
import { exampleRule, exampleRules } from '../domain/rule-set/example-rule.js'
import { ruleSetOf } from '../domain/rule-set/rule-set.js'
import { AssessTransactions } from './assess-transactions.js'
import type { FraudMetrics } from './fraud-metrics.js'
import { RuleFailures } from './rule-failures.js'
import { ruleLanguage } from './rule-language.js'

const uuid = (n: number): string => `01957c00-0000-7000-8000-${String(n).padStart(12, '0')}`
const received = (offset: number, changes: Partial<Transaction> = {}): Received<Transaction> => {
  const value = exampleTransaction({ transaction_id: uuid(offset), ...changes })
  return { key: value.card_id, value, headers: {}, origin: { topic: 'transactions_log', partition: 0, offset, timestamp: 0 } }
}

/** A table that answers by a function. */
function tableOf<T>(get: (key: string) => T | undefined): TableView<T> {
  return { get, unreadableBecause: () => undefined, values: () => [], size: 0 }
}

/** The use case over a state in memory, and what it has counted. */
function service(rules = exampleRules(), { blocked = [] as readonly string[], terminal = undefined as TerminalProfile | undefined } = {}) {
  const profiles = new Map<string, CardProfile>()
  const metrics = { decided: vi.fn<FraudMetrics['decided']>(), seenBefore: vi.fn<FraudMetrics['seenBefore']>() }
  const lookedUp: string[] = []
  const terminals = tableOf((id: string) => (lookedUp.push(id), terminal))
  const assess = new AssessTransactions({ current: () => ruleSetOf(ruleLanguage, rules) }, { of: () => terminals as never }, metrics as unknown as FraudMetrics, new RuleFailures())
  const verdicts = tableOf<CardVerdicts>((card_id) => (blocked.includes(card_id) ? { card_id, blocked: true, blocked_changed_at: null, blocked_changed_by: null, frauds: [], confirmed: [], input_offset: 0 } : undefined))
  const tables = { cards: tableOf<Card>(() => undefined), verdicts }
  const state = { profiles: { get: (key: string) => profiles.get(key), set: (profile: CardProfile) => void profiles.set(profile.card_id, profile), delete: (key: string) => void profiles.delete(key) } }
  return { profiles, metrics, lookedUp, run: (...batch: Received<Transaction>[]): Outgoing[] => assess.run(batch, { state, tables }) }
}

const decisionsOf = (events: Outgoing[]): FraudDecision[] => events.filter(({ topic }) => topic === fraudDecisions).map(({ value }) => value as FraudDecision)
const alertsOf = (events: Outgoing[]): FraudAlert[] => events.filter(({ topic }) => topic === fraudAlerts).map(({ value }) => value as FraudAlert)
const abroad = (afterMinutes: number): Partial<Transaction> => ({ place: singapore, country: 'SG', occurred_at: tenOClock + minutes(afterMinutes) })

describe('AssessTransactions', () => {
  beforeEach(() => void vi.spyOn(Logger.prototype, 'error').mockReturnValue())

  it('publishes one decision a transaction, and an alert right after each that is not an approval', () => {
    const { run } = service()
    const events = run(received(0), received(1, { amount_minor: 500_000, occurred_at: tenOClock + minutes(5) }), received(2, abroad(29)))
    const judged = events.filter(({ topic }) => topic !== transactionsByTerminal)
    expect(judged.map(({ topic, key, value }) => [topic.name, key, (value as FraudDecision).transaction_id, (value as FraudDecision).outcome])).toEqual([
      ['fraud_decisions', 'v1.example-card', uuid(0), 'approve'],
      ['fraud_decisions', 'v1.example-card', uuid(1), 'review'],
      ['fraud_alerts', 'v1.example-card', uuid(1), 'review'],
      ['fraud_decisions', 'v1.example-card', uuid(2), 'decline'],
      ['fraud_alerts', 'v1.example-card', uuid(2), 'decline'],
    ])
  })

  it('lets all that comes of a transaction carry on its trace', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const events = service().run({ ...received(0, { amount_minor: 500_000 }), headers: { traceparent } })
    expect(events.map(({ headers }) => headers?.['traceparent'])).toEqual([traceparent, traceparent, traceparent])
  })

  it('sees what a transaction before it in the same batch, or in an earlier one, has left', () => {
    const { run } = service()
    expect(decisionsOf(run(received(0), received(1, abroad(29)))).map(({ outcome }) => outcome)).toEqual(['approve', 'decline'])
    expect(decisionsOf(run(received(2, abroad(31)))).map(({ outcome }) => outcome)).toEqual(['decline'])
  })

  it('stamps decisions and alerts with the time they were made, apart from the event time', () => {
    vi.useFakeTimers({ now: tenOClock + minutes(90) })
    onTestFinished(() => void vi.useRealTimers())
    const { run } = service()
    const events = run(received(0, { amount_minor: 500_000 }))
    expect(decisionsOf(events)[0]).toMatchObject({ occurred_at: tenOClock, decided_at: tenOClock + minutes(90) })
    expect(alertsOf(events)[0]).toMatchObject({ occurred_at: tenOClock, raised_at: tenOClock + minutes(90) })
  })

  it('publishes nothing for a record it has judged before, and remembers nothing of it', () => {
    const { run, profiles, metrics } = service()
    run(received(0), received(1, abroad(29)))
    const before = new Map(profiles)
    expect(run(received(0), received(1, abroad(29)))).toEqual([])
    expect(profiles).toEqual(before)
    expect(metrics.seenBefore).toHaveBeenCalledTimes(2)
  })

  it('gives a batch judged again after a crash, from the profiles of before, the same decisions under the same ids', () => {
    const batch = [received(0), received(1, abroad(29)), received(2, { amount_minor: 500_000, occurred_at: tenOClock + minutes(40) })]
    const withoutTime = (events: Outgoing[]) => decisionsOf(events).map(({ decided_at, ...decision }) => ({ ...decision, made: decided_at > 0 }))
    expect(withoutTime(service().run(...batch))).toEqual(withoutTime(service().run(...batch)))
  })

  it('takes what other topics know of the card and the terminal, and records it', () => {
    const terminal = { terminal_id: 't-1', newest_at: tenOClock, activity: [], frauds: [], confirmed: [], input_offset: 0 }
    const rule = exampleRule({ rule_id: 'blocked_card', expression: 'card.blocked', reason: 'Blocked.', weight: 1000 })
    const { run, lookedUp } = service([rule], { blocked: ['v1.example-card'], terminal })
    const [decision, elsewhere] = decisionsOf(run(received(0), received(1, { card_id: 'v1.other-card', terminal_id: null })))
    expect(decision).toMatchObject({ outcome: 'decline', taken: { card_blocked: true, terminal: { counts: [0, 0, 0, 0, 0, 0] } } })
    expect(elsewhere).toMatchObject({ outcome: 'approve', taken: { card_blocked: false, terminal: null } })
    expect(lookedUp).toEqual(['t-1'])
  })

  it('tells the terminal of each transaction that counts', () => {
    const events = service().run(received(0), received(1, { terminal_id: null }), received(2, { occurred_at: tenOClock + minutes(60) }))
    expect(events.filter(({ topic }) => topic === transactionsByTerminal).map(({ key, value }) => [key, (value as TerminalEvent).transaction_id])).toEqual([['t-1', uuid(0)]])
  })

  it('never approves by a rule that fails: the transaction is reviewed, and the failure is reported', () => {
    const { run, metrics } = service([exampleRule({ rule_id: 'broken', expression: 'tx.gone > 1.0' })])
    const [decision] = decisionsOf(run(received(0)))
    expect(decision).toMatchObject({ outcome: 'review', reasons: [{ rule_id: 'broken' }] })
    expect(decision?.reasons[0]?.text).toContain('The rule broken failed')
    expect(metrics.decided).toHaveBeenCalledWith(expect.objectContaining({ outcome: 'review' }), expect.any(Number))
  })

  it('tells the people on call of a rule that fails', () => {
    const events = service([exampleRule({ rule_id: 'broken', expression: 'tx.gone > 1.0' })]).run(received(0), received(1))
    expect(events.filter(({ topic }) => topic === opsAlerts)).toMatchObject([{ key: 'fraud-service', value: { code: 'FRAUD_RULE_FAILED', subject: 'broken' } }])
  })

  it('gives interleaved cards, in any batches, the decisions each gets alone', () => {
    const history = (card_id: string) => fc.array(
      fc.record({
        card_id: fc.constant(card_id),
        amount_minor: fc.integer({ min: 1, max: 200_000 }),
        place: fc.option(fc.constantFrom(berlin, hamburg, singapore)),
        occurred_at: fc.integer({ min: tenOClock, max: tenOClock + minutes(1500) }),
        terminal_id: fc.option(fc.constant(`${card_id}-terminal`)),
      }),
      { maxLength: 10 },
    )
    /** Both histories in one log, each in its order; `aFirst` says whose turn it is. */
    const interleave = (a: Partial<Transaction>[], b: Partial<Transaction>[], aFirst: readonly boolean[]): Partial<Transaction>[] => {
      const rest = { a: [...a], b: [...b] }
      return Array.from({ length: a.length + b.length }, (_, turn) => {
        const from = rest.b.length === 0 || (rest.a.length > 0 && aFirst[turn] === true) ? rest.a : rest.b
        return from.shift() ?? {}
      })
    }
    const arrivals = fc.record({ aFirst: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), batch: fc.integer({ min: 1, max: 7 }) })

    fc.assert(fc.property(history('v1.a'), history('v1.b'), arrivals, (a, b, { aFirst, batch }) => {
      const log = interleave(a, b, aFirst).map((changes, offset) => received(offset, changes))
      const judge = (records: Received<Transaction>[], size: number) => {
        const { run } = service()
        const events = Array.from({ length: Math.ceil(records.length / size) }, (_, i) => run(...records.slice(i * size, (i + 1) * size))).flat()
        return decisionsOf(events).map((decision) => ({ ...decision, decided_at: 0 }))
      }
      const together = judge(log, batch)
      expect(together).toHaveLength(log.length)
      for (const card of ['v1.a', 'v1.b']) {
        expect(together.filter(({ card_id }) => card_id === card)).toEqual(judge(log.filter(({ key }) => key === card), 1))
      }
    }))
  })
})
