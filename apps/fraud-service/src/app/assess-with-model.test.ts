import { Logger } from '@nestjs/common'
import {
  type CardProfile, type FraudDecision, fraudDecisions, opsAlerts, type TerminalEvent, type Transaction, transactionsByTerminal,
} from '@swipestream/contracts'
import type { Outgoing, Received, TableView } from '@swipestream/messaging'
import { metricsRegistry } from '@swipestream/platform'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { exampleTransaction, minutes, singapore, tenOClock } from '../domain/example-transaction.js'
import { exampleRule, exampleRules } from '../domain/rule-set/example-rule.js'
import { ruleSetOf } from '../domain/rule-set/rule-set.js'
import { exampleDescription } from '../model/example-description.js'
import { FraudModel, type RunTrees } from '../model/fraud-model.js'
import { AssessTransactions } from './assess-transactions.js'
import type { FraudMetrics } from './fraud-metrics.js'
import { ModelFailures } from './model-failures.js'
import { ModelSignals } from './model-signals.js'
import { RuleFailures } from './rule-failures.js'
import { ruleLanguage } from './rule-language.js'

const received = (offset: number, changes: Partial<Transaction> = {}): Received<Transaction> => {
  const value = exampleTransaction({ transaction_id: `01957c00-0000-7000-8000-${String(offset).padStart(12, '0')}`, ...changes })
  return { key: value.card_id, value, headers: {}, origin: { topic: 'transactions_log', partition: 0, offset, timestamp: 0 } }
}
const empty: TableView<never> = { get: () => undefined, unreadableBecause: () => undefined, values: () => [], size: 0 }

/** A thousandth of the amount, which the model sees first; the number of transactions of the hour, second. */
const byAmount: RunTrees = (matrix, rows) => Promise.resolve(Float32Array.from({ length: rows }, (_, row) => Math.min(1, (matrix[row * 2] as number) / 1_000)))
const described = exampleDescription({ features: ['amount_reference', 'card_count_1h'], typical: { amount_reference: 40, card_count_1h: 0 }, explain_from: 0.3 })
const risk = exampleRule({ rule_id: 'model_risk', expression: 'model.probability >= 0.5', reason: 'Like frauds.', weight: 500 })

/** The use case with a model, over a state in memory. */
function service(run: RunTrees, rules = [risk]) {
  const profiles = new Map<string, CardProfile>()
  const trees = vi.fn(run)
  const signals = new ModelSignals(new FraudModel(described, trees), new ModelFailures())
  const metrics = { decided: vi.fn<FraudMetrics['decided']>(), seenBefore: vi.fn<FraudMetrics['seenBefore']>() }
  const assess = new AssessTransactions({ current: () => ruleSetOf(ruleLanguage, rules) }, { of: () => empty as never }, metrics as unknown as FraudMetrics, new RuleFailures())
  const state = { profiles: { get: (key: string) => profiles.get(key), set: (profile: CardProfile) => void profiles.set(profile.card_id, profile), delete: (key: string) => void profiles.delete(key) } }
  const context = { state, tables: { cards: empty, verdicts: empty } }
  return {
    trees, metrics,
    run: (...batch: Received<Transaction>[]) => assess.runWithModel(batch, context, signals),
    byRules: (...batch: Received<Transaction>[]) => assess.run(batch, context),
  }
}

const decisionsOf = (events: Outgoing[]): FraudDecision[] => events.filter(({ topic }) => topic === fraudDecisions).map(({ value }) => value as FraudDecision)

