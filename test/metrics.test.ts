import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { collectProcessMetrics, metricsRegistry } from '../libs/platform/src/metrics.js'
import { callsBelow, type Metric, metricsBelow } from './metrics-in-code.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const path = join(root, 'docs/metrics.md')
const page = readFileSync(path, 'utf8')

/** The page's sections, and the code that makes their metrics. */
const sections: Readonly<Record<string, string>> = {
  'Every service': 'libs/platform/src',
  'Whoever consumes topics': 'libs/messaging/src/consumer',
  'Whoever follows topics as tables': 'libs/messaging/src/tables',
  'Whoever has an outbox': 'libs/messaging/src/outbox',
  'transactions-api': 'apps/transactions-api/src',
  'fraud-service': 'apps/fraud-service/src',
  'notifier': 'apps/notifier/src',
  'etl-loader': 'apps/etl-loader/src',
  'log-shipper': 'apps/log-shipper/src',
}
const all = ['libs', 'apps'].flatMap((folder) => metricsBelow(`${folder}/*/src`))

function tableOf(metrics: readonly Metric[]): string {
  const rows = metrics.map(({ name, type, labels, help }) => `| \`${name}\` | ${type} |${labels.length === 0 ? '' : ` ${labels.map((label) => `\`${label}\``).join(', ')}`} | ${help} |`)
  return ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n')
}

describe('docs/metrics.md', () => {
  it('has every metric of the code, and no other', async () => {
    const parts = page.split(/^(?=## )/m).map((part) => {
      const folder = sections[part.slice('## '.length, part.indexOf('\n'))]
      return folder === undefined ? part : part.replace(/^\| metric .*\n(?:\|.*\n)*/m, () => tableOf(metricsBelow(folder)))
    })
    await expect(parts.join('')).toMatchFileSnapshot(path)
  })

  it('has a section for each place in the code', () => {
    expect(Object.keys(sections).filter((title) => !page.includes(`\n## ${title}\n`))).toEqual([])
    expect(all.map(({ name }) => name).toSorted()).toEqual(Object.values(sections).flatMap((folder) => metricsBelow(folder).map(({ name }) => name)).toSorted())
  })

  it.skipIf(process.platform !== 'linux')('names no metric of the process that there is not', () => {
    collectProcessMetrics()
    const named = [...page.matchAll(/`((?:process|nodejs)_\w+)`/g)].map(([, name = '']) => name)
    expect(named.length).toBeGreaterThan(3)
    for (const name of named) expect(metricsRegistry.getSingleMetric(name), name).toBeDefined()
  })
})

describe('metrics', () => {
  it('are made by calls that can be read: name, help and labels are literals', () => {
    const named = new Set(all.map(({ name }) => name))
    const calls = ['libs', 'apps'].flatMap((folder) => callsBelow(`${folder}/*/src`))
    expect(calls.length).toBeGreaterThan(50)
    expect(calls.filter((name) => !named.has(name.replaceAll("'", '')))).toEqual([])
  })

  it('are made by the functions of platform alone: nobody else imports prom-client', () => {
    const importing = globSync('{apps,libs}/*/src/**/*.ts', { cwd: root }).filter((file) => /from 'prom-client'/.test(readFileSync(join(root, file), 'utf8')))
    expect(importing).toEqual(['libs/platform/src/metrics.ts'])
  })

  it.each(all.map((metric) => [metric.name, metric] as const))('%s is named by the conventions of Prometheus', (name, { type, labels }) => {
    expect(name.endsWith('_total')).toBe(type === 'counter')
    if (type === 'histogram') expect(name).toMatch(/_seconds$|_bytes$/)
    // https://prometheus.io/docs/practices/naming/: base units.
    expect(name).not.toMatch(/_(?:ms|millis\w*|minutes|hours|kib|mib|percent)(?:_|$)/)
    // What there can be many of is no label. https://prometheus.io/docs/practices/instrumentation/#do-not-overuse-labels
    expect(labels.filter((label) => /(?:^|_)(?:id|card|customer|path|url|host|email|phone)(?:$|_)/.test(label))).toEqual([])
  })
})
