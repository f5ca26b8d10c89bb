import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { opsAlerts } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { type Stack, startStack } from '@swipestream/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DuckDBWarehouse } from '../src/warehouse/duckdb/duckdb-warehouse.js'
import { type ServiceProcess, startRole } from './service-process.js'
import { type SourceUnderTest, sourceUnderTest } from './source-under-test.js'

/** A machine that does much else starts servers slowly. In milliseconds. */
const busyMs = 300_000

let stack: Stack
let source: SourceUnderTest
const folder = mkdtempSync(join(tmpdir(), 'services-'))
const path = join(folder, 'w.duckdb')

beforeAll(async () => {
  // Its own servers, for they are stopped.
  stack = await startStack({ servers: ['kafka', 'registry', 'mariadb'] })
  source = await sourceUnderTest(stack.env['MYSQL_URL'], stack.env)
  await source.sql(`CREATE TABLE people (id INT PRIMARY KEY, born DATE NOT NULL, updated_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), KEY (updated_at))`)
  await source.sql(`SET SESSION sql_mode = ''; INSERT INTO people (id, born) VALUES (1, '1990-01-01'), (2, '0000-00-00')`)
}, busyMs)
afterAll(async () => {
  await source?.close()
  await stack?.stop()
  rmSync(folder, { recursive: true })
})

const ready = async ({ url }: ServiceProcess) => (await fetch(new URL('/health/ready', url))).status
const becomes = (service: ServiceProcess, status: number) => eventually(async () => (await ready(service)) === status, { timeoutMs: 60_000 })
const figures = async ({ url }: ServiceProcess) => (await fetch(new URL('/metrics', url))).text()

describe('the service that extracts', () => {
  let service: ServiceProcess
  beforeAll(async () => {
    service = await startRole('extract', source.env)
  }, busyMs)
  afterAll(() => service?.kill())

  test('is ready when it follows the tables, and tells its figures', async () => {
    await eventually(async () => (await source.rows('people')).size === 1)
    const table = `src.${source.database}.people`
    await eventually(async () => {
      const text = await figures(service)
      expect(text).toContain(`etl_extract_rows_total{table="${table}",outcome="written"} 1`)
      expect(text).toContain(`etl_extract_rows_total{table="${table}",outcome="quarantined"} 1`)
      expect(text).toContain(`etl_extract_table_stopped{table="${table}"} 0`)
      expect(text).toMatch(/etl_extract_snapshot_rows\{table="[^"]+"\} 1\n/)
      expect(Number(/etl_extract_delay_seconds\{table="[^"]+"\} (\S+)/.exec(text)?.[1])).toBeLessThan(10)
      return true
    })
  })

  test('tells the people on call how many rows of a table it has quarantined', async () => {
    const alert = await eventually(async () => (await source.backbone.received(opsAlerts)).find(({ value }) => value.code === 'ETL_ROWS_QUARANTINED'))
    expect(alert.value).toMatchObject({ service: 'etl-extract', severity: 'warning', subject: `src.${source.database}.people`, count: 1 })
  })

  test('is not ready while its source is away, and is when that is back', async () => {
    await stack.kill('mariadb')
    await becomes(service, 503)
    expect(await (await fetch(new URL('/health/ready', service.url))).text()).toContain('the source does not answer')
    expect((await fetch(new URL('/health/live', service.url))).status).toBe(200)
    await stack.start('mariadb')
    await becomes(service, 200)
    await source.reconnect()
    await source.sql(`INSERT INTO people (id, born) VALUES (3, '2000-02-29')`)
    await eventually(async () => (await source.rows('people')).size === 2)
    expect(await figures(service)).toContain('etl_extract_errors_total{code="ETL_SOURCE_UNAVAILABLE"}')
  }, busyMs)

  test('ends in order', async () => {
    expect(await service.stop()).toBe(0)
  })
})

describe('the service that loads', () => {
  const topic = () => `src.${source.database}.people`
  let service: ServiceProcess
  beforeAll(async () => {
    service = await startRole('load', { ...source.env, ETL_LOAD_TOPICS: topic(), ETL_WAREHOUSE: path, ETL_LAKE_DIR: join(folder, 'lake'), ETL_LAKE_MS: '200', ETL_BATCH_MS: '100' })
  }, busyMs)
  afterAll(() => service?.kill())

  test('is ready when warehouse and lake take what comes, and tells its figures', async () => {
    await eventually(async () => {
      const text = await figures(service)
      expect(Number(new RegExp(`etl_load_records_total\\{topic="${topic()}"\\} (\\d+)`).exec(text)?.[1])).toBeGreaterThanOrEqual(2)
      expect(text).toMatch(new RegExp(`etl_load_lag_records\\{topic="${topic()}",partition="\\d"\\} 0`))
      return true
    })
  })

  test('is not ready while Kafka is away, and is when that is back', async () => {
    await stack.kill('kafka')
    await becomes(service, 503)
    await stack.start('kafka')
    await becomes(service, 200)
  }, busyMs)

  test('is not started a second time on the same warehouse', async () => {
    await expect(startRole('load', { ...source.env, ETL_LOAD_TOPICS: topic(), ETL_WAREHOUSE: path })).rejects.toThrow(/ETL_WAREHOUSE_LOCKED/)
  }, busyMs)

  test('ends in order, and leaves the warehouse to others', async () => {
    expect(await service.stop()).toBe(0)
    const warehouse = new DuckDBWarehouse({ path })
    await warehouse.open()
    try {
      expect(await warehouse.query(`SELECT id FROM "src_${source.database}".people ORDER BY id`)).toEqual([{ id: 1 }, { id: 3 }])
    } finally {
      await warehouse.close()
    }
  })
})
