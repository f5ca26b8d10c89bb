import type { FraudRule } from '@swipestream/contracts'
import { Failure } from '../rule-language/missing.js'
import { invalidRule } from '../rule-language/errors.js'
import type { Language } from '../rule-language/language.js'
import { type CompiledRule, compileRule } from './compiled-rule.js'

/** A rule of a set, ready to be asked. */
export interface SetRule extends CompiledRule {
  readonly rule: Pick<FraudRule, 'rule_id' | 'version' | 'mode' | 'weight'>
  /** Why it cannot be evaluated: nobody can read it, or it no longer fits the catalogue. It then fails for every transaction. */
  readonly broken?: Error
}

/** A rule whose record cannot be read: nobody knows what it says, nor whether it is live. */
export class Unreadable {
  /** @param because for those who must mend it; decisions do not say it, so that they can be made again */
  constructor(readonly because: Error) {}
}

/** What decisions tell as the version of a rule that could not be read. Versions begin at 1. */
export const UNREADABLE_VERSION = 0

/** The rules at one moment. It never changes: a batch of transactions is judged by one set. */
export interface RuleSet {
  readonly language: Language
  /** Every rule that can be read, also those that are off, by id. */
  readonly records: ReadonlyMap<string, FraudRule>
  /** Those that cannot, by id. */
  readonly unreadable: ReadonlyMap<string, Unreadable>
  /** Those that count, by id. */
  readonly live: readonly SetRule[]
  /** Those that are only watched, by id. */
  readonly shadow: readonly SetRule[]
  /** The version of every live rule by id, as decisions tell it: one object for all of them. */
  readonly versions: Readonly<Record<string, number>>
}

/** The set of these rules. */
export function ruleSetOf(language: Language, rules: Iterable<FraudRule> = []): RuleSet {
  const none: RuleSet = { language, records: new Map(), unreadable: new Map(), live: [], shadow: [], versions: {} }
  return withRules(none, Array.from(rules, (rule) => [rule.rule_id, rule] as const))
}

/**
 * The set after changes: a rule by its id, undefined for one that is removed. What a rule was compiled to is kept
 * unless it changed.
 *
 * A rule that cannot be compiled is in the set all the same and fails for every transaction: none is approved for want
 * of a rule. It was checked when it was put, so that this means an instance of another release than the one it was put
 * with, or a catalogue from which a feature was taken. One that cannot be read fails likewise, as a live rule would:
 * it may be one.
 */
export function withRules(set: RuleSet, changes: Iterable<readonly [string, FraudRule | Unreadable | undefined]>): RuleSet {
  const records = new Map(set.records)
  const unreadable = new Map(set.unreadable)
  for (const [id, rule] of changes) {
    records.delete(id)
    unreadable.delete(id)
    if (rule instanceof Unreadable) unreadable.set(id, rule)
    else if (rule !== undefined) records.set(id, rule)
  }
  const before = new Map([...set.live, ...set.shadow].map((one) => [one.rule.rule_id, one]))
  const inMode = (mode: FraudRule['mode']) => [...records.values()].filter((rule) => rule.mode === mode).map((rule) => {
    const one = before.get(rule.rule_id)
    return one?.rule === rule ? one : setRuleOf(rule, set.language, one, set.records.get(rule.rule_id))
  })
  const unread = Array.from(unreadable, ([id, one]) => (set.unreadable.get(id) === one ? before.get(id) : undefined) ?? unreadableRule(id, one))
  const live = byId([...inMode('live'), ...unread])
  return {
    language: set.language,
    records,
    unreadable,
    live,
    shadow: byId(inMode('shadow')),
    versions: Object.fromEntries(live.map(({ rule }) => [rule.rule_id, rule.version])),
  }
}

function byId(rules: readonly SetRule[]): readonly SetRule[] {
  return rules.toSorted((a, b) => (a.rule.rule_id < b.rule.rule_id ? -1 : 1))
}

/** @param compiled what the rule was compiled to when its record was another one, `recordBefore` */
function setRuleOf(rule: FraudRule, language: Language, compiled: SetRule | undefined, recordBefore: FraudRule | undefined): SetRule {
  // a new record of the same words: a restart reads them again, and a promotion changes the mode only
  if (compiled !== undefined && recordBefore !== undefined && sameWords(recordBefore, rule)) return { ...compiled, rule }
  const result = compileRule(rule, language)
  if (!('problems' in result)) return { ...result, rule }
  const broken = invalidRule(result.problems)
  return failing(rule, broken, broken.message)
}

function unreadableRule(rule_id: string, { because }: Unreadable): SetRule {
  return failing({ rule_id, version: UNREADABLE_VERSION, mode: 'live', weight: 0 }, because, 'its record cannot be read')
}

/** A rule that fails for every transaction. @param text what its reason says of why */
function failing(rule: SetRule['rule'], broken: Error, text: string): SetRule {
  const failure = new Failure(text)
  return { rule, broken, run: () => failure, explain: () => ({ text: '', evidence: [] }), absences: () => [], defaults: undefined }
}

function sameWords(a: FraudRule, b: FraudRule): boolean {
  return a.expression === b.expression && a.reason === b.reason && JSON.stringify(a.tables) === JSON.stringify(b.tables)
}
