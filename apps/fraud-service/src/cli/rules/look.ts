import type { FraudRule, RuleTable, RuleVersion } from '@swipestream/contracts'
import { type Outcome, plain, plainLines, tableOf, timeOf } from '@swipestream/messaging'
import type { Rules } from '../../app/rule-store.js'
import { FraudRuleError } from '../../domain/rule-language/errors.js'
import type { Language } from '../../domain/rule-language/language.js'
import { historyOf } from '../../domain/rule-set/changes.js'
import { compileRule } from '../../domain/rule-set/compiled-rule.js'
import { differences } from './differences.js'

/** All rules, one a line. A live or shadow rule that cannot be compiled is a broken promise. */
export function list(rules: Rules, language: Language): Outcome {
  const sorted = [...rules.values()].sort((a, b) => (a.rule_id < b.rule_id ? -1 : 1))
  const broken = sorted.filter(({ mode }) => mode !== 'off').flatMap((rule) => {
    const compiled = compileRule(rule, language)
    if (!('problems' in compiled)) return []
    const first = compiled.problems.map(({ field, message }) => `${field}: ${message}`).join('; ')
    return [{ rule: 'FRAUD_RULE_BROKEN', rule_id: rule.rule_id, message: `the ${rule.mode} rule ${rule.rule_id} cannot be evaluated by this release: ${first}` }]
  })
  const rows = sorted.map(({ rule_id, version, mode, weight, severity, owner, created_at, created_by }) =>
    [plain(rule_id), version, mode, weight, severity, plain(owner), timeOf(created_at), plain(created_by)])
  const table = tableOf(['RULE', 'VERSION', 'MODE', 'WEIGHT', 'SEVERITY', 'OWNER', 'CHANGED', 'BY'], rows)
  const lines = rows.length === 0 ? ['there are no rules: npm run rules -- put deploy/rules'] : table
  return { lines: [...lines, ...broken.map(({ message }) => message)], json: { rules: sorted.map(({ earlier: _, ...rule }) => rule), broken } }
}

/** One rule, all of it. @throws FraudRuleError FRAUD_RULE_UNKNOWN */
export function show(rules: Rules, ruleId: string): Outcome {
  const { earlier: _, ...rule } = ruleOf(rules, ruleId)
  const fields: [string, string][] = [
    ['version', `${rule.version}, made ${timeOf(rule.created_at)} by ${rule.created_by}`],
    ['mode', rule.mode],
    ['expression', rule.expression],
    ...rule.tables.map((table): [string, string] => ['table', shownTable(table)]),
    ['weight', String(rule.weight)],
    ['severity', rule.severity],
    ['reason', rule.reason],
    ['owner', rule.owner],
    ['comment', rule.comment],
  ]
  return { lines: [plain(rule.rule_id), ...fields.map(([name, text]) => `  ${name.padEnd(10)}  ${plainLines(text, ' '.repeat(14))}`)], json: { rule, broken: [] } }
}

/** Its versions, newest first. @throws FraudRuleError FRAUD_RULE_UNKNOWN */
export function history(rules: Rules, ruleId: string): Outcome {
  const versions = historyOf(ruleOf(rules, ruleId))
  const rows = versions.map((version, i) =>
    [version.version, version.mode, version.weight, timeOf(version.created_at), plain(version.created_by), changeOf(version, versions[i + 1]), plain(version.comment)])
  return { lines: tableOf(['VERSION', 'MODE', 'WEIGHT', 'MADE', 'BY', 'CHANGED', 'COMMENT'], rows), json: { rule_id: ruleId, versions, broken: [] } }
}

function changeOf(version: RuleVersion, before: RuleVersion | undefined): string {
  if (before === undefined) return version.version === 1 ? 'new' : '(before it: no longer kept)'
  return plain(differences(before, version).join(', '))
}

function shownTable({ name, by, values, default: other, unit }: RuleTable): string {
  const numbers = Object.entries(values).map(([word, number]) => `${word} ${number}`).join(', ')
  return `rule.${name} by ${by}${unit === null ? '' : ` in ${unit}`}: ${numbers}; any other ${other}`
}

function ruleOf(rules: Rules, ruleId: string): FraudRule {
  const rule = rules.get(ruleId)
  if (rule === undefined) throw new FraudRuleError('FRAUD_RULE_UNKNOWN', `there is no rule ${ruleId}: npm run rules -- list tells which there are`)
  return rule
}
