import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Broken, UsageError } from '@swipestream/messaging'
import { toError } from '@swipestream/platform'
import { positionOf, type RuleProblem } from '../../domain/rule-language/errors.js'
import type { Language } from '../../domain/rule-language/language.js'
import { compileRule } from '../../domain/rule-set/compiled-rule.js'
import { draftOf } from '../../domain/rule-set/draft.js'
import type { RuleDraft } from '../../domain/rule-set/fraud-rule.js'

/** A draft that can be put, and the file it is from. */
export interface RuleFile {
  readonly file: string
  readonly draft: RuleDraft
}

/** A fault of a file. */
export interface FileFault extends Broken {
  readonly file: string
  /** The rule's field; null when the file as a whole is wrong. */
  readonly field: string | null
  /** In the field's text, or in the file; from 1. */
  readonly line?: number
  readonly column?: number
  readonly suggestion?: string
}

interface Read {
  readonly files: readonly RuleFile[]
  readonly faults: readonly FileFault[]
}

/**
 * Reads and checks the files that paths name, all of them, whatever is wrong with others.
 *
 * @param comment in place of the files' own
 * @throws UsageError for a path that is not there, and a folder without rules
 */
export function readRuleFiles(paths: readonly string[], language: Language, comment?: string): Read {
  const read = paths.flatMap(filesAt).map(({ file, named }) => {
    const input = jsonOf(file)
    if ('fault' in input) return { faults: [input.fault] }
    const checked = checkedDraft(file, withComment(input.value, comment), language)
    if ('faults' in checked || !named || basename(file) === `${checked.draft.rule_id}.json`) return checked
    return { faults: [faultOf(file, { code: 'FRAUD_RULE_FIELD', field: 'rule_id', message: `is not the file's name: in a folder, ${checked.draft.rule_id} stands in ${checked.draft.rule_id}.json` })] }
  })
  const files = read.flatMap((one) => ('faults' in one ? [] : [one]))
  return { files, faults: [...read.flatMap((one) => ('faults' in one ? one.faults : [])), ...twice(files)] }
}

/** A file's JSON, or what is wrong with it. */
export function jsonOf(file: string): { readonly value: unknown } | { readonly fault: FileFault } {
  const text = readFileSync(file, 'utf8')
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    const { message } = toError(error)
    const offset = /at position (\d+)/.exec(message)?.[1]
    const end = /end of JSON input/.test(message) ? text.length : undefined
    const place = offset === undefined ? end : Number(offset)
    const position = place === undefined ? {} : positionOf(text, place)
    return { fault: { rule: 'FILE_NOT_JSON', file, field: null, ...position, message: `${shownPlace(file, null, position)}: it is no JSON: ${message.replace(/ in JSON at position.*| at position.*/s, '')}` } }
  }
}

/** A problem as a fault of its file: file, field, line and column, and what to write instead. */
export function faultOf(file: string, { code, field, message, position, suggestion }: RuleProblem): FileFault {
  const hint = suggestion === undefined ? {} : { suggestion }
  const shown = `${shownPlace(file, field, position ?? {})}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`
  return { rule: code, file, field, ...position, ...hint, message: shown }
}

function shownPlace(file: string, field: string | null, { line, column }: { readonly line?: number; readonly column?: number }): string {
  const place = line === undefined ? '' : `${line}:${column}`
  return field === null ? [file, place].filter(Boolean).join(':') : `${file}: ${[field, place].filter(Boolean).join(' ')}`
}

function filesAt(path: string): { readonly file: string; readonly named: boolean }[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new UsageError(`${path} is not there`)
  if (!found.isDirectory()) return [{ file: path, named: false }]
  const files = readdirSync(path).filter((name) => name.endsWith('.json')).sort()
  if (files.length === 0) throw new UsageError(`${path} has no *.json`)
  return files.map((name) => ({ file: join(path, name), named: true }))
}

function withComment(value: unknown, comment: string | undefined): unknown {
  return comment === undefined || typeof value !== 'object' || value === null || Array.isArray(value) ? value : { ...value, comment }
}

function checkedDraft(file: string, input: unknown, language: Language): RuleFile | { readonly faults: readonly FileFault[] } {
  const draft = draftOf(input)
  if ('problems' in draft) return { faults: draft.problems.map((problem) => faultOf(file, problem)) }
  const compiled = compileRule(draft, language)
  return 'problems' in compiled ? { faults: compiled.problems.map((problem) => faultOf(file, problem)) } : { file, draft }
}

function twice(files: readonly RuleFile[]): FileFault[] {
  const first = new Map<string, string>()
  return files.flatMap(({ file, draft: { rule_id } }) => {
    const other = first.get(rule_id)
    first.set(rule_id, other ?? file)
    return other === undefined ? [] : [faultOf(file, { code: 'FRAUD_RULE_FIELD', field: 'rule_id', message: `is ${rule_id} in ${other} as well` })]
  })
}
