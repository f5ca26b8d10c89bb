import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ran } from '@swipestream/messaging/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ruleFeatures, ruleLanguage } from '../apps/fraud-service/src/app/rule-language.js'
import { run as backtest } from '../apps/fraud-service/src/cli/backtest/run.js'
import { tryRule } from '../apps/fraud-service/src/app/try-rule.js'

const page = readFileSync(join(import.meta.dirname, '../docs/rules.md'), 'utf8')
const section = (title: string) => page.split(/^## /m).find((text) => text.startsWith(title)) ?? ''
const blockOf = (language: string, text: string) => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(text)?.[1] ?? ''

const example = JSON.parse(blockOf('json', section('Write one'))) as Record<string, unknown>
const values = JSON.parse(/`swipe\.json` has features by name, such as `([^`]+)`/.exec(page)?.[1] ?? '') as Record<string, unknown>

/** `card.count_{1m,1h}` for two features, each with whether the page says that it may be absent. */
function expanded([, text = '', absent]: RegExpMatchArray): [string, boolean][] {
  const [, before = '', list, after = ''] = /^(.*)\{(.*)\}(.*)$/.exec(text) ?? []
  const names = list === undefined ? [text] : list.split(',').map((one) => before + one + after)
  return names.map((name) => [name, absent !== undefined])
}

describe('docs/rules.md', () => {
  it('has an example that can be put, and fires for the values beside it', () => {
    expect(tryRule(example, values, ruleLanguage, ruleFeatures)).toMatchObject({
      problems: [], result: { outcome: 'fires', reason: 'EUR 250.00 at night, above EUR 200.00, after 4 payments in an hour.' },
    })
  })

  it('has a message that a misspelt feature really gets', () => {
    const { problems: [problem] } = tryRule({ ...example, expression: 'tx.nigth && tx.amount > rule.limit' }, undefined, ruleLanguage, ruleFeatures)
    expect(page).toContain(`night_spree.json: ${problem?.field} ${problem?.position?.line}:${problem?.position?.column}: ${problem?.message} (${problem?.suggestion})`)
  })

  it('names every feature and no other, and which may be absent', () => {
    const named = [...section('What rules can ask about').matchAll(/`((?:tx|card|terminal|model)\.[a-z0-9_{},]+)`( ○)?/g)].flatMap(expanded)
    const known = ruleFeatures.features.map(({ name, absent }) => [name, absent !== undefined])
    expect(named.sort()).toEqual(known.sort())
  })

  it('has only expressions that the language knows', () => {
    const rows = [...section('The language').matchAll(/^\| .* \| (.*) \|$/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text))
    const expressions = rows.filter((text) => /[a-z]\./.test(text))
    expect(expressions.length).toBeGreaterThan(5)
    expect(expressions.filter((text) => 'problems' in ruleLanguage.compile(text, 'expression'))).toEqual([])
  })

  it('names every field of the object that a backtest prints', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rules-page-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const input = join(folder, 'table.csv')
    writeFileSync(input, 'transaction_id,occurred_at,customer_id,terminal_id,amount\n1,2018-04-01T10:00:00Z,a,x,20.00\n')
    const candidate = join(folder, 'everything.json')
    writeFileSync(candidate, JSON.stringify({ ...example, rule_id: 'everything', expression: 'tx.amount > 0.0', mode: 'live', weight: 1000 }))
    const rules = join(import.meta.dirname, '../deploy/rules')
    const { last } = await ran<Record<string, unknown>>((output) => backtest(['--input', input, '--rules', rules, '--candidate', candidate, '--export-features', join(folder, 'features.csv'), '--json'], output))
    const text = section('Backtest')
    const fields = fieldsOf(last)
    expect(fields).toContain('reasons')
    expect(fields.filter((field) => field !== 'command' && !text.includes(`\`${field}\``))).toEqual([])
  })
})

/** Names of fields, also of objects in it and of the first of a list. */
function fieldsOf(value: unknown): string[] {
  if (Array.isArray(value)) return fieldsOf(value[0])
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, one]) => [name, ...fieldsOf(one)])
}
