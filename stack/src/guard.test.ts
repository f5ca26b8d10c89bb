import { mkdtemp, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startGuard } from './guard.js'
import type { Guard } from './guard.js'
import { isRunning, parentOf } from './process-table.js'

// Real processes on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 })
const PATIENTLY = { timeout: 10_000 }

let dir: string
let guard: Guard
let log: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'guard-test-'))
  log = join(dir, 'log')
  guard = startGuard()
})

afterEach(async () => {
  await guard.close()
  await rm(dir, { recursive: true, force: true })
})

const output = (): Promise<string> => readFile(log, 'utf8')

describe('a guarded process', () => {
  it('writes to its log, tells how it ended and is then no longer running', async () => {
    const process = await guard.spawn('sh', ['-c', 'echo out; echo err >&2; exit 3'], { log })
    expect(await process.exited).toEqual({ code: 3, signal: null })
    expect(process.running).toBe(false)
    expect(await output()).toBe('out\nerr\n')
  })

  it('has the environment and the directory it is given', async () => {
    await guard.run('sh', ['-c', 'echo "$A in $(pwd -P)"'], { log, cwd: '/', env: { ...process.env, A: 'x' } })
    expect(await output()).toBe('x in /\n')
  })

  it('is stopped by its stop signal', async () => {
    const script = 'trap "echo bye; exit 0" INT; echo ready; while :; do sleep 0.05; done'
    const process = await guard.spawn('sh', ['-c', script], { log, stopSignal: 'SIGINT' })
    await vi.waitFor(async () => expect(await output()).toBe('ready\n'), PATIENTLY)
    expect(await process.stop()).toEqual({ code: 0, signal: null })
    expect(await output()).toBe('ready\nbye\n')
  })

  it('is killed when it does not heed the stop signal, even when it was frozen', async () => {
    const process = await guard.spawn('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.05; done'], { log })
    await vi.waitFor(async () => expect(await output()).toBe('ready\n'), PATIENTLY)
    process.kill('SIGSTOP')
    expect(await process.stop(100)).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('takes what it has started with it', async () => {
    const process = await guard.spawn('sh', ['-c', 'sleep 600 & echo $!; wait'], { log })
    await vi.waitFor(async () => expect(await output()).toMatch(/^\d+\n$/), PATIENTLY)
    const child = Number(await output())
    expect(await isRunning(child)).toBe(true)
    process.kill('SIGKILL')
    await process.exited
    await vi.waitFor(async () => expect(await isRunning(child)).toBe(false), PATIENTLY)
  })
})

describe('a command that cannot be run', () => {
  it('is an error with the reason', async () => {
    await expect(guard.spawn('no-such-program', [], { log })).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringContaining('no-such-program could not be started'),
      cause: { code: 'ENOENT' },
    })
  })

  it('is an error when its log cannot be written, and the guard goes on', async () => {
    await expect(guard.spawn('true', [], { log: join(dir, 'missing', 'log') })).rejects.toMatchObject({ cause: { code: 'ENOENT' } })
    await guard.run('true', [], { log })
  })

  it('is an error with the end of its output when it fails', async () => {
    const failing = guard.run('sh', ['-c', 'for i in $(seq 100); do echo line $i; done; exit 7'], { log })
    await expect(failing).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringMatching(/exit code 7[^]*line 99\n {2}line 100$/),
    })
    await expect(failing).rejects.not.toThrow(/line 50\n/)
  })
})

describe('the guard', () => {
  it('ends everything and removes directories when it is closed', async () => {
    const data = join(dir, 'data')
    await mkdir(data)
    guard.removeAtEnd(data)
    const { pid } = await guard.spawn('sleep', ['600'], { log })
    await guard.close()
    expect(await isRunning(pid)).toBe(false)
    await expect(stat(data)).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(guard.spawn('true', [], { log })).rejects.toMatchObject({ code: 'GUARD_LOST' })
  })

  it('is not survived by its processes when it is killed itself', async () => {
    const sleeper = await guard.spawn('sleep', ['600'], { log })
    process.kill((await parentOf(sleeper.pid))!, 'SIGKILL')
    expect(await sleeper.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await vi.waitFor(async () => expect(await isRunning(sleeper.pid)).toBe(false), PATIENTLY)
    await expect(guard.spawn('true', [], { log })).rejects.toMatchObject({ code: 'GUARD_LOST' })
  })
})
