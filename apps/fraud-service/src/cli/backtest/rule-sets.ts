import { differences } from '../rules/differences.js'
import { type FileFault, readRuleFiles } from '../rules/rule-files.js'
import { ruleLanguage } from '../../app/rule-language.js'
import { putRule } from '../../domain/rule-set/changes.js'
import type { RuleDraft } from '../../domain/rule-set/fraud-rule.js'
import { type RuleSet, ruleSetOf } from '../../domain/rule-set/rule-set.js'

/** How the candidate's files differ from the live set's, each rule by its id. */
export interface RuleChanges {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly { readonly rule_id: string; readonly changes: readonly string[] }[]
}

/** The rule sets that are compared, or all that is wrong with their files. */
export interface RuleSets {
  readonly live: RuleSet
  readonly candidate: RuleSet | undefined
  readonly changes: RuleChanges | null
}

/** @throws UsageError for a path that is not there, and a folder without rules */
export function readRuleSets(livePath: string, candidatePath: string | null): RuleSets | { readonly faults: readonly FileFault[] } {
  const live = readRuleFiles([livePath], ruleLanguage)
  const candidate = candidatePath === null ? undefined : readRuleFiles([candidatePath], ruleLanguage)
  const faults = [...live.faults, ...(candidate?.faults ?? [])]
  if (faults.length > 0) return { faults }
  const drafts = live.files.map(({ draft }) => draft)
  const others = candidate?.files.map(({ draft }) => draft)
  return { live: setOf(drafts), candidate: others && setOf(others), changes: others === undefined ? null : changesOf(drafts, others) }
}

/** Each rule as the first version that putting it would make. */
function setOf(drafts: readonly RuleDraft[]): RuleSet {
  return ruleSetOf(ruleLanguage, drafts.map((draft) => putRule(undefined, draft, ruleLanguage, { expectedVersion: 0, at: 0, by: 'backtest' })))
}

function changesOf(before: readonly RuleDraft[], after: readonly RuleDraft[]): RuleChanges {
  const was = new Map(before.map((draft) => [draft.rule_id, draft]))
  const is = new Set(after.map(({ rule_id }) => rule_id))
  return {
    added: after.flatMap(({ rule_id }) => (was.has(rule_id) ? [] : [rule_id])),
    removed: before.flatMap(({ rule_id }) => (is.has(rule_id) ? [] : [rule_id])),
    changed: after.flatMap((draft) => {
      const old = was.get(draft.rule_id)
      const changes = old === undefined ? [] : differences(old, draft)
      return changes.length === 0 ? [] : [{ rule_id: draft.rule_id, changes }]
    }),
  }
}
