import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Chinook, chinook, chinookMissing, expectEqualAfterKills } from './chinook.js'

describe.skipIf(chinookMissing)('Chinook', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chinook-'))
  let source: Chinook
  beforeAll(async () => {
    source = await chinook(join(folder, 'w.duckdb'))
  })
  afterAll(async () => {
    await source?.close()
    rmSync(folder, { recursive: true })
  })

  test('is equal in the warehouse after 10,000 random changes, with 25 kills in between', { timeout: 1_800_000 }, async () => {
    await expectEqualAfterKills(source, { changes: 10_000, kills: 25 })
  })
})
