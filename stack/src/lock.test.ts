import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { withLock } from './lock.js'

let dir: string
let lock: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-test-'))
  lock = join(dir, 'lock')
})
afterEach(() => rm(dir, { recursive: true }))

it('lets one work at a time, and tells the others once that they wait', async () => {
  let inside = 0
  let most = 0
  const waits: string[] = []
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside)
    await new Promise((resolve) => setTimeout(resolve, 50))
    inside -= 1
  }
  await Promise.all(['a', 'b', 'c'].map((name) => withLock(lock, work, () => waits.push(name))))
  expect(most).toBe(1)
  expect(new Set(waits).size).toBe(waits.length)
  expect(waits).toHaveLength(2)
})

it('is free again after the work, also when the work fails', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await withLock(lock, async () => 'done')).toBe('done')
  expect(await readdir(dir)).toEqual([])
})

it('is taken from a process that is no more', async () => {
  await writeFile(lock, '999999999')
  expect(await withLock(lock, async () => 'done')).toBe('done')
})

it('is taken from one that has not touched it for long, even if its process id is in use', async () => {
  await writeFile(lock, String(process.pid))
  const longAgo = new Date(Date.now() - 60_000)
  await utimes(lock, longAgo, longAgo)
  expect(await withLock(lock, async () => 'done')).toBe('done')
})
