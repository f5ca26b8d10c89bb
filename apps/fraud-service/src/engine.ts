/**
 * What decides, without a service around it: pure functions, the model, and what runs history through them. For programs
 * beside the service, such as the bench.
 */
export { FeatureExport, type LabelledFeatures } from './app/backtest/feature-export.js'
export { TransactionFile } from './app/backtest/transaction-file.js'
export { decide } from './domain/assess.js'
export { DAY_MS, dayOf, startOfDay } from './domain/backtest/days.js'
export { History, type Seen } from './domain/backtest/history.js'
export { LABEL_DELAY_MS, LateLabels } from './domain/backtest/late-labels.js'
export { averagePrecision, type RankStep, rocAuc } from './domain/backtest/ranking.js'
export type { StreamEvent, Swiped } from './domain/backtest/stream.js'
export { putRule } from './domain/rule-set/changes.js'
export { ruleSetOf, type RuleSet } from './domain/rule-set/rule-set.js'
export { DECLINE_AT, REVIEW_AT } from './domain/score.js'
export { ruleLanguage } from './app/rule-language.js'
export type { FraudModel } from './model/fraud-model.js'
export { loadModel } from './model/load-model.js'
