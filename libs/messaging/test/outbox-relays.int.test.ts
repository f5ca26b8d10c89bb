import { customers, fraudFeedback } from '@swipestream/contracts'
import { outboxMigrations } from '@swipestream/messaging'
import { eventually, type TestBackbone, testBackbone, testDatabase } from '@swipestream/messaging/testing'
import { Pool } from 'pg'
import { DataSource } from 'typeorm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RelayProcess } from './relay-process.js'
import { testService } from './test-service.js'
import { testTopics } from './test-topics.js'

let backbone: TestBackbone
let database: Awaited<ReturnType<typeof testDatabase>>
let pool: Pool
let topic: string

beforeEach(async () => {
  backbone = await testBackbone(testTopics)
  database = await testDatabase()
  const source = await new DataSource({ type: 'postgres', url: database.url, migrations: [...outboxMigrations] }).initialize()
  await source.runMigrations()
  await source.destroy()
  pool = new Pool({ connectionString: database.url, max: 20 })
  pool.on('error', () => undefined)
  topic = `${backbone.namespace}fraud_feedback`
})
afterEach(async () => {
  await Promise.all(relays.splice(0).map((each) => each.kill('SIGKILL')))
  await pool.end()
  await backbone.close()
  await database.drop()
})

const relays: RelayProcess[] = []
const start = (count: number) => {
  for (let i = 0; i < count; i++) relays.push(new RelayProcess(backbone.env, database.url))
}

/** Shards held, by the session of each relay, largest part first. */
const parts = async (): Promise<{ pid: number; shards: number }[]> => {
  const { rows } = await pool.query<{ pid: number; shards: number }>(`
    SELECT pid, count(l.objid)::int AS shards FROM pg_stat_activity LEFT JOIN pg_locks l USING (pid)
    WHERE datname = current_database() AND application_name = 'outbox-relay' AND l.locktype = 'advisory' AND l.objsubid = 2
    GROUP BY pid ORDER BY shards DESC, pid`)
  return rows
}
const sharedAs = (...expected: number[]) =>
  eventually(
    async () => {
      const found = await parts()
      expect(found.map(({ shards }) => shards)).toEqual(expected)
      return found
    },
    // Three processes start.
    { timeoutMs: 60_000 },
  )

const insert = async (key: string, n: number, { value = Buffer.from(String(n)), to = topic } = {}) => {
  await pool.query('INSERT INTO outbox (topic, key, value, headers) VALUES ($1, $2, $3, $4)', [to, key, value, { 'message-id': `${key}/${n}` }])
}
const count = async (table = 'outbox') => (await pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).rows[0]!.count
const published = async (name: { readonly name: string } = fraudFeedback) =>
  Map.groupBy(await backbone.records(name), ({ key }) => String(key))

