import type { Broken } from '@swipestream/messaging'
import type { BacktestResult } from '../../app/backtest/backtest.js'
import type { FeatureExport } from '../../app/backtest/feature-export.js'
import type { BacktestSource } from '../../app/backtest/source.js'
import type { BacktestRequest } from './options.js'
import { many } from './print.js'
import type { RuleSets } from './rule-sets.js'

/** A backtest that has ended. */
export interface Ran {
  readonly request: BacktestRequest
  readonly sets: RuleSets
  readonly source: BacktestSource
  readonly result: BacktestResult
  readonly features: FeatureExport | undefined
  /** Its version. */
  readonly model: string | null
  readonly seconds: number
}

/** What a reader of the figures must know. */
export function notesOf({ request, sets, result: { labels, orders, duplicates, transactions }, features }: Ran): string[] {
  const modes = [[request.rules, sets.live], [request.candidate, sets.candidate]] as const
  const odd = orders.late + orders.too_late + orders.ahead
  return [
    ...(transactions > 0 && labels.frauds + labels.legitimate === 0 ? ['no transaction is labelled: precision, recall and time to detect are not known'] : []),
    ...modes.flatMap(([path, set]) => (set !== undefined && set.live.length === 0 ? [`${path} has no live rule: it approves everything`] : [])),
    ...(odd > 0 ? [`${orders.late} came late, ${orders.too_late} too late to be counted by features, ${orders.ahead} with a clock that was ahead`] : []),
    ...(duplicates > 0 ? [`${many(duplicates, 'transaction')} came again, and the first of each was judged`] : []),
    ...(features === undefined ? [] : [`${features.file} has ${many(features.rows, 'labelled transaction')} with ${many(features.names.length, 'feature')}`]),
    ...(features !== undefined && features.missing.length > 0 ? [`this release has no ${features.missing.join(', ')}: the file does without`] : []),
  ]
}

/** What does not hold, so that the figures are not what was asked for. */
export function brokenOf({ source: { refusals, behind }, result: { transactions, modelFailures } }: Ran): Broken[] {
  return [
    ...(refusals.count > 0 ? [{ rule: 'BACKTEST_ROWS_REFUSED', message: `left out: ${many(refusals.count, 'row')} that cannot be read as a transaction` }] : []),
    ...(behind > 0 ? [{
      rule: 'BACKTEST_OUT_OF_ORDER',
      message: `not in the order of time: ${many(behind, 'transaction')} behind one that is newer by more than a day. They were taken as late, and features may know labels too early: sort the file`,
    }] : []),
    ...(modelFailures.count > 0 ? [{ rule: 'BACKTEST_MODEL_FAILED', message: `the model could not score ${many(modelFailures.count, 'transaction')}: ${modelFailures.reason}` }] : []),
    ...(transactions === 0 ? [{ rule: 'BACKTEST_EMPTY', message: 'there is no transaction of these days' }] : []),
  ]
}
