import type { CardProfile, FraudDecision, FraudRule, ShadowRule, TakenValues, Transaction } from '@swipestream/contracts'
import { assess, type Assessment, type Origin } from './assess.js'
import { FraudRuleError } from './rule-language/errors.js'
import type { Language } from './rule-language/language.js'
import { historyOf } from './rule-set/changes.js'
import { type RuleSet, ruleSetOf, Unreadable, UNREADABLE_VERSION, withRules } from './rule-set/rule-set.js'

/** A record of `transactions_log`. */
export interface Logged {
  readonly tx: Transaction
  readonly origin: Origin
}

/** Features of a transaction without a decision are seen by nobody, and what it leaves does not depend on these. */
const nothingTaken: TakenValues = { home_country: null, time_zone: null, card_blocked: false, card_frauds: [], terminal: null }

/**
 * Makes decisions again: with the values that each took, by the rules of the versions it names. From the log's first
 * record on, each is the recorded one byte for byte, as long as features are computed as they were (the same release,
 * and the same time zone rules in Intl). Of shadow rules a decision names those that fired, and so these are asked
 * again, and no others.
 *
 * Records without a decision (duplicates, and those whose decision is lost) are seen, because a card's profile counts
 * them, and not judged.
 *
 * @param log each partition from its beginning, in its order
 * @param recordedAt the decision on a record; undefined when there is none
 * @param rulesAt see `rulesOfVersions`
 */
export function* replay(
  log: Iterable<Logged>, recordedAt: (origin: Origin) => FraudDecision | undefined, rulesAt: RulesAt,
): Generator<{ readonly recorded: FraudDecision; readonly again: FraudDecision | 'duplicate' }> {
  const profiles = new Map<string, CardProfile>()
  const noRules = rulesAt({})
  for (const { tx, origin } of log) {
    const recorded = recordedAt(origin)
    const rules = recorded === undefined ? noRules : rulesAt(recorded.rule_versions, recorded.shadow_rules ?? [])
    const assessed = assess(tx, profiles.get(tx.card_id), recorded?.taken ?? nothingTaken, rules, origin, recorded?.model)
    if (assessed !== 'duplicate') profiles.set(tx.card_id, assessed.profile)
    if (recorded === undefined) continue
    yield { recorded, again: assessed === 'duplicate' ? assessed : asRecorded(assessed.decision, recorded) }
  }
}

/** With what cannot be made again: the time it was made, and that decisions of before do not tell shadow rules. */
function asRecorded(decision: Assessment['decision'], { decided_at, shadow_rules }: FraudDecision): FraudDecision {
  return { ...decision, decided_at, shadow_rules: shadow_rules && decision.shadow_rules }
}

/** The rules of the versions a decision names: the live ones, and the shadow ones that fired. */
export type RulesAt = (versions: FraudDecision['rule_versions'], shadow?: readonly ShadowRule[]) => RuleSet

/**
 * Finds the rules of recorded versions, each live or shadow as it was then; one that could not be read cannot be read again.
 *
 * @param records the rules with the versions they keep
 * @returns throws FraudRuleError `FRAUD_RULE_UNKNOWN` for a version that is not kept
 */
export function rulesOfVersions(language: Language, records: Iterable<FraudRule>): RulesAt {
  const byId = new Map(Array.from(records, (rule) => [rule.rule_id, rule]))
  const sets = new Map<string, RuleSet>()
  const ruleOf = (rule_id: string, version: number, mode: FraudRule['mode']): FraudRule | Unreadable => {
    if (version === UNREADABLE_VERSION) return new Unreadable(new Error('it could not be read then'))
    const rule = byId.get(rule_id)
    const kept = rule === undefined ? undefined : historyOf(rule).find((one) => one.version === version)
    if (kept === undefined) throw new FraudRuleError('FRAUD_RULE_UNKNOWN', `version ${version} of the rule ${rule_id} is not kept`)
    return { ...kept, rule_id, mode, earlier: [] }
  }
  const madeOnce = (key: string, make: () => RuleSet): RuleSet => {
    const set = sets.get(key) ?? make()
    sets.set(key, set)
    return set
  }
  return (versions, shadow = []) => {
    const key = JSON.stringify(versions)
    const live = madeOnce(key, () => withRules(ruleSetOf(language), Object.entries(versions).map(([rule_id, version]) => [rule_id, ruleOf(rule_id, version, 'live')])))
    if (shadow.length === 0) return live
    return madeOnce(key + JSON.stringify(shadow), () => withRules(live, shadow.map(({ rule_id, rule_version }) => [rule_id, ruleOf(rule_id, rule_version, 'shadow')])))
  }
}
