import type { FraudRule } from '@swipestream/contracts'

/** What a person writes of a rule. */
export type RuleDraft = Omit<FraudRule, 'version' | 'created_at' | 'created_by' | 'earlier'>

/**
 * Versions a rule keeps besides its newest; the oldest are forgotten. They are in one record with it, because a
 * compacted topic keeps one record of a key: with a record a version there would be nothing to go back to. Each of them
 * with the greatest tables that a draft may have, they are still below the 1 MB that Kafka takes as a record.
 */
export const MAX_EARLIER = 20
