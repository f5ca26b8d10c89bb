import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Customer, customers, etlQuarantine, opsAlerts, type OpsAlert, uuidv7 } from '@swipestream/contracts'
import { type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import { createLogger } from '@swipestream/platform'
import { expect, onTestFinished, test } from 'vitest'
import { load } from '../src/app/load/start-load.js'
import { loadConfiguration } from '../src/config.js'
import { Lake } from '../src/lake/lake.js'
import { DuckDBWarehouse } from '../src/warehouse/duckdb/duckdb-warehouse.js'
import { tableTopic, tableWriter } from './tables.js'

const program = fileURLToPath(new URL('../dist/app/load/loader.fixture.js', import.meta.url))
const table = 'bank.core.accounts'
const kills = 12

interface Model {
  readonly accounts: Map<number, number>
  readonly customers: Map<string, string>
  versions: number
  alerts: number
}

/** Writes changes and events until it is told to stop; the model is what must be in the end. */
async function traffic(backbone: TestBackbone, model: Model, stop: AbortSignal): Promise<void> {
  const accounts = await tableWriter(backbone, table, [['id', 'int'], ['balance', 'long']])
  for (let round = 0; !stop.aborted; round++) {
    const changes = Array.from({ length: 10 }, (_, i) => {
      const id = (round * 17 + i * 7) % 100
      const row = { id, balance: round * 1_000 + i }
      const op = (round + i) % 5 === 0 ? ('d' as const) : ('u' as const)
      if (op === 'd') model.accounts.delete(id)
      else model.accounts.set(id, row.balance)
      return { op, row }
    })
    await accounts.write(changes)
    const customer = `c${round % 20}`
    model.customers.set(customer, `name ${round}`)
    model.versions += 1
    const alerts = Array.from({ length: 20 }, () => opsAlerts.event(alertOf(round)))
    model.alerts += alerts.length
    await backbone.publish([customers.event(customerOf(customer, `name ${round}`)), ...alerts])
    await delay(20)
  }
}

function customerOf(customer_id: string, given_name: string): Customer {
  return { customer_id, given_name, family_name: null, email: null, phone: null, language: 'de', time_zone: 'Europe/Berlin', country: null, channels: [], quiet_from: null, quiet_to: null, updated_at: 1 }
}

function alertOf(round: number): OpsAlert {
  return { alert_id: uuidv7(), service: 'test', severity: 'info', code: 'TEST', subject: null, summary: `round ${round}`, count: 1, raised_at: round, opened_at: null, resolved_at: null }
}

/** Waits until the loader has begun so many batches of events for its warehouse: the last of them is under way. */
async function begun(output: Readable, batches: number): Promise<void> {
  let left = batches
  for await (const line of createInterface({ input: output })) {
    if (line.includes('a batch begins') && line.includes('"target":"warehouse"') && line.includes('"topic":"ops_alerts"') && --left === 0) return
  }
}

test(`a loader that is killed ${kills} times leaves neither a gap nor a double`, { timeout: 300_000 }, async () => {
  const backbone = await testBackbone([customers, opsAlerts, etlQuarantine, tableTopic(table)])
  const folder = mkdtempSync(join(tmpdir(), 'load-kills-'))
  onTestFinished(async () => {
    await backbone.close()
    rmSync(folder, { recursive: true })
  })
  const env = {
    ...process.env, ...backbone.env, ETL_WAREHOUSE: join(folder, 'w.duckdb'), ETL_LOAD_TOPICS: `${table},customers,ops_alerts`, ETL_BATCH_ROWS: '50', ETL_BATCH_MS: '10',
    ETL_LAKE_DIR: join(folder, 'lake'), ETL_LAKE_MS: '300',
  }
  const model: Model = { accounts: new Map(), customers: new Map(), versions: 0, alerts: 0 }
  const stop = new AbortController()
  const writing = traffic(backbone, model, stop.signal)
  const stored: number[] = []
  for (let i = 0; i < kills; i++) {
    const child: ChildProcess = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    // One of four is killed while it starts, the others in the middle of a batch, some of them a little later.
    if (i % 4 === 0) await delay(i * 100)
    else await begun(child.stdout as Readable, i)
    child.stdout?.resume()
    await delay((i % 3) * 4)
    child.kill('SIGKILL')
    expect(await exited).toEqual([null, 'SIGKILL'])
    const warehouse = new DuckDBWarehouse({ path: env.ETL_WAREHOUSE })
    const sum = await warehouse.query('SELECT coalesce(sum(next_offset), 0) AS n FROM etl.offsets')
    stored.push(Number(sum[0]?.['n']))
    await warehouse.close()
  }
  stop.abort()
  await writing
  // A test of kills needs loaders that had done something when they were killed.
  expect(new Set(stored).size).toBeGreaterThan(kills / 2)

  const warehouse = new DuckDBWarehouse({ path: env.ETL_WAREHOUSE })
  onTestFinished(() => warehouse.close())
  const config = loadConfiguration({ ...env, ETL_BATCH_ROWS: '5000' })
  await load({ config, warehouse, logger: createLogger({ service: 'test', level: 'silent' }), signal: new AbortController().signal, once: true })

  const accounts = await warehouse.query('SELECT id, balance FROM bank_core.accounts ORDER BY id')
  expect(accounts.map(({ id, balance }) => [id, Number(balance)])).toEqual([...model.accounts].sort(([a], [b]) => a - b))
  const people = await warehouse.query('SELECT customer_id, given_name FROM entities.customers ORDER BY customer_id')
  expect(people.map(({ customer_id, given_name }) => [customer_id, given_name])).toEqual([...model.customers].sort())
  const versions = await warehouse.query('SELECT count(*) AS n, count(DISTINCT (_partition, _offset)) AS places, count(DISTINCT given_name) AS names FROM history.customers')
  expect(versions).toEqual([{ n: BigInt(model.versions), places: BigInt(model.versions), names: BigInt(model.versions) }])
  const alerts = await warehouse.query('SELECT count(*) AS n, count(DISTINCT (_partition, _offset)) AS places, count(DISTINCT alert_id) AS ids FROM events.ops_alerts')
  expect(alerts).toEqual([{ n: BigInt(model.alerts), places: BigInt(model.alerts), ids: BigInt(model.alerts) }])

  const lake = new Lake(env.ETL_LAKE_DIR)
  onTestFinished(() => lake.close())
  await lake.open()
  const kept = await warehouse.query(`SELECT count(*) AS n, count(DISTINCT (_partition, _offset)) AS places, count(DISTINCT alert_id) AS ids FROM ${lake.source('ops_alerts')}`)
  expect(kept).toEqual([{ n: BigInt(model.alerts), places: BigInt(model.alerts), ids: BigInt(model.alerts) }])
})
