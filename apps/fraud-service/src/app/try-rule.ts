import type { Evidence } from '@swipestream/contracts'
import type { RuleProblem } from '../domain/rule-language/errors.js'
import { type Feature, type FeatureCatalogue, type FeatureValue, type FeatureValues, valuesOf } from '../domain/rule-language/feature.js'
import type { Language } from '../domain/rule-language/language.js'
import type { Measure } from '../domain/rule-language/measure.js'
import { Failure } from '../domain/rule-language/missing.js'
import { reasonTextOf } from '../domain/rule-language/reason-text.js'
import { nearestName } from '../domain/rule-language/suggestion.js'
import { compileRule } from '../domain/rule-set/compiled-rule.js'
import { draftOf } from '../domain/rule-set/draft.js'
import type { RuleDraft } from '../domain/rule-set/fraud-rule.js'

/** What a draft makes of a transaction with these features. */
export interface TriedOn {
  /** `cannot_say`: for want of what is absent. `fails`: the transaction would go to review. */
  readonly outcome: 'fires' | 'holds' | 'cannot_say' | 'fails'
  /** The reason as it reads with these values, also when the rule does not fire. */
  readonly reason: string
  readonly evidence: readonly Evidence[]
  /** Names of what the draft asks about and the transaction does not have. */
  readonly absent: readonly string[]
  /** What would be counted of the rule: `no_place`, `default_limit`. */
  readonly notes: readonly string[]
  /** Why it fails; null when it does not. */
  readonly failure: string | null
}

export interface TriedRule {
  /** Empty when it can be put. */
  readonly problems: readonly RuleProblem[]
  /** Features and tables it asks about, in its order. */
  readonly measures: readonly Pick<Measure, 'name' | 'type' | 'unit'>[]
  /** Null when no values were given, or the draft is wrong. */
  readonly result: TriedOn | null
}

/**
 * Tries a draft: whether it can be put, what it asks about, and what it makes of a transaction.
 *
 * @param input a draft; without a `rule_id` it is called `draft`
 * @param values features by name; those not named, and null, are absent
 */
export function tryRule(input: unknown, values: Readonly<Record<string, unknown>> | undefined, language: Language, catalogue: FeatureCatalogue): TriedRule {
  const draft = draftOf(typeof input === 'object' && input !== null && !Array.isArray(input) ? { rule_id: 'draft', ...input } : input)
  if ('problems' in draft) return { problems: draft.problems, measures: [], result: null }
  const compiled = compileRule(draft, language)
  if ('problems' in compiled) return { problems: compiled.problems, measures: [], result: null }

  const measures = measuresOf(draft, language)
  const shown = measures.map(({ name, type, unit }) => ({ name, type, unit }))
  const wrong = values === undefined ? [] : valueProblems(values, catalogue)
  if (values === undefined || wrong.length > 0) return { problems: wrong, measures: shown, result: null }

  const laidOut = valuesOf(catalogue, values as Record<string, FeatureValue>)
  const answer = compiled.run(laidOut)
  const { text: reason, evidence } = compiled.explain(laidOut)
  const result: TriedOn = {
    outcome: answer instanceof Failure ? 'fails' : answer === undefined ? 'cannot_say' : answer === true ? 'fires' : 'holds',
    reason,
    evidence,
    absent: absentOf(measures, laidOut),
    notes: [...(answer === undefined ? compiled.absences(laidOut) : []), ...(compiled.defaults?.(laidOut) ?? [])],
    failure: answer instanceof Failure ? answer.message : null,
  }
  return { problems: [], measures: shown, result }
}

/** Of a draft that compiles. */
function measuresOf({ expression, tables, reason }: RuleDraft, catalogue: Language): Measure[] {
  const language = catalogue.withTables(tables)
  const parts = [language.compile(expression, 'expression'), reasonTextOf(reason, language)]
  return [...new Set(parts.flatMap((part) => ('problems' in part ? [] : part.measures)))]
}

function absentOf(measures: readonly Measure[], values: FeatureValues): string[] {
  return measures.filter(({ run }) => run(values) === undefined).map(({ name }) => name)
}

function valueProblems(values: Readonly<Record<string, unknown>>, { features, find }: FeatureCatalogue): RuleProblem[] {
  const names = features.map(({ name }) => name)
  return Object.entries(values).flatMap(([name, value]): RuleProblem[] => {
    const feature = find(name)
    const field = `values.${name}`
    if (feature === undefined) {
      const nearest = nearestName(name, names)
      return [{ code: 'FRAUD_RULE_UNKNOWN_FEATURE', field, message: 'there is no such feature', ...(nearest === undefined ? {} : { suggestion: `did you mean ${nearest}?` }) }]
    }
    return value === null || isOfType(value, feature) ? [] : [{ code: 'FRAUD_RULE_WRONG_TYPE', field, message: `must be a ${feature.type}` }]
  })
}

function isOfType(value: unknown, { type }: Feature): boolean {
  return type === 'number' ? Number.isFinite(value) : typeof value === (type === 'bool' ? 'boolean' : type)
}
