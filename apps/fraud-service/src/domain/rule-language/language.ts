import type { RuleTable } from '@swipestream/contracts'
import { celOver, type CelRefusal, MAX_LENGTH, type Node, type Parsed } from './cel.js'
import { compile, type Run } from './compile.js'
import { positionOf, type RuleProblem, type RuleProblemCode } from './errors.js'
import type { FeatureCatalogue, FeatureType, FeatureValues } from './feature.js'
import { defaultNoteOf, featureMeasure, type Measure, tableMeasure } from './measure.js'
import { decimalPoint, refusedArithmetic } from './static-type.js'
import { type Finding, isOperator, operandsOf, survey } from './survey.js'

/** An expression that may be evaluated. */
export interface Expression {
  readonly type: FeatureType
  /** What it names, in its order. */
  readonly measures: readonly Measure[]
  readonly run: Run<number | string | boolean>
}

/** What one rule may say: the catalogue's features and the rule's own tables. */
export interface Language {
  /** The expression, or what is wrong with it, for the field named. */
  compile(text: string, field: string): Expression | { readonly problems: readonly RuleProblem[] }
  /** The same language with tables of a rule's own. Each table's `by` is a text feature of the catalogue. */
  withTables(tables: readonly RuleTable[]): Language
  /** The note of each table whose default these values call for. */
  defaultNotes(values: FeatureValues): readonly string[]
  /** What a name stands for. */
  measureOf(name: string): Measure | undefined
}

/** One for all: most transactions need no default. */
const noNotes: readonly string[] = []

/** The language of rules over a catalogue. Make it once: it holds the type checker. */
export function languageOf(catalogue: FeatureCatalogue): Language {
  const measures = new Map(catalogue.features.map((feature) => [feature.name, featureMeasure(feature, catalogue)]))
  return languageOver(measures, [])
}

function languageOver(measures: ReadonlyMap<string, Measure>, tables: readonly RuleTable[]): Language {
  const names = [...measures.keys()]
  const parse = celOver([...measures.values()])
  const sourceOf = (name: string) => measures.get(name) as Measure
  const defaults = tables.map((table) => defaultNoteOf(table, sourceOf(table.by)))
  return {
    compile(text, field) {
      const compiled = compileText(text)
      return Array.isArray(compiled) ? { problems: compiled.map((finding) => problemOf(finding, text, field)) } : compiled
    },
    withTables(own) {
      if (own.length === 0) return this
      const tableMeasures = own.map((table) => tableMeasure(table, sourceOf(table.by)))
      return languageOver(new Map([...measures, ...tableMeasures.map((measure) => [measure.name, measure] as const)]), own)
    },
    defaultNotes(values) {
      let notes = noNotes
      for (const noteFor of defaults) {
        const note = noteFor(values)
        if (note !== undefined) notes = [...notes, note]
      }
      return notes
    },
    measureOf: (name) => measures.get(name),
  }

  function compileText(text: string): Expression | Finding[] {
    if (text.length > MAX_LENGTH) {
      return [{ code: 'FRAUD_RULE_TOO_COSTLY', offset: MAX_LENGTH, message: `it is ${text.length} characters long, ${MAX_LENGTH} are allowed` }]
    }
    const parsed: Parsed = parse(text)
    if ('refusal' in parsed) return [findingOf(parsed.refusal, text)]
    const surveyed = survey(parsed.node, (name) => measures.has(name), names)
    if (surveyed.findings.length > 0) return [...surveyed.findings]
    const checked = parsed.check()
    if ('kind' in checked) return [findingOf(checked, text)]
    const refused = refusedArithmetic(parsed.node, (name) => sourceOf(name).type)
    if (refused.length > 0) return refused
    return {
      type: checked.type === 'bool' || checked.type === 'string' ? checked.type : 'number',
      measures: surveyed.names.map(sourceOf),
      run: compile(parsed.node, sourceOf),
    }
  }
}

const codes: Readonly<Record<CelRefusal['kind'], RuleProblemCode>> = {
  syntax: 'FRAUD_RULE_SYNTAX', limit: 'FRAUD_RULE_TOO_COSTLY', type: 'FRAUD_RULE_WRONG_TYPE',
}

function findingOf({ kind, offset, message, node }: CelRefusal, text: string): Finding {
  const suggestion = kind === 'syntax' ? otherSpelling(text, offset) : node === undefined ? undefined : decimalPoint(...operands(node))
  return { code: codes[kind], offset, message, ...(suggestion === undefined ? {} : { suggestion }) }
}

/** The operands in which a missing decimal point may be what CEL objects to. */
function operands(node: Node): readonly Node[] {
  if (node.op === 'in') return node.args[1].op === 'list' ? node.args[1].args : []
  return isOperator(node) ? operandsOf(node) : []
}

/** Operators as other languages spell them. */
const spellings: readonly (readonly [RegExp, string])[] = [
  [/^and\b/i, 'write &&'], [/^or\b/i, 'write ||'], [/^not\b/i, 'write !'], [/^=(?!=)/, 'write =='],
  [/^&(?!&)/, 'write &&'], [/^\|(?!\|)/, 'write ||'], [/^<>/, 'write !='],
]

function otherSpelling(text: string, offset: number): string | undefined {
  const rest = text.slice(offset)
  return spellings.find(([spelling]) => spelling.test(rest))?.[1]
}

function problemOf({ code, offset, message, suggestion }: Finding, text: string, field: string): RuleProblem {
  return { code, field, message, position: positionOf(text, offset), ...(suggestion === undefined ? {} : { suggestion }) }
}
