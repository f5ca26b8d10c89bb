import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { serverLogs } from '@swipestream/contracts'
import { eventually, testBackbone, type TestBackbone } from '@swipestream/messaging/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runLogs, type ShipperProcess, startShipper } from './shipper-process.js'
import { type Account, WrittenLines } from './written-lines.js'

let backbone: TestBackbone
let directory: string
let lines: WrittenLines
let shipper: ShipperProcess | undefined
let mounted: string | undefined

beforeEach(async () => {
  backbone = await testBackbone([serverLogs])
  directory = await mkdtemp(join(tmpdir(), 'ship-'))
  lines = new WrittenLines(backbone)
})
afterEach(async () => {
  await shipper?.kill()
  if (mounted !== undefined) execFileSync('umount', [mounted])
  shipper = mounted = undefined
  await backbone.close()
  await rm(directory, { recursive: true, force: true })
})

const path = (name: string) => join(directory, name)
const env = (over: Readonly<Record<string, string>> = {}) => ({
  ...backbone.env,
  LOG_PATHS: path('*.log'),
  LOG_SERVICE: 'shop',
  LOG_STATE_DIR: path('state'),
  LOG_POLL_MS: '50',
  LOG_SCAN_MS: '200',
  LOG_CHECKPOINT_MS: '100',
  LOG_ROTATED_MS: '2000',
  ...over,
})
const start = async (over?: Readonly<Record<string, string>>) => (shipper = await startShipper(env(over)))
const checkpoint = async (state = path('state')) => (JSON.parse(await readFile(join(state, 'checkpoint.json'), 'utf8')) as { files: { path: string; offset: number }[] }).files
/** Waits until the shipper knows so many contents: what is rotated out of the patterns before it was seen is seen by nobody. */
const known = (count: number) => eventually(async () => (await checkpoint()).length >= count, { timeoutMs: 60_000 })
/** Waits until the shipper has remembered that all of a file is on the topic: what it had not, a kill would make come again. */
const remembered = (name: string, state?: string) =>
  eventually(
    async () => {
      const { size } = await stat(path(name))
      return (await checkpoint(state)).some((file) => file.path === path(name) && file.offset === size)
    },
    { timeoutMs: 60_000 },
  )
const none = { missing: [], extra: [], doubled: 0 } satisfies Account

