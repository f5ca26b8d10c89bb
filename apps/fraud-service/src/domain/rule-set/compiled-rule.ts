import type { Evidence, Reason, RuleTable } from '@swipestream/contracts'
import type { Run } from '../rule-language/compile.js'
import type { RuleProblem } from '../rule-language/errors.js'
import type { FeatureValues } from '../rule-language/feature.js'
import type { Language } from '../rule-language/language.js'
import type { Measure } from '../rule-language/measure.js'
import { Failure, isThere } from '../rule-language/missing.js'
import { reasonTextOf } from '../rule-language/reason-text.js'
import type { RuleDraft } from './fraud-rule.js'

/** A rule that can be evaluated. */
export interface CompiledRule {
  /** Whether it fires; undefined when it cannot say for want of a feature. */
  readonly run: Run<number | string | boolean>
  /** The reason it gives when it fires, with the value of every feature it names. */
  explain(values: FeatureValues): Pick<Reason, 'text' | 'evidence'>
  /** Why it could not say: the note of every absent feature it names, each once. */
  absences(values: FeatureValues): string[]
  /** The note of each table whose default it used; undefined for a rule without tables. */
  readonly defaults: ((values: FeatureValues) => readonly string[]) | undefined
}

/** Compiles a rule, or says all that is wrong with it. */
export function compileRule(
  { expression, tables, reason }: Pick<RuleDraft, 'expression' | 'tables' | 'reason'>, catalogue: Language,
): CompiledRule | { readonly problems: readonly RuleProblem[] } {
  const wrongTables = tables.flatMap((table, index) => tableProblems(table, index, tables, catalogue))
  if (wrongTables.length > 0) return { problems: wrongTables }
  const language = catalogue.withTables(tables)
  const condition = language.compile(expression, 'expression')
  const text = reasonTextOf(reason, language)
  if ('problems' in condition || 'problems' in text) {
    return { problems: [condition, text].flatMap((part) => ('problems' in part ? part.problems : [])) }
  }
  if (condition.type !== 'bool') {
    return { problems: [{
      code: 'FRAUD_RULE_NOT_BOOL', field: 'expression', position: { line: 1, column: 1 },
      message: `it is a ${condition.type}: a rule answers yes or no`, suggestion: 'compare it with something',
    }] }
  }
  const measures = [...new Set([...condition.measures, ...text.measures])]
  return {
    run: condition.run,
    explain: (values) => ({ text: text.fill(values), evidence: measures.map((measure) => evidenceOf(measure, language, values)) }),
    absences: (values) => absencesOf(condition.measures, values),
    defaults: tables.length === 0 ? undefined : (values) => language.defaultNotes(values),
  }
}

function absencesOf(measures: readonly Measure[], values: FeatureValues): string[] {
  const notes: string[] = []
  for (const measure of measures) {
    if (measure.absenceNote === undefined || measure.run(values) !== undefined) continue
    const note = measure.absenceNote(values)
    if (!notes.includes(note)) notes.push(note)
  }
  return notes
}

function evidenceOf({ name, unit, run }: Measure, language: Language, values: FeatureValues): Evidence {
  const value = run(values)
  if (!isThere(value)) return { name, value: value instanceof Failure ? 'failed' : 'absent', unit: null }
  const currency = unit === null ? undefined : language.measureOf(unit)?.run(values)
  return { name, value: typeof value === 'boolean' ? String(value) : value, unit: typeof currency === 'string' ? currency : unit }
}

function tableProblems({ name, by, unit }: RuleTable, index: number, tables: readonly RuleTable[], catalogue: Language): RuleProblem[] {
  const problem = (field: string, message: string): RuleProblem => ({ code: 'FRAUD_RULE_FIELD', field: `tables[${index}].${field}`, message })
  const word = catalogue.measureOf(by)
  return [
    ...(tables.findIndex((other) => other.name === name) < index ? [problem('name', `there are two tables ${name}`)] : []),
    ...(word?.type === 'string' ? [] : [problem('by', word === undefined ? `there is no feature ${by}` : `${by} is a ${word.type}, a table is by text`)]),
    ...(unit !== null && unit.includes('.') && catalogue.measureOf(unit) === undefined ? [problem('unit', `there is no feature ${unit}`)] : []),
  ]
}
