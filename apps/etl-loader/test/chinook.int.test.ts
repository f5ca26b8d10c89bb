import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { etl } from '../src/cli/etl-command.fixture.js'
import { type Chinook, chinook, chinookMissing, expectEqualAfterKills, runOnce } from './chinook.js'

describe.skipIf(chinookMissing)('Chinook, eleven tables without a change column', { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'chinook-'))
  let source: Chinook
  beforeAll(async () => {
    source = await chinook(join(folder, 'w.duckdb'))
  })
  afterAll(async () => {
    await source?.close()
    rmSync(folder, { recursive: true })
  })

  test('go to the warehouse by one command, with equal counts and checksums', async () => {
    const { code, tables, broken } = await runOnce(source.runEnv, '--source', source.url, '--tables', '*')
    expect({ code, broken }).toEqual({ code: 0, broken: [] })
    expect(tables).toHaveLength(11)
    expect(tables.reduce((sum, { rows }) => sum + rows, 0)).toBe(15_607)
    for (const { table, source: at, topic, warehouse, equal, rows } of tables) {
      expect({ equal, topic, warehouse }, table).toEqual({ equal: true, topic: at, warehouse: at })
      expect(at.rows, table).toBe(rows)
    }
    // Not all the same, as those of nothing are.
    expect(new Set(tables.map(({ source: { checksum } }) => checksum)).size).toBe(11)
  })

  test('are in the status that a person reads', async () => {
    const { code, out } = await etl(source.runEnv, 'status')
    expect(code).toBe(0)
    expect(out.filter((line) => /^src\.\S+\.Track +sweep +follow +3503 +0 +0 +3503 +3503 +3503 +yes /.test(line))).toHaveLength(1)
    expect(out).toHaveLength(12)
  })

  test('stay equal through random changes, with kills in between, and no row that has not changed is written again', async () => {
    await expectEqualAfterKills(source, { changes: 400, kills: 3 })
    const { tables } = await runOnce(source.runEnv)
    expect(tables.filter(({ rows, deleted }) => rows + deleted > 0)).toEqual([])
  })
})
