import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { processesWith } from '../src/process-table.js'

/** Longer than the guardian's patience with a process that does not heed its stop signal. */
const GONE_WITHIN = { timeout: 20_000, interval: 200 }

const ALL = ['kafka', 'registry', 'postgres', 'mailbox', 'twilio']
const QUICK = ['postgres', 'mailbox', 'twilio']

interface Launched {
  launcher: ChildProcess
  /** In the environment of the launcher and, inherited, of every process it starts. */
  mark: string
  /** Lines of standard output. */
  lines: AsyncIterator<string>
  progress: string[]
}

const launched: ChildProcess[] = []
afterEach(() => {
  for (const launcher of launched.splice(0)) launcher.kill('SIGKILL')
})

function launch(program: string, args: readonly string[]): Launched {
  const mark = randomUUID()
  const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
  const launcher = spawn(process.execPath, ['--import', path('../src/from-source.ts'), path(program), ...args], {
    env: { ...process.env, TEST_MARK: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  launched.push(launcher)
  const progress: string[] = []
  createInterface(launcher.stderr!).on('line', (line) => progress.push(line))
  return { launcher, mark, progress, lines: createInterface(launcher.stdout!)[Symbol.asyncIterator]() }
}

/** Waits for the launcher's word that all is up, and convinces itself of it. */
async function up({ lines, mark, progress }: Launched, names: readonly string[]): Promise<{ ports: number[]; dir: string }> {
  const { value, done } = await lines.next()
  if (done) throw new Error(`the launcher ended:\n${progress.join('\n')}`)
  const { env, dir } = JSON.parse(value) as { env: Record<string, string>; dir: string }
  const ports = [...new Set(Object.values(env).flatMap((text) => /127\.0\.0\.1:(\d+)/.exec(text)?.[1] ?? []))].map(Number)
  // The mailbox has two.
  expect(ports).toHaveLength(names.length + 1)
  for (const port of ports) expect(await answers(port)).toBe(true)
  // Launcher, guardian, servers and one process of the launcher's own.
  expect((await processesWith(mark)).length).toBeGreaterThanOrEqual(2 + names.length + 1)
  expect(existsSync(dir)).toBe(true)
  return { ports, dir }
}

async function nothingIsLeft(mark: string, { ports, dir }: { ports: number[]; dir: string }): Promise<void> {
  await expect.poll(() => processesWith(mark), GONE_WITHIN).toEqual([])
  for (const port of ports) expect(await answers(port)).toBe(false)
  expect(existsSync(dir)).toBe(false)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

describe('nothing is left of the servers', () => {
  it.each([
    ['is killed with kill -9', 'SIGKILL', [null, 'SIGKILL'], ALL],
    ['is interrupted and does not care', 'SIGINT', [null, 'SIGINT'], QUICK],
    ['crashes', 'SIGUSR2', [1, null], QUICK],
    ['ends without stopping them', 'SIGHUP', [0, null], QUICK],
  ] as const)('when the launcher %s', async (_name, signal, exit, names) => {
    const run = launch('launcher.ts', names)
    const servers = await up(run, names)
    run.launcher.kill(signal)
    expect(await once(run.launcher, 'exit')).toEqual(exit)
    await nothingIsLeft(run.mark, servers)
  })

  it('when the launcher is killed while they start', async () => {
    const run = launch('launcher.ts', ALL)
    // The first server is up, Kafka is not.
    await expect.poll(() => run.progress.length, { timeout: 30_000, interval: 10 }).toBeGreaterThan(0)
    run.launcher.kill('SIGKILL')
    await expect.poll(() => processesWith(run.mark), GONE_WITHIN).toEqual([])
  })
})

describe('npm run stack', () => {
  it('prints the environment to paste, stays, and on Ctrl-C ends with everything stopped and exit code 0', async () => {
    const run = launch('../src/main.ts', ['--servers', 'postgres,twilio'])
    const exports: string[] = []
    for (let line = 0; line < 5; line++) exports.push((await run.lines.next()).value as string)
    expect(exports.map((line) => line.replace(/=.*/, '')).sort()).toEqual(
      ['TWILIO_ACCOUNT_SID', 'TWILIO_API_URL', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM', 'POSTGRES_URL'].map((name) => `export ${name}`).sort(),
    )
    const dir = (): string | undefined => run.progress.flatMap((line) => /^logs are in (\S+);/.exec(line)?.[1] ?? [])[0]
    await expect.poll(dir, { timeout: 10_000 }).toBeDefined()
    const ports = exports.flatMap((line) => /127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? []).map(Number)
    expect(ports).toHaveLength(2)

    run.launcher.kill('SIGINT')
    expect(await once(run.launcher, 'exit')).toEqual([0, null])
    await nothingIsLeft(run.mark, { ports, dir: dir()! })
  })

  it('ends with exit code 0 when Ctrl-C comes while it starts, and leaves nothing', async () => {
    const run = launch('../src/main.ts', ['--servers', 'kafka,postgres'])
    await expect.poll(() => run.progress.length, { timeout: 30_000, interval: 10 }).toBeGreaterThan(0)
    run.launcher.kill('SIGINT')
    expect(await once(run.launcher, 'exit')).toEqual([0, null])
    await expect.poll(() => processesWith(run.mark), GONE_WITHIN).toEqual([])
  })
})
