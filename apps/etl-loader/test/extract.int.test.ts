import { eventually } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SourceUnderTest, sourceUnderTest } from './source-under-test.js'

let source: SourceUnderTest
beforeAll(async () => {
  source = await sourceUnderTest()
})
afterAll(() => source?.close())

/** Runs until the work is done, then stops it. */
async function following<T>(options: Parameters<SourceUnderTest['extract']>[0], work: () => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const running = source.extract(options).run(stop.signal)
  try {
    return await Promise.race([work(), running.then(() => Promise.reject(new Error('the extraction ended')))])
  } finally {
    stop.abort()
    await running
  }
}

describe('a table with a change column', () => {
  beforeAll(() =>
    source.sql(`CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(50), updated_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), KEY (updated_at));
      INSERT INTO people VALUES (1, 'Ada', '2024-01-01'), (2, 'Bob 💳', '2024-01-02'), (3, NULL, '2024-01-02')`),
  )
  const only = { env: { ETL_TABLES: 'people', ETL_SWEEP_SECONDS: '0.2' } }

  test('goes to its topic as it is, with operations of a snapshot', async () => {
    expect(await source.once(only)).toEqual([{ table: `src.${source.database}.people`, mode: 'watermark', rows: 3, deleted: 0, quarantined: 0 }])
    const envelopes = await source.envelopes('people')
    expect(envelopes.map(({ key, op, before, after }) => [key, op, before, after?.['name']]).sort()).toEqual([
      ['{"id":1}', 'r', null, 'Ada'],
      ['{"id":2}', 'r', null, 'Bob 💳'],
      ['{"id":3}', 'r', null, null],
    ])
  })

  test('that has not changed is not written again', async () => {
    const [people] = await source.once(only)
    expect(people).toMatchObject({ rows: 0, deleted: 0 })
  })

  test('is followed: rows that are new, changed and deleted', async () => {
    await following(only, async () => {
      await source.sql("INSERT INTO people (id, name) VALUES (4, 'Dora'); UPDATE people SET name = 'Bobby' WHERE id = 2; DELETE FROM people WHERE id = 1")
      await eventually(async () => {
        const rows = await source.rows('people')
        expect([...rows].map(([key, row]) => [key, row['name']]).sort()).toEqual([['{"id":2}', 'Bobby'], ['{"id":3}', null], ['{"id":4}', 'Dora']])
        return true
      })
    })
    const ofFirst = (await source.envelopes('people')).filter(({ key }) => key === '{"id":1}')
    expect(ofFirst.map(({ op, before }) => [op, before?.['name']])).toEqual([['r', undefined], ['d', 'Ada'], [undefined, undefined]])
  })

  test.each([1, 2, 10_000])('gives rows that are committed late, after later ones, read %i at a time', async (chunkRows) => {
    const first = chunkRows * 10
    const key = (n: number) => `{"id":${first + n}}`
    await following({ env: { ...only.env, ETL_CHUNK_ROWS: String(chunkRows) } }, async () => {
      const early = await source.connect()
      const later = await source.connect()
      try {
        await early.beginTransaction()
        await early.query("INSERT INTO people (id, name) VALUES (?, 'early')", [first])
        // Longer than the watermark is behind the clock when no transaction is open.
        await early.query('SELECT SLEEP(1.5)')
        await later.query("INSERT INTO people (id, name) VALUES (?, 'later')", [first + 1])
        await eventually(async () => (await source.rows('people')).has(key(1)))
        await later.query('SELECT SLEEP(1.5)')
        await later.query("INSERT INTO people (id, name) VALUES (?, 'latest')", [first + 2])
        await eventually(async () => (await source.rows('people')).has(key(2)))
        expect((await source.rows('people')).has(key(0))).toBe(false)
        await early.commit()
        await eventually(async () => (await source.rows('people')).has(key(0)))
      } finally {
        await Promise.all([early.end(), later.end()])
      }
    })
    const counts = Map.groupBy(await source.envelopes('people'), (envelope) => envelope.key)
    expect([0, 1, 2].map((n) => counts.get(key(n))?.length)).toEqual([1, 1, 1])
  })
})

describe('a row whose value no topic can carry', () => {
  test('goes to the quarantine, and leaves it when it is mended; the rows around it go on', async () => {
    await source.sql(`SET SESSION sql_mode = ''; CREATE TABLE dated (id INT PRIMARY KEY, day DATE NOT NULL, maybe DATE NULL); INSERT INTO dated VALUES (1, '2024-01-01', '0000-00-00'), (2, '0000-00-00', NULL), (3, '2024-01-03', NULL)`)
    const only = { env: { ETL_TABLES: 'dated' } }
    expect(await source.once(only)).toMatchObject([{ rows: 2, quarantined: 1 }])
    const waiting = await source.quarantined()
    expect(waiting).toMatchObject([{ row_id: `src.${source.database}.dated/["2"]`, stage: 'extract', code: 'ETL_ZERO_DATE', field: 'day', source_key: '["2"]', row: '{"id":2,"day":"0000-00-00","maybe":null}' }])
    await source.sql("UPDATE dated SET day = '2024-01-02' WHERE id = 2")
    expect(await source.once(only)).toMatchObject([{ rows: 1, quarantined: 0 }])
    expect(await source.quarantined()).toEqual([])
  })
})
