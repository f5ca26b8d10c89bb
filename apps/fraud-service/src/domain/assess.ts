import type { CardProfile, FraudDecision, ModelSignal, TakenValues, Transaction } from '@swipestream/contracts'
import { featuresHash } from './features/features-hash.js'
import { observe, type Observed } from './features/observe.js'
import { judge, type Judgement } from './rule-set/judge.js'
import type { RuleSet } from './rule-set/rule-set.js'

/** Where in the log a transaction stands. */
export interface Origin {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

export interface Assessment {
  /** The decision, without the time it was made: processing time is the caller's. */
  readonly decision: Omit<FraudDecision, 'decided_at'>
  /** What is to be remembered of the card from now on. */
  readonly profile: CardProfile
  /** What each rule made of it, shadow rules included: what the service counts. */
  readonly judgement: Judgement
}

/**
 * Judges one transaction: its features are seen, the rules judge by them. Pure: the same transaction, profile, taken
 * values, rules, origin and model's signal give the same decision.
 *
 * A duplicate gets no decision, because the first one stands: its record comes again (the offset is known), or the
 * producer has written it twice (the id is). That holds because decisions and profiles are published together: a
 * profile that has seen an offset proves that the decision of that offset is on its topic.
 *
 * @param profile what was remembered of the card before this transaction; undefined for its first one
 * @param taken see `takenOf`
 * @param model what the model made of the features; null without one
 */
export function assess(
  tx: Transaction, profile: CardProfile | undefined, taken: TakenValues, rules: RuleSet, origin: Origin, model: ModelSignal | null = null,
): Assessment | 'duplicate' {
  const observed = observe(tx, profile, taken, origin.offset)
  return observed === 'duplicate' ? observed : decide(tx, observed, taken, rules, origin, model)
}

/** The second half of `assess`, for who shows the features to a model in between. */
export function decide(
  tx: Transaction, { order, features, profile }: Observed, taken: TakenValues, rules: RuleSet, origin: Origin, model: ModelSignal | null,
): Assessment {
  features.model_probability = model === null ? null : model.probability
  const judgement = judge(rules, features)
  const decision = {
    transaction_id: tx.transaction_id,
    card_id: tx.card_id,
    outcome: judgement.outcome,
    score: judgement.score,
    reasons: judgement.reasons,
    rule_versions: judgement.versions,
    input_topic: origin.topic,
    input_partition: origin.partition,
    input_offset: origin.offset,
    occurred_at: tx.occurred_at,
    event_order: order,
    taken,
    model,
    features_hash: featuresHash(features),
    shadow_rules: judgement.shadowRules,
  }
  return { decision, profile, judgement }
}
