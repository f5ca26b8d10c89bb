import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { etl } from '../src/cli/etl-command.fixture.js'
import { etlProcess } from './extract-process.js'
import { type SourceUnderTest, sourceUnderTest } from './source-under-test.js'

const data = process.env['SWIPESTREAM_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const file = `${data}/mysql/chinook.sql`

/** Whether the sample database is not there; says so once. */
export const chinookMissing = !existsSync(file)
if (chinookMissing) console.log(`skipped: no ${file} (set SWIPESTREAM_DATA to the directory that has mysql/)`)

/** What `etl run --once --json` tells of a table. */
export interface ToldTable {
  readonly table: string
  readonly rows: number
  readonly deleted: number
  readonly quarantined: number
  readonly source: { readonly rows: number; readonly checksum: string }
  readonly topic: { readonly rows: number; readonly checksum: string }
  readonly warehouse: { readonly rows: number; readonly checksum: string }
  readonly equal: boolean
}

export interface Chinook extends SourceUnderTest {
  readonly tables: readonly string[]
  /** Of the command; sweeps of a table follow one another at once. */
  readonly runEnv: Readonly<Record<string, string>>
  /** Changes rows of tables at random. The seed is fixed: a failure can be seen again. */
  change(count: number): Promise<void>
}

/** Chinook, eleven tables without a change column, in a database of its own. @param warehouse path of DuckDB's file */
export async function chinook(warehouse: string): Promise<Chinook> {
  const source = await sourceUnderTest()
  // Into the test's own database, whatever the script calls it.
  await source.sql(readFileSync(file, 'utf8').replaceAll(/^(DROP DATABASE|CREATE DATABASE|USE) .*$/gm, ''))
  const tables = (await source.sql('SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()')).map(({ name }) => name as string)
  const runEnv = { ...source.env, ETL_WAREHOUSE: warehouse, ETL_SWEEP_SECONDS: '0.1', ETL_CHUNK_ROWS: '500', ETL_BATCH_MS: '50', ETL_RECONCILE_SECONDS: '1', ETL_RECONCILE_GRACE_SECONDS: '10' }
  return { ...source, tables, runEnv, change: changesOf(source) }
}

/** `npm run etl -- run --once`: its exit code, and what it tells of each table. */
export async function runOnce(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const { code, last, err } = await etl(env, 'run', '--once', '--json', ...args)
  return { code, err, tables: (last['tables'] ?? []) as readonly ToldTable[], broken: (last['broken'] ?? []) as readonly { readonly rule: string; readonly message: string; readonly table?: string }[] }
}

/**
 * Changes the tables while `etl run` brings the changes to the warehouse, and is killed again and again; what it leaves is
 * brought to its end by one run more, after which all must be equal, row by row.
 */
export async function expectEqualAfterKills(source: Chinook, { changes, kills }: { readonly changes: number; readonly kills: number }): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    const child = await etlProcess(source.runEnv, ['run'], 'Track')
    for (let part = 0; part < 5; part++) {
      await source.change(Math.ceil(changes / kills / 5))
      await delay(200 * Math.random())
    }
    // Anywhere in what it does, which it does again and again.
    await delay(1500 * Math.random())
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const { code, tables, broken } = await runOnce(source.runEnv)
  expect({ code, broken, unequal: tables.filter(({ equal }) => !equal) }).toEqual({ code: 0, broken: [], unequal: [] })
  for (const table of source.tables) expect(await source.topicRows(table), table).toEqual(await source.tableRows(table))
}

/** Inserts, updates, deletes, also of keys. */
function changesOf(source: SourceUnderTest): Chinook['change'] {
  let seed = 42
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * below)
  }
  const words = ['', 'Ünïcödé', '10 €', "it's \\ \"quoted\"", 'a'.repeat(100), ' blank ']
  let next = 100_000
  return async (count) => {
    const statements: string[] = []
    const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    for (let i = 0; i < count; i++) {
      const word = quoted(words[random(words.length)] as string)
      statements.push(
        [
          () => `INSERT INTO Artist VALUES (${++next}, ${word})`,
          () => `UPDATE Track SET Name = ${word}, UnitPrice = ${random(1000)}.${random(90) + 10} WHERE TrackId = ${1 + random(3503)}`,
          () => `UPDATE Invoice SET InvoiceDate = '2024-0${1 + random(9)}-1${random(9)} 12:00:0${random(9)}', BillingCity = NULL WHERE InvoiceId = ${1 + random(412)}`,
          () => `DELETE FROM PlaylistTrack WHERE TrackId = ${1 + random(3503)}`,
          () => `INSERT INTO PlaylistTrack VALUES (${1 + random(18)}, ${++next % 2 ? 1 + random(3503) : next}) ON DUPLICATE KEY UPDATE TrackId = TrackId`,
          () => `DELETE FROM Artist WHERE ArtistId > ${next - random(20)}`,
          () => `UPDATE Genre SET Name = ${word} WHERE GenreId = ${1 + random(25)}`,
        ][random(7)]!(),
      )
    }
    if (count > 0) await source.sql(`SET FOREIGN_KEY_CHECKS = 0; ${statements.join('; ')}`)
  }
}