describe('AssessTransactions with a model', () => {
  beforeEach(() => {
    metricsRegistry.resetMetrics()
    vi.spyOn(Logger.prototype, 'error').mockReturnValue()
  })

  it('shows it a batch at once, and lets the rules judge by what it says', async () => {
    const { run, trees } = service(byAmount)
    const decisions = decisionsOf(await run(received(0), received(1, { amount_minor: 60_000, occurred_at: tenOClock + minutes(5) })))
    expect(decisions.map(({ outcome, model }) => [outcome, model?.version, model?.probability.toFixed(2)])).toEqual([['approve', 'v7', '0.02'], ['review', 'v7', '0.60']])
    expect(decisions[1]?.reasons).toMatchObject([{ rule_id: 'model_risk' }])
    expect(trees.mock.calls[0]).toEqual([Float32Array.of(23.5, 0, 600, 1), 2])
  })

  it('says of what is flagged, or likely enough, which features counted most', async () => {
    const { run, trees } = service(byAmount)
    const amounts = [2_350, 60_000, 40_000, 20_000]
    const decisions = decisionsOf(await run(...amounts.map((amount_minor, offset) => received(offset, { amount_minor, card_id: `v1.card-${offset}` }))))
    const amountOf = (value: number) => [{ name: 'tx.amount_reference', value, unit: 'EUR' }]
    expect(decisions.map(({ outcome, model }) => [outcome, model?.top])).toEqual([['approve', []], ['review', amountOf(600)], ['approve', amountOf(400)], ['approve', []]])
    // one run for the scores, one for both explanations
    expect(trees.mock.calls.map(([, rows]) => rows)).toEqual([4, 2 * 2])
  })

  it('explains what other rules have flagged as well', async () => {
    const { run } = service(byAmount, exampleRules())
    const decisions = decisionsOf(await run(received(0), received(1, { place: singapore, amount_minor: 10_000, occurred_at: tenOClock + minutes(29) })))
    expect(decisions[1]).toMatchObject({ outcome: 'decline', model: { top: [{ name: 'tx.amount_reference' }] } })
  })

  it('publishes and remembers what it would without one, but for what the model says', async () => {
    const batch = [received(0), received(1, { place: singapore, occurred_at: tenOClock + minutes(29) }), received(0)]
    const withoutModel = (events: Outgoing[]) => events.map(({ topic, value }) => [topic.name, { ...(value as FraudDecision), decided_at: 0, raised_at: 0, model: null, features_hash: null }])
    const [ours, theirs] = [service(byAmount, exampleRules()), service(byAmount, exampleRules())]
    expect(withoutModel(await ours.run(...batch))).toEqual(withoutModel(theirs.byRules(...batch)))
    expect(ours.metrics.seenBefore).toHaveBeenCalledTimes(1)
  })

  describe('that fails', () => {
    const broken: RunTrees = () => Promise.reject(new Error('out of memory'))

    it('leaves the decision to the rules, without a signal', async () => {
      const { run } = service(broken, [risk, ...exampleRules()])
      const decisions = decisionsOf(await run(received(0), received(1, { place: singapore, occurred_at: tenOClock + minutes(29) })))
      expect(decisions.map(({ outcome, model }) => [outcome, model])).toEqual([['approve', null], ['decline', null]])
    })

    it('is counted, and told to the people on call', async () => {
      const events = await service(broken).run(received(0), received(1, { occurred_at: tenOClock + minutes(5) }))
      expect(events.filter(({ topic }) => topic === opsAlerts)).toMatchObject([{ value: { code: 'FRAUD_MODEL_FAILED', subject: 'v7', count: 2 } }])
      expect((await metricsRegistry.getSingleMetric('fraud_model_failures_total')?.get())?.values).toMatchObject([{ value: 2 }])
    })

    it('says nothing by an answer that is no probability', async () => {
      const [decision] = decisionsOf(await service((_, rows) => Promise.resolve(new Float32Array(rows).fill(Number.NaN))).run(received(0)))
      expect(decision).toMatchObject({ outcome: 'approve', model: null })
    })

    it('keeps its signal when it can score and not explain', async () => {
      let runs = 0
      const events = await service((matrix, rows) => (runs++ === 0 ? byAmount(matrix, rows) : broken(matrix, rows))).run(received(0, { amount_minor: 60_000 }))
      expect(decisionsOf(events)).toMatchObject([{ outcome: 'review', model: { version: 'v7', top: [] } }])
      expect(events.filter(({ topic }) => topic === opsAlerts)).toHaveLength(1)
    })

    it('still tells the terminals', async () => {
      const events = await service(broken).run(received(0))
      expect(events.filter(({ topic }) => topic === transactionsByTerminal).map(({ value }) => (value as TerminalEvent).terminal_id)).toEqual(['t-1'])
    })
  })
})
