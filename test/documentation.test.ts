import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { etlLoaderConfig, extractConfig } from '../apps/etl-loader/src/config.js'
import { warehouseConfig } from '../apps/etl-loader/src/warehouse-config.js'
import { ruleFeatures, ruleLanguage } from '../apps/fraud-service/src/app/rule-language.js'
import { tryRule } from '../apps/fraud-service/src/app/try-rule.js'
import { fraudServiceConfig } from '../apps/fraud-service/src/config.js'
import { incidentCodes } from '../apps/log-shipper/src/domain/detect/incident.js'
import { detectConfigSchema, indexConfigSchema, shipServiceConfig } from '../apps/log-shipper/src/config.js'
import { configSchema as notifierConfig } from '../apps/notifier/src/config.js'
import { configSchema as transactionsApiConfig } from '../apps/transactions-api/src/config.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

describe('docs/configuration.md', () => {
  const page = read('docs/configuration.md')
  const sections = new Map(page.split(/^## /m).map((text) => [text.slice(0, text.indexOf('\n')), rowsOf(text)]))
  const ofAll = ['Every service', 'Kafka and the schema registry'].flatMap((title) => sections.get(title) ?? [])
  const schemas = {
    'transactions-api': transactionsApiConfig,
    'fraud-service': fraudServiceConfig,
    'notifier': notifierConfig,
    'etl-loader': z.object({ ...etlLoaderConfig.shape, ...extractConfig.shape, ...warehouseConfig }),
    'log-shipper': z.object({ ...shipServiceConfig.shape, ...indexConfigSchema.shape, ...detectConfigSchema.shape }),
  }

  it.each(Object.entries(schemas))('has every variable of %s and no other, with its default', (service, schema) => {
    const rows = [...ofAll, ...(sections.get(service) ?? [])].map(({ name, preset }) => [name, preset] as const)
    expect(Object.fromEntries(rows)).toEqual(presetsOf(schema))
    expect(rows).toHaveLength(Object.keys(schema.shape).length)
  })

  it('speaks of no other variable', () => {
    const known = Object.values(schemas).flatMap((schema) => Object.keys(schema.shape))
    const named = [...page.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g)].map(([, name]) => name)
    expect(named.filter((name) => !known.includes(name ?? ''))).toEqual([])
  })
})

describe('docs/specs/consumer.md', () => {
  const page = read('docs/specs/consumer.md')
  const promises = page.split(/^(?=\d+\. )/m).slice(1)
  const held = promises.flatMap(testsOf)

  it('numbers its promises, and names a test for each', () => {
    expect(promises.map((text) => Number.parseInt(text, 10))).toEqual(promises.map((_, i) => i + 1))
    expect(promises.filter((text) => !/\bMUST\b/.test(text) || testsOf(text).length === 0)).toEqual([])
  })

  it.each(held)('%s has the test “%s”', (file, name) => {
    const quoted = [`'${name}'`, `"${name}"`, `\`${name}\``]
    expect(quoted.some((text) => read(file).includes(`(${text},`)), `${file} has no test of this name`).toBe(true)
  })
})

describe('docs/rules.md', () => {
  const page = read('docs/rules.md')

  it('shows a rule that can be put, and fires on the values that it shows', () => {
    const [, rule = ''] = /```json\n([^]*?)```/.exec(page) ?? []
    const [, values = ''] = /`swipe\.json` has features by name, such as `([^`]*)`/.exec(page) ?? []
    const { problems, result } = tryRule(JSON.parse(rule), JSON.parse(values), ruleLanguage, ruleFeatures)
    expect(problems).toEqual([])
    expect(result).toMatchObject({ outcome: 'fires', reason: 'EUR 250.00 at night, above EUR 200.00, after 4 payments in an hour.' })
  })
})

describe('docs/runbooks', () => {
  const raised = /(?:(?:new OnCall|opsAlert|this\.#alert)\(|opsAlerts\.event\(\{[^}]*\bcode: |\bconst \w+Code = )'([A-Z_]+)'/g
  const codes = [...incidentCodes, ...globSync('apps/*/src/**/*.ts', { cwd: root }).flatMap((file) => [...read(file).matchAll(raised)].map(([, code = '']) => code))]

  it('has a page for each alert that the people on call may get, under its code', () => {
    expect(codes).toEqual(expect.arrayContaining(['LOG_SILENCE', 'ETL_STOPPED', 'ETL_TABLE_STOPPED', 'ETL_RECONCILIATION_DIFFERS', 'FRAUD_RULE_FAILED', 'NOTIFY_UNREACHABLE']))
    for (const code of codes) expect(read(`docs/runbooks/${code.toLowerCase().replaceAll('_', '-')}.md`)).toMatch(new RegExp(`^# ${code}\n`))
  })

  const index = read('docs/runbooks/README.md')

  it('has an index that leads to each page', () => {
    expect(globSync('docs/runbooks/*.md', { cwd: root }).map((file) => file.replace('docs/runbooks/', '')).filter((file) => file !== 'README.md' && !index.includes(`(${file}`))).toEqual([])
  })

  const alerts = ['causes', 'slo'].flatMap((file) => [...read(`deploy/prometheus/rules/${file}.yml`).matchAll(/- alert: (\w+)[^]*?runbook: (\S+)/g)].map(([, name = '', page = '']) => [name, page] as const))

  it.each(alerts)("has the page that Prometheus' %s names, which speaks of it, as the index does", (name, page) => {
    expect(read(page)).toContain(`\`${name}\``)
    expect(index).toContain(name)
  })
})