describe('every line is on the topic once', { timeout: 120_000 }, () => {
  test('when the file is renamed and created anew (rotate-create)', async () => {
    await start()
    for (let round = 0; round < 8; round++) {
      for (let i = 0; i < 10; i++) {
        lines.write(path('a.log'), 50)
        await sleep(5)
      }
      await known(round + 1)
      await rename(path('a.log'), path(`a.log.${round}`))
      // Its writer has not noticed yet.
      lines.write(path(`a.log.${round}`), 20)
    }
    lines.write(path('a.log'), 50)
    expect(await lines.arrived()).toEqual(none)
  })

  test('when the file is truncated (truncate)', async () => {
    await start()
    for (let round = 0; round < 6; round++) {
      lines.write(path('a.log'), 200)
      await lines.arrived()
      await truncate(path('a.log'))
    }
    lines.write(path('a.log'), 10)
    expect(await lines.arrived()).toEqual(none)
  })

  test('when the file is copied and truncated, but for what is written in between (rotate-truncate)', async () => {
    await start()
    const between: string[] = []
    for (let round = 0; round < 8; round++) {
      for (let i = 0; i < 10; i++) {
        lines.write(path('a.log'), 50)
        await sleep(5)
      }
      await known(round + 1)
      await copyFile(path('a.log'), path(`a.log.${round}`))
      between.push(...lines.write(path('a.log'), 5))
      await truncate(path('a.log'))
    }
    lines.write(path('a.log'), 50)
    const { missing, extra, doubled } = await lines.arrived(between.length)
    console.log(`copied and truncated: of ${lines.all.length} lines, ${between.length} were written between copy and truncation; ${missing.length} of those are lost`)
    expect(extra).toEqual([])
    expect(missing.filter((line) => !between.includes(line))).toEqual([])
    expect(doubled).toBe(0)
  })

  test('when each is JSON that wraps another line', async () => {
    await start()
    lines.write(path('a.log'), 500, (text) => JSON.stringify({ log: `${JSON.stringify({ n: text, says: 'a "quoted" \\ line\n and another, 日本' })}\n`, stream: 'stdout' }))
    expect(await lines.arrived()).toEqual(none)
  })

  test('when the shipper is told to look again by SIGHUP', async () => {
    // Nothing is found by time.
    await start({ LOG_SCAN_MS: '3600000', LOG_PATHS: path('*.log*') })
    for (let round = 0; round < 3; round++) {
      lines.write(path('a.log'), 100)
      await rename(path('a.log'), path(`a.log.${round}`))
      lines.write(path('a.log'), 100)
      shipper?.signal('SIGHUP')
      await lines.arrived()
    }
    expect(await lines.account()).toEqual(none)
  })

  test('when the shipper is killed again and again, while the file is rotated', { timeout: 240_000 }, async () => {
    const writer = { on: true }
    const written = (async () => {
      for (let round = 0; writer.on; round++) {
        for (let i = 0; i < 30 && writer.on; i++) {
          lines.write(path('a.log'), 40)
          await sleep(100)
        }
        await rename(path('a.log'), path(`a.log.${round}`))
      }
    })()
    // Of several rotations while nobody looks, only the last can be told by the file that was read.
    const all = { LOG_PATHS: path('*.log*') }
    let kills = 0
    for (; kills < 6; kills++) {
      await start(all)
      await sleep(Math.random() * 1_500)
      await shipper?.kill()
    }
    writer.on = false
    await written
    lines.write(path('a.log'), 1)
    await start(all)
    const { doubled, ...lost } = await lines.arrived()
    console.log(`killed ${kills} times: of ${lines.all.length} lines, ${doubled} came twice, by identity`)
    expect(lost).toEqual({ missing: [], extra: [] })
  })

  test('when it ends in order and starts again: nothing comes twice', async () => {
    for (let round = 0; round < 3; round++) {
      await start()
      lines.write(path('a.log'), 300)
      await lines.arrived()
      expect(await shipper?.stop()).toBe(0)
    }
    expect(await lines.account()).toEqual(none)
  })
})

describe('a disk that is full', { timeout: 120_000 }, () => {
  /** A file system of 64 KiB. */
  async function smallDisk(): Promise<string | null> {
    const at = path('disk')
    await mkdir(at)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at], { stdio: 'ignore' })
    } catch (error) {
      console.log(`skipped: no file system can be mounted here (${error instanceof Error ? error.message : String(error)})`)
      return null
    }
    mounted = at
    return at
  }

  test('keeps nothing known from being shipped, is told of, and what was not remembered comes twice, by identity', async ({ skip }) => {
    const disk = await smallDisk()
    if (disk === null) return skip()
    await start({ LOG_STATE_DIR: join(disk, 'state') })
    lines.write(path('a.log'), 200)
    await lines.arrived()
    await remembered('a.log', join(disk, 'state'))
    await writeFile(join(disk, 'filler'), Buffer.alloc(1 << 20)).catch((error: NodeJS.ErrnoException) => expect(error.code).toBe('ENOSPC'))
    lines.write(path('a.log'), 200)
    await lines.arrived()
    await eventually(async () => ((await shipper?.metric('log_ship_troubles_total{reason="checkpoint_unwritable"')) ?? 0) > 0)
    expect((await fetch(new URL('/health/ready', shipper?.url))).status).toBe(503)
    // What is new waits: after a kill nobody would know it.
    lines.write(path('b.log'), 10)
    await shipper?.kill()
    await rm(join(disk, 'filler'))
    await start({ LOG_STATE_DIR: join(disk, 'state') })
    const { doubled, ...lost } = await lines.arrived()
    expect(lost).toEqual({ missing: [], extra: [] })
    expect(doubled).toBe(200)
  })
})

