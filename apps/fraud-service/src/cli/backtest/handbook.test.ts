import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ran } from '@swipestream/messaging/testing'
import { expect, it } from 'vitest'
import { run } from './run.js'

const root = join(import.meta.dirname, '../../../../..')
const folder = join(process.env['SWIPESTREAM_DATA'] ?? join(root, '../shared/data'), 'fraud-handbook')
const name = existsSync(folder) ? readdirSync(folder).find((each) => each.endsWith('.csv.gz')) : undefined
if (name === undefined) console.log(`skipped: no *.csv.gz in ${folder} (set SWIPESTREAM_DATA to the directory that has fraud-handbook/)`)

it.skipIf(name === undefined)('the first days of the Fraud Detection Handbook are judged by the shipped rules', async () => {
  const rules = join(root, 'deploy/rules')
  const { code, err, last } = await ran<{ live: { rules: unknown[] } }>((output) => run(['--input', join(folder, name ?? ''), '--rules', rules, '--candidate', rules, '--to', '2018-04-01', '--json'], output))
  expect(code, err.join('\n')).toBe(0)
  expect(last).toMatchObject({
    transactions: { reported: 9_488, refused: 0, behind: 0, duplicates: 0 }, days: 1,
    live: { outcomes: { decline: 0 } }, difference: { rules: { added: [], removed: [], changed: [] } },
  })
  expect(last?.live.rules).toHaveLength(readdirSync(rules).length)
}, 60_000)
