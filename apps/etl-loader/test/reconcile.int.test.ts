import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { etlReconciliation, type FraudFeedback, fraudFeedback, opsAlerts, subjectOf, uuidv7 } from '@swipestream/contracts'
import { connect, connectionConfig, createTopics } from '@swipestream/messaging'
import { eventually } from '@swipestream/messaging/testing'
import { createLogger } from '@swipestream/platform'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { load } from '../src/app/load/start-load.js'
import { Reconciler, reconcilerProduces } from '../src/app/reconcile/reconciler.js'
import { RunTables } from '../src/app/run-tables.js'
import { etl } from '../src/cli/etl-command.fixture.js'
import { loadConfiguration, readExtractConfig } from '../src/config.js'
import { DuckDBWarehouse } from '../src/warehouse/duckdb/duckdb-warehouse.js'
import { runOnce } from './chinook.js'
import { type SourceUnderTest, sourceUnderTest } from './source-under-test.js'

const folder = mkdtempSync(join(tmpdir(), 'reconcile-'))
const path = join(folder, 'w.duckdb')
const used = [...reconcilerProduces, fraudFeedback]
let source: SourceUnderTest
let env: Readonly<Record<string, string>>
beforeAll(async () => {
  source = await sourceUnderTest()
  env = { ...source.env, ETL_WAREHOUSE: path, ETL_SWEEP_SECONDS: '0.1', ETL_BATCH_MS: '50', ETL_RECONCILE_SECONDS: '1', ETL_RECONCILE_GRACE_SECONDS: '5' }
  const { namespace, registry, client } = source.backbone
  await createTopics(client, { namespace, replicas: 1, definitions: used })
  for (const topic of used) await registry.register(subjectOf(topic, namespace), topic.schema)
  for (const table of ['left', 'middle', 'right', 'sound', 'busy']) {
    await source.sql(`CREATE TABLE \`${table}\` (id INT AUTO_INCREMENT PRIMARY KEY, amount DECIMAL(9, 2) NOT NULL, updated_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3))`)
    await source.sql(`INSERT INTO \`${table}\` (amount) VALUES ${Array.from({ length: 300 }, (_, i) => `(${i}.5)`).join(', ')}`)
  }
})
afterAll(async () => {
  await source?.close()
  rmSync(folder, { recursive: true })
})

const topicOf = (table: string) => `src.${source.database}.${table}`
const quiet = createLogger({ service: 'test', level: 'silent' })

/** Something done in the warehouse by hand. */
async function inWarehouse(sql: string): Promise<void> {
  const warehouse = new DuckDBWarehouse({ path })
  try {
    await warehouse.query(sql)
  } finally {
    await warehouse.close()
  }
}

/** The alerts of a reader, by what they are about. */
async function alerts(): Promise<readonly string[]> {
  const tail = source.backbone.tail(opsAlerts)
  return (await tail.received()).map(({ value: { code, subject, summary, severity, service, opened_at: openedAt, resolved_at: resolvedAt } }) => {
    const over = resolvedAt !== null
    expect({ code, severity, service }).toEqual({ code: 'ETL_RECONCILIATION_DIFFERS', severity: over ? 'info' : 'critical', service: 'etl-loader' })
    expect(openedAt).not.toBeNull()
    if (over) expect(resolvedAt).toBeGreaterThan(openedAt as number)
    if (over) return `${subject?.split('.').at(-1)}: ${summary.replace(/^.* is the same/, 'the same')}`
    expect(summary.startsWith(`${subject} is not the same everywhere: `)).toBe(true)
    return `${subject?.split('.').at(-1)}: ${summary.replace(/^.*everywhere: /, '')}`
  })
}

