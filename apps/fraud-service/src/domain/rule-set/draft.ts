import type { RuleTable } from '@swipestream/contracts'
import type { RuleProblem } from '../rule-language/errors.js'
import { nearestName } from '../rule-language/suggestion.js'
import type { RuleDraft } from './fraud-rule.js'

type Check = (value: unknown) => string | undefined

const text = (least: number, most: number): Check => (value) =>
  typeof value === 'string' && value.trim().length >= least && value.length <= most ? undefined : `must be a text of ${least} to ${most} characters`

const oneOf = (...words: readonly string[]): Check => (value) =>
  words.includes(value as string) ? undefined : `must be one of ${words.join(', ')}`

const snakeCase: Check = (value) =>
  typeof value === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(value) ? undefined : 'must be snake_case, 1 to 64 characters'

const weight: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 1000 ? undefined : 'must be a whole number from 1 to 1000'

const finite: Check = (value) => (Number.isFinite(value) ? undefined : 'must be a number')

const numbersByWord: Check = (value) => {
  if (!isRecord(value)) return 'must be numbers by word'
  const entries = Object.entries(value)
  if (entries.length === 0 || entries.length > 300) return 'must have 1 to 300 entries'
  const long = entries.find(([word]) => word.length > 16)
  if (long !== undefined) return `must have words of at most 16 characters: ${long[0]} is longer`
  const wrong = entries.find(([, number]) => !Number.isFinite(number))
  return wrong === undefined ? undefined : `must be numbers: ${wrong[0]} is not`
}

const nullOr = (check: Check): Check => (value) => (value === null ? undefined : check(value))

const draftFields: Readonly<Record<keyof RuleDraft, Check>> = {
  rule_id: snakeCase,
  expression: (value) => (typeof value === 'string' ? undefined : 'must be a text'),
  tables: (value) => (Array.isArray(value) && value.length <= 4 ? undefined : 'must be a list of at most 4'),
  weight,
  reason: text(1, 500),
  severity: oneOf('info', 'warning', 'critical'),
  mode: oneOf('live', 'shadow', 'off'),
  owner: text(1, 100),
  comment: text(0, 1000),
}

const tableFields: Readonly<Record<keyof RuleTable, Check>> = {
  name: snakeCase, by: text(1, 100), values: numbersByWord, default: finite, unit: nullOr(text(1, 100)),
}

/**
 * The draft that a file or a request holds, or what is wrong with its fields. Unknown fields are wrong: a misspelt
 * `mode` would otherwise be a rule that is live. `tables` and `comment` may be left out.
 */
export function draftOf(input: unknown): RuleDraft | { readonly problems: readonly RuleProblem[] } {
  if (!isRecord(input)) return { problems: [{ code: 'FRAUD_RULE_FIELD', field: 'rule', message: 'must be an object' }] }
  const draft = { tables: [], comment: '', ...input }
  const problems = problemsOf(draft, draftFields, '')
  if (Array.isArray(draft.tables)) {
    draft.tables.forEach((table: unknown, index) => {
      const field = `tables[${index}]`
      if (isRecord(table)) problems.push(...problemsOf(table, tableFields, `${field}.`))
      else problems.push({ code: 'FRAUD_RULE_FIELD', field, message: 'must be an object' })
    })
  }
  return problems.length > 0 ? { problems } : (draft as unknown as RuleDraft)
}

function problemsOf(input: Record<string, unknown>, fields: Readonly<Record<string, Check>>, prefix: string): RuleProblem[] {
  const known = Object.keys(fields)
  const unknown = Object.keys(input).filter((field) => !known.includes(field)).map((field): RuleProblem => {
    const nearest = nearestName(field, known)
    return {
      code: 'FRAUD_RULE_FIELD', field: `${prefix}${field}`, message: 'there is no such field',
      ...(nearest === undefined ? {} : { suggestion: `did you mean ${nearest}?` }),
    }
  })
  const wrong = Object.entries(fields).flatMap(([field, check]): RuleProblem[] => {
    const message = Object.hasOwn(input, field) ? check(input[field]) : 'is missing'
    return message === undefined ? [] : [{ code: 'FRAUD_RULE_FIELD', field: `${prefix}${field}`, message }]
  })
  return [...unknown, ...wrong]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
