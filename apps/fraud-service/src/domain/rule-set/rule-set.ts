import type { FraudRule } from '@swipestream/contracts'
import { Failure } from '../rule-language/missing.js'
import { invalidRule } from '../rule-language/errors.js'
import type { Language } from '../rule-language/language.js'
import { type CompiledRule, compileRule } from './compiled-rule.js'

/** A rule of a set, ready to be asked. */
export interface SetRule extends CompiledRule {
  readonly rule: FraudRule
  /** Why it cannot be evaluated: it no longer fits the catalogue. It then fails for every transaction. */
  readonly broken?: Error
}

/** The rules at one moment. It never changes: a batch of transactions is judged by one set. */
export interface RuleSet {
  readonly language: Language
  /** Every rule, also those that are off, by id. */
  readonly records: ReadonlyMap<string, FraudRule>
  /** Those that count, by id. */
  readonly live: readonly SetRule[]
  /** Those that are only watched, by id. */
  readonly shadow: readonly SetRule[]
  /** The version of every live rule by id, as decisions tell it: one object for all of them. */
  readonly versions: Readonly<Record<string, number>>
}

/** The set of these rules. */
export function ruleSetOf(language: Language, rules: Iterable<FraudRule> = []): RuleSet {
  const none: RuleSet = { language, records: new Map(), live: [], shadow: [], versions: {} }
  return withRules(none, Array.from(rules, (rule) => [rule.rule_id, rule] as const))
}

/**
 * The set after changes: a rule by its id, undefined for one that is removed. What a rule was compiled to is kept
 * unless it changed.
 *
 * A rule that cannot be compiled is in the set all the same and fails for every transaction: none is approved for want
 * of a rule. It was checked when it was put, so that this means an instance of another release than the one it was put
 * with, or a catalogue from which a feature was taken.
 */
export function withRules(set: RuleSet, changes: Iterable<readonly [string, FraudRule | undefined]>): RuleSet {
  const records = new Map(set.records)
  const compiled = new Map([...set.live, ...set.shadow].map((one) => [one.rule.rule_id, one]))
  for (const [id, rule] of changes) {
    if (rule === undefined) records.delete(id)
    else records.set(id, rule)
  }
  const ordered = [...records.values()].sort((a, b) => (a.rule_id < b.rule_id ? -1 : 1))
  const inMode = (mode: FraudRule['mode']) => ordered.filter((rule) => rule.mode === mode).map((rule) => {
    const before = compiled.get(rule.rule_id)
    return before?.rule === rule ? before : setRuleOf(rule, set.language, before)
  })
  const live = inMode('live')
  return {
    language: set.language,
    records,
    live,
    shadow: inMode('shadow'),
    versions: Object.fromEntries(live.map(({ rule }) => [rule.rule_id, rule.version])),
  }
}

function setRuleOf(rule: FraudRule, language: Language, before: SetRule | undefined): SetRule {
  // a new record of the same words: a restart reads them again, and a promotion changes the mode only
  if (before !== undefined && sameWords(before.rule, rule)) return { ...before, rule }
  const compiled = compileRule(rule, language)
  if (!('problems' in compiled)) return { ...compiled, rule }
  const broken = invalidRule(compiled.problems)
  const failure = new Failure(broken.message)
  return { rule, broken, run: () => failure, explain: () => ({ text: '', evidence: [] }), absences: () => [], defaults: undefined }
}

function sameWords(a: FraudRule, b: FraudRule): boolean {
  return a.expression === b.expression && a.reason === b.reason && JSON.stringify(a.tables) === JSON.stringify(b.tables)
}
