import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serverLogs } from '@swipestream/contracts'
import { eventually, testBackbone, type TestBackbone } from '@swipestream/messaging/testing'
import { type Stack, startStack } from '@swipestream/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ShipperProcess, startShipper } from './shipper-process.js'
import { WrittenLines } from './written-lines.js'

/** Servers of its own: the broker is killed. */
let stack: Stack
let backbone: TestBackbone
let directory: string
let shipper: ShipperProcess | undefined

beforeAll(async () => {
  stack = await startStack({ servers: ['kafka', 'registry'] })
  backbone = await testBackbone([serverLogs], stack.env)
  directory = await mkdtemp(join(tmpdir(), 'ship-'))
}, 300_000)
afterAll(async () => {
  await shipper?.kill()
  await backbone.close()
  await stack.stop()
  await rm(directory, { recursive: true, force: true })
})

test('a broker that is away for longer than every timeout is waited for; every line comes, once after doubles are removed', { timeout: 300_000 }, async () => {
  const path = join(directory, 'a.log')
  const lines = new WrittenLines(backbone)
  const env = { ...backbone.env, LOG_PATHS: join(directory, '*.log'), LOG_SERVICE: 'shop', LOG_STATE_DIR: join(directory, 'state'), LOG_BATCH_BYTES: '65536' }
  shipper = await startShipper(env)
  lines.write(path, 1_000)
  await lines.arrived()
  await stack.kill('kafka')
  lines.write(path, 5_000)
  await rename(path, join(directory, 'a.log.1'))
  lines.write(path, 5_000)
  const running = shipper
  // The producer has given up by then: it has tried for all the time it has.
  await eventually(async () => (await running.metric('log_ship_troubles_total{reason="send_failed"')) > 0, { timeoutMs: 120_000 })
  expect((await fetch(new URL('/health/ready', running.url))).status).toBe(503)
  expect(await running.metric('log_ship_entries_total')).toBeLessThan(4_000)
  await stack.start('kafka')
  const { doubled, ...lost } = await lines.arrived()
  console.log(`broker away: of ${lines.all.length} lines, ${doubled} came twice, by identity`)
  expect(lost).toEqual({ missing: [], extra: [] })
  await eventually(async () => (await fetch(new URL('/health/ready', running.url))).ok)
})
