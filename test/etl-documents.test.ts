import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { metricsRegistry } from '@swipestream/platform'
import { describe, expect, test } from 'vitest'
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

describe('docs/etl.md', () => {
  test('has every metric of transform by its name', async () => {
    expect(new TransformMetrics()).toBeDefined()
    const page = read('docs/etl.md')
    const metrics = (await metricsRegistry.getMetricsAsJSON()).filter(({ name }) => name.startsWith('etl_'))
    expect(metrics.length).toBeGreaterThan(4)
    expect(metrics.filter(({ name }) => !page.includes(`\`${name}`)).map(({ name }) => name)).toEqual([])
  })
})