describe('README, CONTRIBUTING and docs', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })]

  it.each(pages)('%s links to nothing that is not there', (page) => {
    const targets = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target)
    const missing = targets.filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(page), target)))
    expect(missing).toEqual([])
  })

  it.each(pages)('%s links to no heading that is not there', (page) => {
    const targets = [...read(page).matchAll(/\]\(([^)#\s]*)#([^)\s]+)\)/g)].filter(([, file = '']) => file === '' || /^[^:]+\.md$/.test(file))
    expect(targets.filter(([, file = '', heading = '']) => !headingsOf(file === '' ? page : join(dirname(page), file)).includes(heading)).map(([link]) => link)).toEqual([])
  })

  it.each(pages)('%s names no npm script that is not there', (page) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = [...read(page).matchAll(/npm run (?:--silent )?([a-z][a-z0-9:-]*)/g)].map(([, name = '']) => name)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
})

/** The tests a promise names, by file and name. */
function testsOf(promise: string): [file: string, name: string][] {
  return [...promise.matchAll(/\[[^\]]+\]\(\.\.\/\.\.\/([^)]+)\) “([^”]+)”/g)].map(([, file = '', name = '']) => [file, name])
}

/** What links name the headings of a page by, as GitHub makes it of their words. */
function headingsOf(page: string): string[] {
  const text = read(page).replaceAll(/^ *```.*?^ *```$/gms, '')
  return [...text.matchAll(/^#{1,6} (.*)$/gm)].map(([, words = '']) => words.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-'))
}

/** The first two cells of a table's rows that begin with a variable. */
function rowsOf(text: string): { name: string; preset: string }[] {
  return [...text.matchAll(/^\| `([A-Z0-9_]+)` \| ([^|]*) \|/gm)].map(([, name = '', preset = '']) => ({ name, preset: preset.replaceAll('`', '') }))
}

/** What the page must say of each variable: its default, or that it is required, or that there is none. */
function presetsOf(schema: z.ZodObject): Record<string, string> {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const preset = typeof property === 'object' ? property.default : undefined
      if (preset === '') return [name, 'empty']
      return [name, required.includes(name) ? 'required' : preset === undefined ? 'none' : String(preset)]
    }),
  )
}