describe('a table that is not the same everywhere', { timeout: 120_000 }, () => {
  const tables = ['--tables', 'left,middle,right,sound']

  test('is found, whichever of the three was changed behind the others, told once to the people on call, and ends in 1', async () => {
    expect(await runOnce(env, ...tables)).toMatchObject({ code: 0, broken: [] })
    // A row is corrupted in the warehouse, one goes from a topic, one is changed at the source so that no column tells of it.
    await inWarehouse(`UPDATE "src_${source.database}"."left" SET amount = 1000 WHERE id = 7`)
    const [record] = await source.backbone.records({ name: topicOf('middle') })
    await source.backbone.send([{ topic: topicOf('middle'), key: record?.key ?? null, value: null, headers: {} }])
    await source.sql('UPDATE `right` SET amount = 77.77, updated_at = updated_at WHERE id = 9')

    const { code, tables: told, broken } = await runOnce(env, ...tables)
    expect(code).toBe(1)
    expect(broken.map(({ rule, table }) => [rule, table])).toEqual(['left', 'middle', 'right'].map((table) => ['ETL_RECONCILIATION_DIFFERS', topicOf(table)]))
    expect(told.map(({ table, equal }) => [table, equal])).toEqual([[topicOf('left'), false], [topicOf('middle'), false], [topicOf('right'), false], [topicOf('sound'), true]])
    const found = [
      'left: 1 row is not in the warehouse as on the topic (300 rows at the source, 300 on the topic, 300 in the warehouse)',
      'middle: 1 row is at the source and not on the topic (300 rows at the source, 299 on the topic, 299 in the warehouse)',
      'right: 1 row is not on the topic as at the source (300 rows at the source, 300 on the topic, 300 in the warehouse)',
    ]
    expect(await alerts()).toEqual(found)

    // It differs still, and they know.
    expect((await runOnce(env, ...tables)).code).toBe(1)
    expect(await alerts()).toEqual(found)
    const status = await etl(env, 'status', '--json')
    expect(status).toMatchObject({ code: 1, last: { broken: [{ table: topicOf('left') }, { table: topicOf('middle') }, { table: topicOf('right') }] } })
    expect(status.last['tables']).toContainEqual(expect.objectContaining({ table: topicOf('middle'), phase: 'follow', lag: 0, equal: false, topic: expect.objectContaining({ rows: 299 }) as unknown }))
  })

  test('is equal again when it was mended, which is told too, and is told of again when it differs again', async () => {
    await source.sql('UPDATE `left` SET amount = 8 WHERE id = 7; UPDATE `middle` SET amount = amount + 1; UPDATE `right` SET amount = 78 WHERE id = 9')
    expect(await runOnce(env, ...tables)).toMatchObject({ code: 0, broken: [] })
    expect((await alerts()).slice(3)).toEqual(['left', 'middle', 'right'].map((table) => `${table}: the same everywhere again (300 rows)`))
    expect(await etl(env, 'status')).toMatchObject({ code: 0 })
    await inWarehouse(`DELETE FROM "src_${source.database}"."left" WHERE id = 8; INSERT INTO "src_${source.database}"."left" SELECT * FROM "src_${source.database}"."left" WHERE id = 10; INSERT INTO "src_${source.database}"."left" SELECT * REPLACE (1000 AS id) FROM "src_${source.database}"."left" WHERE id = 9`)
    expect((await runOnce(env, ...tables)).code).toBe(1)
    expect((await alerts()).slice(6)).toEqual(['left: 1 row is on the topic and not in the warehouse, 1 row is in the warehouse and not on the topic, 1 row is in the warehouse more than once (300 rows at the source, 300 on the topic, 301 in the warehouse)'])
  })
})