describe('two shippers', { timeout: 120_000 }, () => {
  test('on one state: the second refuses, and the first goes on; a lock that was left is taken', async () => {
    await start()
    await expect(startShipper(env())).rejects.toThrow('LOG_STATE_LOCKED')
    lines.write(path('a.log'), 5)
    await remembered('a.log')
    await shipper?.kill()
    await start()
    lines.write(path('a.log'), 5)
    expect(await lines.arrived()).toEqual(none)
  })
})

describe('logs ship --once', { timeout: 120_000 }, () => {
  test('ships archives and files that are there, once, and ends; status tells how far', async () => {
    const packed = lines.write(path('old'), 3_000)
    await writeFile(path('b.log.2.gz'), gzipSync(packed.map((line) => `${line}\n`).join('')))
    lines.write(path('a.log'), 2_000)
    const paths = { LOG_PATHS: `${path('*.log')},${path('*.gz')}` }
    const first = await runLogs(['ship', '--once', '--json'], env(paths))
    expect(first).toMatchObject({ exitCode: 0, json: { command: 'ship', entries: 5_000, broken: [] } })
    const again = await runLogs(['ship', '--once', '--json'], env(paths))
    expect(again).toMatchObject({ exitCode: 0, json: { entries: 0 } })
    expect(await lines.account()).toEqual(none)

    const status = await runLogs(['status', '--json'], env(paths))
    expect(status).toMatchObject({ exitCode: 0, json: { lagBytes: 0, shipper: null, broken: [] } })
    expect((status.json['files'] as { path: string; state: string }[]).map(({ path: at, state }) => [at, state]).sort()).toEqual([[path('a.log'), 'reading'], [path('b.log.2.gz'), 'finished']])
    lines.write(path('a.log'), 1, () => 'x'.repeat(99))
    expect(await runLogs(['status', '--json'], env(paths))).toMatchObject({ json: { lagBytes: 100 } })
  })

  test('refuses wrong use and wrong settings', async () => {
    expect(await runLogs(['ship', 'a.log'], env())).toMatchObject({ exitCode: 2 })
    expect(await runLogs(['ship', '--once'], { ...env(), LOG_PATHS: '' })).toMatchObject({ exitCode: 2, errors: expect.stringContaining('LOG_PATHS is missing') })
    await writeFile(path('inputs.yaml'), 'inputs:\n  - paths: [relative.log]\n    service: shop\n')
    const ran = await runLogs(['ship', '--once', '--json'], env({ LOG_CONFIG: path('inputs.yaml') }))
    expect(ran).toMatchObject({ exitCode: 1, errors: expect.stringContaining('inputs.0.paths.0: must be an absolute path') })
  })
})

const data = resolve(process.env.SWIPESTREAM_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url)), 'logs')

describe('real logs', () => {
  test.skipIf(!existsSync(data))('come whole, with restarts in between', { timeout: 120_000 }, async () => {
    for (const name of ['apache_access', 'apache_error']) {
      const text = await readFile(join(data, `${name}.log`))
      const half = Math.floor(text.length / 2)
      await writeFile(path(`${name}.log`), text.subarray(0, half))
      await runLogs(['ship', '--once', '--json'], env({ LOG_REDACT: 'none' }))
      await writeFile(path(`${name}.log`), text.subarray(half), { flag: 'a' })
      await runLogs(['ship', '--once', '--json'], env({ LOG_REDACT: 'none' }))
    }
    const received = await backbone.received(serverLogs)
    const of = (name: string) => received.filter(({ value }) => value.path === path(name)).map(({ value }) => value)
    const access = of('apache_access.log')
    // The line that was in two halves at the first end.
    expect(new Set(access.map(({ offset }) => offset)).size).toBe(access.length)
    expect(access.length - 10_000).toBeLessThanOrEqual(1)
    expect(of('apache_error.log').length - 2_000).toBeLessThanOrEqual(1)
    const whole = await readFile(path('apache_access.log'))
    for (const { offset, end_offset, message, truncated } of access) if (!truncated) expect(whole.subarray(offset, end_offset).toString().replace(/\r?\n$/, '')).toBe(message)
  })
})
