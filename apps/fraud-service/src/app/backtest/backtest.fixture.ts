import type { FraudRule } from '@swipestream/contracts'
import { LateLabels } from '../../domain/backtest/late-labels.js'
import type { StreamEvent, Swiped } from '../../domain/backtest/stream.js'
import { exampleTransaction } from '../../domain/example-transaction.js'
import { exampleRule } from '../../domain/rule-set/example-rule.js'
import { type RuleSet, ruleSetOf } from '../../domain/rule-set/rule-set.js'
import { ruleLanguage } from '../rule-language.js'
import { backtest, type BacktestOptions, type BacktestResult } from './backtest.js'

/** A labelled transaction of so many euros; without a terminal unless one is named. */
export function swiped(transaction_id: string, time: string, card_id: string, euros: number, fraud: boolean | null, terminal_id: string | null = null): Swiped {
  const at = Date.parse(time)
  const tx = exampleTransaction({ transaction_id, card_id, terminal_id, amount_minor: Math.round(euros * 100), occurred_at: at, received_at: at })
  return { kind: 'transaction', tx, fraud }
}

/** A source of rows whose labels come late, as a file's do. */
export function rowsSource(rows: readonly Swiped[], labelDelayMs?: number): { events(): AsyncGenerator<StreamEvent[]> } {
  const labels = new LateLabels(labelDelayMs)
  return {
    async *events() {
      for (const row of rows) yield Array.from(labels.with(row))
    },
  }
}

export function rule(rule_id: string, expression: string, weight: number, changes: Partial<FraudRule> = {}): FraudRule {
  return exampleRule({ rule_id, expression, weight, reason: `${rule_id} at {tx.amount}.`, ...changes })
}

export const setOf = (...rules: FraudRule[]): RuleSet => ruleSetOf(ruleLanguage, rules)

export const always = { from: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }

/** Judges rows by a set; all of them, with one example of each kind, unless told otherwise. */
export function judged(rows: readonly Swiped[], live: RuleSet, options: Partial<BacktestOptions> = {}): Promise<BacktestResult> {
  return backtest(rowsSource(rows), { live, span: always, examples: 1, ...options })
}
