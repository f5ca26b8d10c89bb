import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { metricsIn, withoutSuffix } from './promql.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

interface Rule {
  readonly record?: string
  readonly alert?: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

const files = globSync('deploy/prometheus/rules/*.yml', { cwd: root })
const rules = files.flatMap((file) => (parse(read(file)) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules))
const alerts = rules.filter((rule) => rule.alert !== undefined)
const recorded = new Set(rules.flatMap(({ record }) => record ?? []))
const described = new Set([...read('docs/metrics.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name))

describe('the rules of Prometheus', () => {
  it('are those that the generator makes', async () => {
    const { rules: made } = (await import(join(root, 'deploy/prometheus/generate.mjs'))) as { rules: string }
    expect(read('deploy/prometheus/rules/slo.yml')).toBe(made)
  })

  it('ask for metrics that docs/metrics.md has, and for what other rules record', () => {
    const asked = rules.flatMap(({ expr }) => metricsIn(expr))
    expect(asked.length).toBeGreaterThan(50)
    expect([...new Set(asked.filter((name) => name !== 'up' && !recorded.has(name) && !described.has(name) && !described.has(withoutSuffix(name))))]).toEqual([])
  })

  it('ask for buckets that there are', () => {
    // What Prometheus takes for no series at all would be an objective that is never missed.
    const code = globSync(['libs/platform/src/metrics.ts', 'apps/*/src/app/*-metrics.ts'], { cwd: root }).map(read).join('\n')
    const bounds = rules.flatMap(({ expr }) => [...expr.matchAll(/\ble=~?"([\d.]+)/g)]).map(([, bound = '']) => bound)
    expect(new Set(bounds).size).toBeGreaterThan(2)
    for (const bound of bounds) expect(code).toMatch(new RegExp(`(?<![\\d.])${bound.replace('.', '\\.')}(?![\\d.])`))
  })

  it('ask for buckets by the name that Prometheus 3 gives them, too', () => {
    // It writes each bound with a point: le="1.0" of what a service calls le="1".
    expect(rules.filter(({ expr }) => /\ble="\d+"/.test(expr)).map(({ record, alert }) => record ?? alert)).toEqual([])
  })

  it.each(alerts.map((rule) => [rule.alert, rule] as const))('%s says how urgent it is and what to do', (_, { labels, annotations }) => {
    expect(['page', 'ticket']).toContain(labels?.['severity'])
    expect(annotations?.['summary']).toBeTruthy()
    expect(annotations?.['runbook']).toMatch(/^docs\/runbooks\/[a-z-]+\.md$/)
    expect(existsSync(join(root, annotations?.['runbook'] ?? ''))).toBe(true)
  })

  it('each have a test in which they fire', () => {
    const tests = globSync('deploy/prometheus/tests/*.yml', { cwd: root }).flatMap((file) => (parse(read(file)) as { tests: { alert_rule_test?: { alertname: string; exp_alerts: unknown[] }[] }[] }).tests)
    const firing = new Set(tests.flatMap(({ alert_rule_test: cases = [] }) => cases.filter(({ exp_alerts }) => exp_alerts.length > 0).map(({ alertname }) => alertname)))
    expect(alerts.map(({ alert }) => alert).filter((name) => !firing.has(name ?? ''))).toEqual([])
  })

  it('are all in docs/observability.md, by how urgent they are', () => {
    const rows = read('docs/observability.md').split('\n').filter((line) => line.startsWith('|'))
    const missing = alerts.filter(({ alert, labels }) => !rows.some((row) => row.includes(`\`${alert}\``) && row.includes(labels?.['severity'] ?? '?')))
    expect(missing.map(({ alert }) => alert)).toEqual([])
  })

  it('are spoken of on the page of their runbook, by name', () => {
    const silent = alerts.filter(({ alert, annotations }) => !read(annotations?.['runbook'] ?? '').includes(`\`${alert}\``)).map(({ alert }) => alert)
    expect(silent).toEqual([])
  })
})

describe('the metrics of an expression', () => {
  it.each<[string, string[]]>([
    ['sum by (job, topic) (rate(a_total{x="y or z"}[5m])) > 0', ['a_total']],
    ['a:b:sum > 1e8 unless on (job) c offset 15m', ['a:b:sum', 'c']],
    ['(max(a) <= bool 60) * ((max(b) <= bool 60) or vector(1))', ['a', 'b']],
    ['histogram_quantile(0.99, sum by (le) (rate(d_bucket[$__rate_interval])))', ['d_bucket']],
  ])('%s', (expression, metrics) => {
    expect(metricsIn(expression)).toEqual(metrics)
  })
})
