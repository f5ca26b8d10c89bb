import { opsAlerts } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { etl } from '../src/cli/etl-command.fixture.js'
import { type SourceUnderTest, sourceUnderTest } from './source-under-test.js'

const changed = 'updated_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), KEY (updated_at)'

let source: SourceUnderTest
beforeAll(async () => {
  source = await sourceUnderTest()
})
afterAll(() => source?.close())

const topic = (table: string) => `src.${source.database}.${table}`

/** Follows the tables until the test has seen enough. */
async function following(tables: string, work: (told: { stopped: [string, string][]; resumed: string[] }) => Promise<void>): Promise<void> {
  const told = { stopped: [] as [string, string][], resumed: [] as string[] }
  const stop = new AbortController()
  const observer = { stopped: (table: string, { code }: { code: string }) => void told.stopped.push([table, code]), resumed: (table: string) => void told.resumed.push(table) }
  const running = source.extract({ env: { ETL_TABLES: tables, ETL_SWEEP_SECONDS: '0.2' }, observer, lookAgainMs: 200 }).run(stop.signal)
  try {
    await Promise.race([work(told), running.then(() => Promise.reject(new Error('the extraction ended')))])
  } finally {
    stop.abort()
    await running
  }
}

describe('a table that cannot be read any more', () => {
  test.each<[string, (table: string) => string, (table: string) => string, string]>([
    ['was altered so that its topic would be misread', (t) => `ALTER TABLE ${t} MODIFY n DECIMAL(9,3) NOT NULL`, (t) => `ALTER TABLE ${t} MODIFY n DECIMAL(9,2) NOT NULL`, 'ETL_SCHEMA_CHANGED'],
    ['has lost its key', (t) => `ALTER TABLE ${t} DROP PRIMARY KEY`, (t) => `ALTER TABLE ${t} ADD PRIMARY KEY (id)`, 'ETL_KEY_MISSING'],
    ['is gone', (t) => `RENAME TABLE ${t} TO ${t}_away`, (t) => `RENAME TABLE ${t}_away TO ${t}`, 'ETL_TABLE_UNKNOWN'],
  ])('because it %s stops alone, and is followed again when that is undone', async (name, ruin, mend, code) => {
    const [broken, other, swept] = [`broken${name.length}`, `other${name.length}`, `swept${name.length}`]
    for (const table of [broken, other]) await source.sql(`CREATE TABLE ${table} (id INT PRIMARY KEY, n DECIMAL(9,2) NOT NULL, ${changed}); INSERT INTO ${table} (id, n) VALUES (1, 1), (2, 2)`)
    await source.sql(`CREATE TABLE ${swept} (id INT PRIMARY KEY, n INT NOT NULL); INSERT INTO ${swept} VALUES (1, 1)`)
    const equal = (table: string) => eventually(async () => {
      expect(await source.topicRows(table)).toEqual(await source.tableRows(table))
      return true
    })
    await following(`${broken},${other},${swept}`, async ({ stopped, resumed }) => {
      await Promise.all([broken, other, swept].map(equal))
      // Others change meanwhile.
      await source.sql(`INSERT INTO ${other} (id, n) VALUES (3, 3)`)
      await source.sql(ruin(broken))
      await eventually(() => Promise.resolve(stopped.length > 0))
      expect(stopped).toEqual([[topic(broken), code]])
      await source.sql(`INSERT INTO ${other} (id, n) VALUES (4, 4); DELETE FROM ${other} WHERE id = 1; INSERT INTO ${swept} VALUES (2, 2)`)
      await Promise.all([other, swept].map(equal))
      expect([stopped.length, resumed.length]).toEqual([1, 0])
      await source.sql(mend(broken))
      await source.sql(`INSERT INTO ${broken} (id, n) VALUES (5, 5.25)`)
      await eventually(() => Promise.resolve(resumed.length > 0))
      await equal(broken)
      expect([stopped.length, resumed]).toEqual([1, [topic(broken)]])
    })
  })

  test('is named by the command, which ends with exit code 1 when the others are done', async () => {
    await source.sql(`CREATE TABLE wrong (id INT PRIMARY KEY, d DATETIME(3)); INSERT INTO wrong (id) VALUES (1); CREATE TABLE right_one (id INT PRIMARY KEY); INSERT INTO right_one VALUES (1)`)
    const command = () => etl(source.env, 'extract', '--tables', 'wrong,right_one', '--once', '--json')
    expect(await command()).toMatchObject({ code: 0, last: { broken: [] } })
    await source.sql('ALTER TABLE wrong MODIFY d DATETIME(6); INSERT INTO right_one VALUES (2)')
    const { code, last } = await command()
    expect(code).toBe(1)
    expect(last['broken']).toMatchObject([{ rule: 'ETL_SCHEMA_CHANGED', table: topic('wrong'), message: expect.stringContaining('Undo the change') as string }])
    expect((await source.rows('right_one')).size).toBe(2)
    const alert = await eventually(async () => (await source.backbone.received(opsAlerts)).find(({ value: { subject, code: what } }) => subject === topic('wrong') && what === 'ETL_TABLE_STOPPED'))
    expect(alert.value).toMatchObject({ service: 'etl-extract', severity: 'critical', summary: expect.stringContaining('ETL_SCHEMA_CHANGED') as string, resolved_at: null })

    const status = () => etl(source.env, 'status', '--json', '--warehouse', 'none.duckdb')
    const openedAt = alert.value.opened_at
    expect(await status()).toMatchObject({ code: 1, last: { broken: [{ rule: 'ETL_TABLE_STOPPED', table: topic('wrong'), message: expect.stringContaining('ETL_SCHEMA_CHANGED') as string }] } })
    // Another process, which has not seen it stop, says that it works again.
    await source.sql('ALTER TABLE wrong MODIFY d DATETIME(3)')
    expect(await command()).toMatchObject({ code: 0, last: { broken: [] } })
    const alerts = (await source.backbone.received(opsAlerts)).map(({ value }) => value).filter(({ subject }) => subject === topic('wrong'))
    expect(alerts).toMatchObject([{ opened_at: openedAt, resolved_at: null }, { severity: 'info', opened_at: openedAt, resolved_at: expect.any(Number) as number }])
    expect(await status()).toMatchObject({ code: 0, last: { broken: [] } })
  })

  test('does not keep the others from being taken up at the start', async () => {
    await source.sql('CREATE TABLE keyless (a INT NOT NULL); CREATE TABLE keyed (a INT PRIMARY KEY); INSERT INTO keyed VALUES (1)')
    expect(await etl(source.env, 'extract', '--tables', 'keyless,keyed', '--once', '--json')).toMatchObject({ code: 1, last: { tables: [{ table: topic('keyed'), rows: 1 }], broken: [{ rule: 'ETL_KEY_MISSING', table: topic('keyless') }] } })
  })
})