describe('relays of one outbox', () => {
  it('share the keys while some die, are cut off and are added: every row comes once, and in the order of its key', { timeout: 240_000 }, async () => {
    start(3)
    await sharedAs(6, 5, 5)

    const rowsPerKey = 60
    const keys = Array.from({ length: 200 }, (_, i) => `card-${i}`)
    let written = 0
    const writers = Array.from({ length: 20 }, async (_, writer) => {
      const own = keys.filter((_key, i) => i % 20 === writer)
      for (let n = 0; n < rowsPerKey; n++) {
        for (const key of own) await insert(key, n)
        written += own.length
        await pool.query('NOTIFY outbox')
      }
    })
    const patient = { timeoutMs: 60_000 }
    const third = (rowsPerKey * keys.length) / 3
    await eventually(() => written > third, patient)
    await relays[0]!.kill('SIGKILL')
    const [largest] = await sharedAs(8, 8)
    await eventually(() => written > 1.5 * third, patient)
    await pool.query('SELECT pg_terminate_backend($1)', [largest!.pid])
    await eventually(() => written > 2 * third, patient)
    start(1)
    await Promise.all(writers)
    await sharedAs(6, 5, 5)

    await eventually(async () => (await count()) === 0, patient)
    const all = await published()
    for (const key of keys) {
      expect(all.get(key)?.map(({ value }) => Number(value)), key).toEqual(Array.from({ length: rowsPerKey }, (_, n) => n))
    }
  })

  it('are woken whoever wrote, and whoever of them has the shard', async () => {
    const services = await Promise.all([1, 2].map(() => testService({ env: backbone.env, databaseUrl: database.url })))
    try {
      await sharedAs(8, 8)
      const begun = performance.now()
      for (let n = 0; n < 30; n++) {
        await insert(`card-${n}`, 0)
        await pool.query('NOTIFY outbox')
        await eventually(async () => (await count()) === 0, { intervalMs: 5 })
      }
      // One that only looks by itself, each second, takes half of one on average.
      expect(performance.now() - begun).toBeLessThan(10_000)
    } finally {
      await Promise.all(services.map((service) => service.stop()))
    }
  })

  it('publish nothing beside a relay of the version before, and start when it is gone', async () => {
    const old = await pool.connect()
    await old.query('SELECT pg_advisory_lock($1)', [0x6f7574626f78])
    start(1)
    await insert('card', 1)
    await eventually(async () => (await pool.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'outbox-relay' AND query LIKE '%advisory%'`)).rowCount === 1)
    expect(await count()).toBe(1)
    old.release(true)
    await eventually(async () => (await count()) === 0)
    expect((await published()).get('card')).toHaveLength(1)
  })
})

describe('a backlog', () => {
  it('is read by its index, though the statements were planned when the table was empty', { timeout: 120_000 }, async () => {
    await pool.query('VACUUM ANALYZE outbox')
    start(1)
    await sharedAs(16)
    const statistics = async () => {
      const { rows } = await pool.query<{ whole: number; indexed: number }>(
        `SELECT seq_scan::int AS whole, idx_scan::int AS indexed FROM pg_stat_user_tables WHERE relname = 'outbox'`,
      )
      return rows[0]!
    }
    // A named statement is planned for good after five executions.
    const looks = (await statistics()).indexed
    for (let n = 0; n < 10; n++) {
      await insert('card', n)
      await pool.query('NOTIFY outbox')
      await eventually(async () => (await published()).get('card')?.length === n + 1)
    }
    await eventually(async () => (await statistics()).indexed > looks)
    const before = await statistics()
    await pool.query(
      `INSERT INTO outbox (topic, key, value, headers)
       SELECT $1, 'card-' || g % 1000, convert_to(g::text, 'UTF8'), jsonb_build_object('message-id', g::text) FROM generate_series(1, 20000) AS g`,
      [topic],
    )
    const all = await eventually(
      async () => {
        const found = await backbone.records(fraudFeedback)
        return found.length === 20_010 && found
      },
      { timeoutMs: 90_000, intervalMs: 500 },
    )
    for (const records of Map.groupBy(all, ({ key }) => String(key)).values()) {
      const numbers = records.map(({ value }) => Number(value))
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    }
    await eventually(async () => (await statistics()).indexed > before.indexed + 100)
    expect((await statistics()).whole).toBe(before.whole)
  })
})

describe('a row that Kafka refuses', () => {
  it('is set aside with the reason when it is larger than the broker takes; the others pass, those after it too', async () => {
    await insert('card', 1)
    await insert('card', 2, { value: Buffer.alloc(1_500_000, 'x') })
    await insert('card', 3)
    await insert('other', 1)
    const service = await testService({ env: backbone.env, databaseUrl: database.url })
    try {
      await eventually(async () => (await count()) === 0)
      const all = await published()
      expect(all.get('card')?.map(({ value }) => String(value))).toEqual(['1', '3'])
      expect(all.get('other')).toHaveLength(1)
      const { rows } = await pool.query('SELECT key, length(value) AS bytes, headers, code, reason FROM outbox_rejected')
      expect(rows).toEqual([
        { key: 'card', bytes: 1_500_000, headers: { 'message-id': 'card/2' }, code: 'KAFKA_RECORD_TOO_LARGE', reason: expect.stringContaining(topic) },
      ])
      const metrics = async () => (await fetch(`${service.url}/metrics`)).text()
      await eventually(async () => /^outbox_rejected_rows 1$/m.test(await metrics()))
      expect(await metrics()).toMatch(/^outbox_rejected_total\{code="KAFKA_RECORD_TOO_LARGE"\} [1-9]/m)
      expect(await metrics()).toMatch(/^outbox_shards_owned 16$/m)
    } finally {
      await service.stop()
    }
  })

  it('waits with its topic when that is missing, while other topics are published; then it comes in its order', async () => {
    const name = `${backbone.namespace}late`
    for (const n of [1, 2, 3]) await insert('card', n, { to: name })
    await insert('card', 1)
    start(1)
    await eventually(async () => (await count()) === 3)
    expect((await published()).get('card')).toHaveLength(1)
    await insert('card', 2)
    await eventually(async () => (await published()).get('card')?.length === 2)
    const admin = backbone.client.admin()
    await admin.createTopics([{ name, partitions: 2, config: {} }], 1)
    await admin.close()
    await eventually(async () => (await count()) === 0)
    expect((await published({ name: 'late' })).get('card')?.map(({ value }) => String(value))).toEqual(['1', '2', '3'])
    expect((await published(customers)).size).toBe(0)
  })
})
