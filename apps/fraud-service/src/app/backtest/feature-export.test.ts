import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { History } from '../../domain/backtest/history.js'
import { exampleTransaction } from '../../domain/example-transaction.js'
import { FeatureExport } from './feature-export.js'

const at = Date.UTC(2018, 3, 1)

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'export-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

/** Two transactions of one card: 10.50, and a fraud of 20.00. */
async function exportTo(file: string, wanted: string): Promise<FeatureExport> {
  const history = new History()
  const exported = new FeatureExport(file, wanted)
  for (const cents of [1_050, 2_000]) {
    const seen = history.see(exampleTransaction({ transaction_id: String(cents), occurred_at: at + cents, received_at: at + cents, amount_minor: cents }))
    if (seen !== 'duplicate') exported.add({ at: at + cents, fraud: cents === 2_000, features: seen.observed.features })
  }
  await exported.end()
  return exported
}

const lines = [
  'occurred_at,is_fraud,amount_reference,card_mean_30d,card_blocked',
  '2018-04-01T00:00:01.050Z,0,10.5,,0',
  '2018-04-01T00:00:02.000Z,1,20,10.5,0',
  '',
]

it('features are written under their names, absent ones as nothing, and those that this release does not have are told', async () => {
  const wanted = join(folder(), 'wanted.json')
  writeFileSync(wanted, '["amount_reference", "shoe_size", "card_mean_30d", "card_blocked"]')
  const exported = await exportTo(join(folder(), 'deep/out.csv'), wanted)
  expect([exported.names, exported.missing, exported.rows]).toEqual([['amount_reference', 'card_mean_30d', 'card_blocked'], ['shoe_size'], 2])
  expect(readFileSync(exported.file, 'utf8').split('\n')).toEqual(lines)
})

it('is gzipped when the name says so', async () => {
  const wanted = join(folder(), 'wanted.json')
  writeFileSync(wanted, '["amount_reference", "card_mean_30d", "card_blocked"]')
  const exported = await exportTo(join(folder(), 'out.csv.gz'), wanted)
  expect(gunzipSync(readFileSync(exported.file)).toString('utf8').split('\n')).toEqual(lines)
})

it('has the columns that train.py reads, unless told otherwise', () => {
  const exported = new FeatureExport(join(folder(), 'out.csv'))
  onTestFinished(() => exported.end())
  expect(exported.names).toContain('terminal_settled_fraud_share')
  expect(exported.missing).toEqual([])
})

it('tells when the disk does not take it', async () => {
  const exported = new FeatureExport(folder())
  await expect(exported.end()).rejects.toThrow('EISDIR')
})
