import { eventually } from '@swipestream/messaging/testing'
import { type Stack, startStack } from '@swipestream/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SourceUnderTest, sourceUnderTest } from './source-under-test.js'

const changed = 'updated_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), KEY (updated_at)'

let stack: Stack
let source: SourceUnderTest
beforeAll(async () => {
  // Its own server, for it is stopped.
  stack = await startStack({ servers: ['mariadb'] })
  source = await sourceUnderTest(stack.env['MYSQL_URL'])
})
afterAll(async () => {
  await source?.close()
  await stack?.stop()
})

describe('an extraction', () => {
  test('that another one takes over ends, and says why', async () => {
    await source.sql(`CREATE TABLE shared (id INT PRIMARY KEY, ${changed}); INSERT INTO shared (id) VALUES (1)`)
    const env = { ETL_TABLES: 'shared' }
    const stop = new AbortController()
    const first = source.extract({ env }).run(stop.signal)
    const ended = first.then(() => undefined, (error: unknown) => error)
    await eventually(async () => (await source.rows('shared')).size === 1)
    const second = source.extract({ env }).run(stop.signal)
    try {
      // It learns of it when it next writes.
      const error = await eventually(async () => {
        await source.sql('UPDATE shared SET updated_at = NOW(3) WHERE id = 1')
        return Promise.race([ended, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 100))])
      })
      expect(error).toMatchObject({ code: 'ETL_TAKEN_OVER' })
    } finally {
      stop.abort()
      await second
    }
  })

  test('goes on from where it was when the source goes away and comes back', async () => {
    await source.sql(`CREATE TABLE survives (id INT AUTO_INCREMENT PRIMARY KEY, ${changed}); INSERT INTO survives (id) SELECT seq FROM seq_1_to_3000`)
    const warnings: string[] = []
    const log = { info: () => undefined, warn: (details: { err?: { code?: string } }) => void warnings.push(details.err?.code ?? '') }
    const stop = new AbortController()
    const running = source.extract({ env: { ETL_TABLES: 'survives', ETL_CHUNK_ROWS: '100' }, log: log as never }).run(stop.signal)
    try {
      await eventually(async () => (await source.rows('survives')).size > 500)
      await stack.restart('mariadb')
      await source.reconnect()
      await source.sql('INSERT INTO survives () VALUES (), ()')
      await eventually(async () => (await source.rows('survives')).size === 3002, { timeoutMs: 40_000 })
    } finally {
      stop.abort()
      await running
    }
    expect(warnings).toContain('ETL_SOURCE_UNAVAILABLE')
    expect(await source.topicRows('survives')).toEqual(await source.tableRows('survives'))
  })

  test('sees a row whose statement waited for a lock longer than others took to commit', async () => {
    await source.sql(`CREATE TABLE waited (id INT PRIMARY KEY, ${changed})`)
    const stop = new AbortController()
    const running = source.extract({ env: { ETL_TABLES: 'waited' } }).run(stop.signal)
    const locking = await source.connect()
    const waiting = await source.connect()
    try {
      await source.sql('INSERT INTO waited (id) VALUES (1)')
      await eventually(async () => (await source.rows('waited')).size === 1)
      // Reading goes on, writing waits: a statement has its time by then, and is in no transaction.
      await locking.query('FLUSH TABLES WITH READ LOCK')
      const late = waiting.query('INSERT INTO waited (id) VALUES (2)')
      await locking.query('SELECT SLEEP(4)')
      await locking.query('UNLOCK TABLES')
      await late
      await eventually(async () => (await source.rows('waited')).size === 2)
    } finally {
      stop.abort()
      await running
      await Promise.all([locking.end(), waiting.end()])
    }
  })

  test('of an account that may not see transactions says so, and still sees what commits within the overlap', async () => {
    await source.sql(`CREATE TABLE bounded (id INT PRIMARY KEY, ${changed}); CREATE USER reader@'%' IDENTIFIED BY 'secret'; GRANT SELECT ON \`${source.database}\`.* TO reader@'%'`)
    const url = new URL(source.url)
    url.username = 'reader'
    url.password = 'secret'
    const notices: string[] = []
    const log = { info: () => undefined, warn: (_: unknown, notice: string) => void notices.push(notice) }
    const stop = new AbortController()
    const running = source.extract({ env: { ETL_TABLES: 'bounded', ETL_SOURCE_URL: url.href, ETL_OVERLAP_SECONDS: '30' }, log: log as never }).run(stop.signal)
    const late = await source.connect()
    try {
      await late.beginTransaction()
      await late.query('INSERT INTO bounded (id) VALUES (1)')
      await late.query('SELECT SLEEP(2)')
      await source.sql('INSERT INTO bounded (id) VALUES (2)')
      await eventually(async () => (await source.rows('bounded')).size === 1)
      await late.commit()
      await eventually(async () => (await source.rows('bounded')).size === 2)
    } finally {
      stop.abort()
      await running
      await late.end()
    }
    expect(notices).toContainEqual(expect.stringMatching(/^open transactions cannot be seen/))
  })

  test('of an account that is refused ends at once', async () => {
    const url = new URL(source.url)
    url.password = 'wrong'
    await expect(source.once({ env: { ETL_SOURCE_URL: url.href } })).rejects.toMatchObject({ code: 'ETL_SOURCE_REFUSED' })
  })
})
