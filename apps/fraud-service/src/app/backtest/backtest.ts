import type { Card } from '@swipestream/contracts'
import { toError } from '@swipestream/platform'
import { type BacktestFigures, BacktestTally, type Span } from '../../domain/backtest/backtest-tally.js'
import { History, type Seen } from '../../domain/backtest/history.js'
import { type Swiped, timeOf } from '../../domain/backtest/stream.js'
import { defaultSettings } from '../../domain/features/settings.js'
import { judge } from '../../domain/rule-set/judge.js'
import type { RuleSet } from '../../domain/rule-set/rule-set.js'
import type { FraudModel } from '../../model/fraud-model.js'
import type { FeatureExport } from './feature-export.js'
import type { BacktestSource } from './source.js'

/** So many transactions in a row that are later than anything of interest end the reading: a single wrong clock does not. */
const BEYOND = 1_000

export interface BacktestOptions {
  readonly live: RuleSet
  /** Judges the same transactions, by the same features. */
  readonly candidate?: RuleSet | undefined
  readonly span: Span
  /** How many transactions of each kind of difference are kept. */
  readonly examples: number
  readonly model?: FraudModel | undefined
  /** Gets the labelled ones of the transactions that are reported. Who made it ends it. */
  readonly features?: FeatureExport | undefined
  /** What the bank says of cards, by id. */
  readonly cards?: ReadonlyMap<string, Card> | undefined
  /** Told now and then how many transactions were read, and the time of the last one. */
  readonly onProgress?: ((read: number, at: number) => void) | undefined
}

export interface BacktestResult extends BacktestFigures {
  /** Transactions that were read, those that only warmed up among them. */
  readonly read: number
  /** Of these, those that were there before: the first one's decision stands. */
  readonly duplicates: number
  /** Transactions that the model could not score, and why it could not score the first of them. */
  readonly modelFailures: { readonly count: number; readonly reason: string | null }
}

type SeenSwipe = Swiped & { readonly seen: Seen }

/**
 * Sees a stream's transactions one after the other as fraud-service does, and judges those of the span by one or two
 * rule sets. What is not of the span warms up the features. Nothing after the span is read, but for a day in which late
 * ones of it may come.
 *
 * Memory is by cards, terminals and rules; nothing is kept of a transaction but the examples.
 *
 * @throws what the source throws; Error when features cannot be written
 */
export async function backtest(source: Pick<BacktestSource, 'events'>, { live, candidate, span, examples, model, features, cards, onProgress }: BacktestOptions): Promise<BacktestResult> {
  const history = new History(cards)
  const tally = new BacktestTally(live, candidate, span, examples)
  const modelFailures: { count: number; reason: string | null } = { count: 0, reason: null }
  const end = span.end + defaultSettings.lateBoundMs
  let [read, duplicates, beyond, last] = [0, 0, 0, Number.NEGATIVE_INFINITY]

  for await (const events of source.events()) {
    const batch: SeenSwipe[] = []
    for (const event of events) {
      if (event.kind === 'feedback') {
        history.hear(event.feedback)
        continue
      }
      const at = timeOf(event.tx)
      beyond = at < end ? 0 : beyond + 1
      if (beyond === BEYOND) break
      if (beyond > 0) continue
      last = at
      read++
      const seen = history.see(event.tx)
      if (seen === 'duplicate') duplicates++
      else batch.push({ ...event, seen })
    }
    const probabilities = await probabilitiesOf(batch.filter(({ tx }) => tally.reports(tx)))
    let next = 0
    for (const one of batch) {
      if (tally.reports(one.tx)) judgeOne(one, probabilities[next++] ?? null)
      else tally.pass(one)
    }
    await features?.drained()
    if (read > 0) onProgress?.(read, last)
    if (beyond === BEYOND) break
  }
  return { ...tally.figures(), read, duplicates, modelFailures }

  /** A model that fails says nothing, as in the service. */
  async function probabilitiesOf(batch: readonly SeenSwipe[]): Promise<readonly number[]> {
    if (model === undefined) return []
    try {
      return await model.probabilities(batch.map(({ seen }) => seen.observed.features))
    } catch (error) {
      modelFailures.count += batch.length
      modelFailures.reason ??= toError(error).message
      return []
    }
  }

  function judgeOne(one: SeenSwipe, probability: number | null): void {
    const { tx, fraud, seen: { observed } } = one
    if (fraud !== null) features?.add({ at: tx.occurred_at, fraud, features: observed.features })
    observed.features.model_probability = probability
    tally.add(one, observed.order, judge(live, observed.features), candidate === undefined ? undefined : judge(candidate, observed.features))
  }
}
