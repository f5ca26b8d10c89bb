import { type Outcome, plain, UsageError } from '@swipestream/messaging'
import { ruleFeatures, ruleLanguage } from '../../app/rule-language.js'
import { type TriedOn, type TriedRule, tryRule } from '../../app/try-rule.js'
import { type FileFault, faultOf, jsonOf } from './rule-files.js'

/** Tries the rule of a file, without Kafka. @param valuesFile features by name @throws UsageError for values that are no object */
export function tryFile(file: string, valuesFile: string | undefined): Outcome {
  const input = jsonOf(file)
  const values = valuesFile === undefined ? { value: undefined } : jsonOf(valuesFile)
  const unreadable = [input, values].flatMap((one) => ('fault' in one ? [one.fault] : []))
  if ('fault' in input || 'fault' in values) return wrong(file, unreadable, [])
  if (values.value !== undefined && !isRecord(values.value)) throw new UsageError(`${valuesFile} must hold an object: features by name`)

  const { problems, measures, result } = tryRule(input.value, values.value, ruleLanguage, ruleFeatures)
  if (problems.length > 0) {
    return wrong(file, problems.map((problem) => faultOf(problem.field.startsWith('values.') ? (valuesFile ?? file) : file, problem)), measures)
  }
  const asks = `it asks about ${measures.map(({ name, unit }) => (unit === null ? name : `${name} (${unit})`)).join(', ')}`
  return { lines: [`${file} can be put`, asks, ...(result === null ? [] : linesOf(result))].map(plain), json: { file, valid: true, measures, result, broken: [] } }
}

function wrong(file: string, faults: readonly FileFault[], measures: TriedRule['measures']): Outcome {
  return { lines: faults.map(({ message }) => plain(message)), json: { file, valid: false, measures, result: null, broken: faults } }
}

const said: Readonly<Record<TriedOn['outcome'], string>> = {
  fires: 'it fires', holds: 'it does not fire', cannot_say: 'it cannot say, and does not fire', fails: 'it fails: the transaction would go to review',
}

function linesOf({ outcome, reason, evidence, absent, notes, failure }: TriedOn): string[] {
  const values = evidence.map(({ name, value, unit }) => `${name} ${value}${unit === null ? '' : ` ${unit}`}`)
  return [
    `${said[outcome]}${failure === null ? '' : `: ${failure}`}`,
    `  reason    ${reason}`,
    `  evidence  ${values.join(', ')}`,
    ...(absent.length > 0 ? [`  absent    ${absent.join(', ')}`] : []),
    ...(notes.length > 0 ? [`  noted     ${notes.join(', ')}`] : []),
  ]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
