import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { FeatureExport } from './feature-export.js'
import { History, type Labelled } from './history.js'

it('features are written under their names, absent ones as nothing, and those that this release does not have are told', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'export-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const wanted = join(directory, 'wanted.json')
  writeFileSync(wanted, '["amount_reference", "shoe_size", "card_mean_30d", "card_blocked"]')

  const labelled: Labelled[] = []
  const history = new History((one) => void labelled.push(one))
  const at = Date.UTC(2018, 3, 1)
  for (const cents of [1_050, 2_000]) history.see({ id: String(cents), at: at + cents, customer: '1', terminal: '1', cents, fraud: cents === 2_000 })
  history.labelsUntil(at + 8 * 86_400_000)

  const exported = new FeatureExport(join(directory, 'out'), wanted)
  for (const one of labelled) exported.add(one)
  await exported.end()
  expect([exported.names, exported.missing, exported.rows]).toEqual([['amount_reference', 'card_mean_30d', 'card_blocked'], ['shoe_size'], 2])
  expect(JSON.parse(readFileSync(exported.namesFile, 'utf8'))).toEqual(exported.names)
  expect(readFileSync(exported.file, 'utf8').split('\n')).toEqual([
    'occurred_at,is_fraud,amount_reference,card_mean_30d,card_blocked',
    '2018-04-01T00:00:01.050Z,0,10.5,,0',
    '2018-04-01T00:00:02.000Z,1,20,10.5,0',
    '',
  ])
})
