/**
 * What decides, without a service around it: pure functions, and the model. For programs that run history through the
 * engine, such as the bench.
 */
export { decide } from './domain/assess.js'
export { featureSpecs, type FeatureName, type Features } from './domain/features/catalogue.js'
export { applyFeedback } from './domain/features/card-verdicts.js'
export { observe, type Observed } from './domain/features/observe.js'
export { takenOf } from './domain/features/taken.js'
export { applyTerminalEvent, terminalEventOf, terminalVerdictOf } from './domain/features/terminal-profile.js'
export { putRule } from './domain/rule-set/changes.js'
export { ruleSetOf, type RuleSet } from './domain/rule-set/rule-set.js'
export { DECLINE_AT, REVIEW_AT } from './domain/score.js'
export { ruleLanguage } from './app/rule-language.js'
export type { FraudModel } from './model/fraud-model.js'
export { loadModel } from './model/load-model.js'
export { matrixOf } from './model/model-input.js'
