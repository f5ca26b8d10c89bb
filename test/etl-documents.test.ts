import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { metricsRegistry } from '@swipestream/platform'
import { describe, expect, test } from 'vitest'
import { ExtractMetrics } from '../apps/etl-loader/src/app/extract/extract-metrics.js'
import { LoadMetrics } from '../apps/etl-loader/src/app/load/load-metrics.js'
import { TransformMetrics } from '../apps/etl-loader/src/app/transform-metrics.js'
import { etlErrorKinds } from '../apps/etl-loader/src/errors.js'

const read = (file: string): string => readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), 'utf8')
const codesIn = (text: string): string[] => [...new Set([...text.matchAll(/`(ETL_[A-Z_]+)`/g)].map(([, code = '']) => code))].sort()

describe('the runbook of the quarantine', () => {
  const runbook = read('docs/runbooks/etl-quarantine.md')

  test('tells what to do for each code that a row may be refused with, and for each that a command may end with', () => {
    const refusals = ['bank/refusal.ts', 'value-refused.ts'].flatMap((file) => codesIn(read(`apps/etl-loader/src/domain/${file}`)))
    expect(refusals.length).toBeGreaterThan(5)
    // The first cells of its tables; elsewhere it names variables too.
    const told = codesIn((runbook.match(/^\| `ETL_[A-Z_]+`/gm) ?? []).join('\n'))
    expect(refusals.filter((code) => !told.includes(code))).toEqual([])
    expect(told.filter((code) => !refusals.includes(code) && !(code in etlErrorKinds))).toEqual([])
    expect(Object.keys(etlErrorKinds).filter((code) => /^ETL_(?:ROW|CUSTOMER)_/.test(code) && !told.includes(code))).toEqual([])
  })
})

describe('docs/etl.md and docs/warehouse.md', () => {
  test('have every metric of extract, transform and load by its name', async () => {
    expect([new ExtractMetrics(), new TransformMetrics(), new LoadMetrics()]).toHaveLength(3)
    const pages = read('docs/etl.md') + read('docs/warehouse.md')
    const metrics = (await metricsRegistry.getMetricsAsJSON()).filter(({ name }) => name.startsWith('etl_'))
    expect(metrics.length).toBeGreaterThan(10)
    expect(metrics.filter(({ name }) => !pages.includes(`\`${name}`)).map(({ name }) => name)).toEqual([])
  })
})
