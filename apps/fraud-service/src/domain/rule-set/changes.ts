import type { FraudRule, RuleMode, RuleVersion } from '@swipestream/contracts'
import { FraudRuleError, invalidRule } from '../rule-language/errors.js'
import type { Language } from '../rule-language/language.js'
import { compileRule } from './compiled-rule.js'
import { draftOf } from './draft.js'
import { MAX_EARLIER, type RuleDraft } from './fraud-rule.js'

/** Who changes a rule, when, and what they think it is now. */
export interface Change {
  /** The rule's version before the change; 0 for a rule that is to be new. */
  readonly expectedVersion: number
  /** Milliseconds since the Unix epoch, UTC. */
  readonly at: number
  readonly by: string
  /** What stands there cannot be read: a version is made also of the words of `current`, which stood there before it. */
  readonly unreadable?: boolean
}

/**
 * The rule with this draft as its newest version. A draft that says what the rule says already makes no version: a
 * folder of rules can be put again and again.
 *
 * @param current the rule of that id, undefined when there is none
 * @throws FraudRuleError `FRAUD_RULE_INVALID` with every problem; `FRAUD_RULE_CONFLICT`
 */
export function putRule(current: FraudRule | undefined, input: unknown, language: Language, change: Change): FraudRule {
  const draft = draftOf(input)
  if ('problems' in draft) throw invalidRule(draft.problems)
  const compiled = compileRule(draft, language)
  if ('problems' in compiled) throw invalidRule(compiled.problems)
  expectVersion(draft.rule_id, current, change)
  if (current !== undefined && change.unreadable !== true && saysTheSame(current, draft)) return current
  return nextVersion(current, draft, change)
}

/**
 * The rule one step further: from off to shadow, from shadow to live.
 *
 * @throws FraudRuleError `FRAUD_RULE_NOT_PROMOTABLE` when it is live; `FRAUD_RULE_CONFLICT`; `FRAUD_RULE_INVALID` when
 * it no longer fits the catalogue
 */
export function promoteRule(current: FraudRule, language: Language, change: Change & { readonly comment: string }): FraudRule {
  expectVersion(current.rule_id, current, change)
  if (current.mode === 'live') throw new FraudRuleError('FRAUD_RULE_NOT_PROMOTABLE', `the rule ${current.rule_id} is live already`)
  const mode: RuleMode = current.mode === 'off' ? 'shadow' : 'live'
  return putRule(current, { ...draftIn(current), mode, comment: change.comment }, language, change)
}

/**
 * The rule as it was at an earlier version, mode included, as a new version: what a decision says of version 3 stays
 * true.
 *
 * @throws FraudRuleError `FRAUD_RULE_UNKNOWN` when the version is not kept; `FRAUD_RULE_CONFLICT`;
 * `FRAUD_RULE_INVALID` when that version no longer fits the catalogue
 */
export function rollBackRule(
  current: FraudRule, toVersion: number, language: Language, change: Change & { readonly comment: string },
): FraudRule {
  expectVersion(current.rule_id, current, change)
  const wanted = historyOf(current).find(({ version }) => version === toVersion)
  if (wanted === undefined) throw new FraudRuleError('FRAUD_RULE_UNKNOWN', `the rule ${current.rule_id} has no version ${toVersion}, or no longer`)
  return putRule(current, { ...draftIn({ ...wanted, rule_id: current.rule_id }), comment: change.comment }, language, change)
}

/** Every version that is kept, newest first. */
export function historyOf(rule: FraudRule): readonly RuleVersion[] {
  return [versionIn(rule), ...rule.earlier]
}

function expectVersion(ruleId: string, current: FraudRule | undefined, { expectedVersion }: Change): void {
  const version = current?.version ?? 0
  if (version === expectedVersion) return
  const is = current === undefined ? 'does not exist' : `is at version ${version}`
  const expected = expectedVersion === 0 ? 'it was to be new' : `version ${expectedVersion} was expected`
  throw new FraudRuleError('FRAUD_RULE_CONFLICT', `the rule ${ruleId} ${is}, ${expected}: look at it and try again`)
}

function nextVersion(current: FraudRule | undefined, draft: RuleDraft, { at, by }: Change): FraudRule {
  return {
    ...draft,
    version: (current?.version ?? 0) + 1,
    created_at: at,
    created_by: by,
    earlier: current === undefined ? [] : historyOf(current).slice(0, MAX_EARLIER),
  }
}

/** Everything but the comment, which does not say what a rule does, counts. */
function saysTheSame(rule: FraudRule, draft: RuleDraft): boolean {
  const said = (one: RuleDraft) => JSON.stringify({ ...draftIn(one), comment: '' })
  return said(rule) === said(draft)
}

/** The fields a person writes, always in the same order. */
function draftIn({ rule_id, expression, tables, weight, reason, severity, mode, owner, comment }: RuleDraft): RuleDraft {
  const sorted = tables.map(({ name, by, values, default: other, unit }) => (
    { name, by, values: Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))), default: other, unit }
  ))
  return { rule_id, expression, tables: sorted, weight, reason, severity, mode, owner, comment }
}

function versionIn({ rule_id: _id, earlier: _earlier, ...version }: FraudRule): RuleVersion {
  return version
}