describe('a table that changes all the time', { timeout: 120_000 }, () => {
  test('is equal as long as what changes arrives; a row that does not is found among those that change', async () => {
    const stop = new AbortController()
    const own = { ...env, ETL_TABLES: 'busy' }
    const warehouse = new DuckDBWarehouse({ path: join(folder, 'busy.duckdb') })
    const tables = new RunTables({ source: readExtractConfig({}, own), settings: new Map(), load: loadConfiguration(own), warehouse, log: quiet, loadLog: quiet, onProgress: () => undefined, signal: stop.signal })
    const running = tables.untilEnded()
    const compared = async () => (await source.backbone.received(etlReconciliation)).map(({ value }) => value).filter(({ table }) => table === topicOf('busy'))
    const told = (await alerts()).length
    const changes = new AbortController()
    const changing = (async () => {
      for (let i = 0; !changes.signal.aborted; i++) await source.sql(`UPDATE busy SET amount = amount + 1 WHERE id % 10 = ${i % 10} AND id < 250; DELETE FROM busy WHERE id = ${(i % 100) + 1}; INSERT INTO busy (amount) VALUES (1)`)
    })()
    try {
      await eventually(async () => (await compared()).length >= 2, { timeoutMs: 60_000, intervalMs: 200 })
      expect(new Set((await compared()).map(({ equal, source_checksum, topic_checksum, warehouse_checksum }) => equal && source_checksum === topic_checksum && topic_checksum === warehouse_checksum))).toEqual(new Set([true]))
      expect(await alerts()).toHaveLength(told)
      await source.sql('UPDATE busy SET amount = 5, updated_at = updated_at WHERE id = 277')
      await eventually(async () => (await alerts()).length > told, { timeoutMs: 60_000, intervalMs: 200 })
      // One: of two, the look may be between them.
      expect((await alerts()).slice(told)).toEqual([expect.stringMatching(/^busy: 1 row is not on the topic as at the source \(/)])
      expect((await compared()).at(-1)).toMatchObject({ equal: false })
    } finally {
      changes.abort()
      stop.abort()
      await changing
      await running
      await warehouse.close()
    }
  })
})

describe('a topic of events', { timeout: 60_000 }, () => {
  test('is compared with the warehouse up to where that has loaded, each record once', async () => {
    const { namespace } = source.backbone
    const connection = await connect({ service: 'test', config: connectionConfig(env as NodeJS.ProcessEnv), produces: used })
    const warehouse = new DuckDBWarehouse({ path: join(folder, 'of-events.duckdb') })
    const feedback = (i: number): FraudFeedback => ({
      feedback_id: uuidv7(), transaction_id: uuidv7(), card_id: `v1.${i % 7}`, terminal_id: null, transaction_occurred_at: 1_700_000_000_000 + i, amount_minor: i, currency: 'EUR', verdict: 'confirmed_fraud',
      card_action: 'block', source: 'analyst', actor: 'ann', comment: 'Ünïcödé 💳', given_at: 1_700_000_000_000,
    })
    const bring = async (count: number) => {
      await connection.publish(Array.from({ length: count }, (_, i) => fraudFeedback.event(feedback(i))))
      await load({ config: { ...loadConfiguration(env as NodeJS.ProcessEnv), ETL_LOAD_TOPICS: ['fraud_feedback'] }, warehouse, logger: quiet, signal: new AbortController().signal, once: true })
    }
    const reconciler = () => new Reconciler({ connection, namespace, topics: ['fraud_feedback'], warehouse, source: null, everyMs: 1, graceMs: 1, log: quiet })
    try {
      await bring(40)
      const first = reconciler()
      expect(await first.once(() => Promise.resolve())).toMatchObject([{ table: 'fraud_feedback', source: null, equal: true, topic: { rows: 40 }, warehouse: { rows: 40 } }])
      // Not loaded yet: none of their business.
      await connection.publish([fraudFeedback.event(feedback(1))])
      expect(await first.once(() => Promise.resolve())).toMatchObject([{ equal: true, topic: { rows: 0 } }])
      await bring(4)
      expect(await first.once(() => Promise.resolve())).toMatchObject([{ equal: true, topic: { rows: 5 }, warehouse: { rows: 5 } }])
      const [last] = (await source.backbone.received(etlReconciliation)).map(({ value }) => value).filter(({ table }) => table === 'fraud_feedback').slice(-1)
      expect(last?.window_from_at).toBeGreaterThan(0)
      await warehouse.query("UPDATE events.fraud_feedback SET verdict = 'legitimate' WHERE _offset = (SELECT min(_offset) FROM events.fraud_feedback) ")
      expect(await reconciler().once(() => Promise.resolve())).toMatchObject([{ equal: false, topic: { rows: 45 }, warehouse: { rows: 45 } }])
      expect((await alerts()).at(-1)).toBe('fraud_feedback: the topic and the warehouse have other values (45 on the topic, 45 in the warehouse)')
    } finally {
      await warehouse.close()
      await connection.close()
    }
  })
})

