import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { holderOf, lockState } from './state-lock.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

describe('a state directory', () => {
  test('is had by one at a time', async () => {
    const lock = await lockState(directory)
    await expect(lockState(directory)).rejects.toMatchObject({ code: 'LOG_STATE_LOCKED', kind: 'fatal' })
    expect(await holderOf(directory)).toBe(process.pid)
    await lock.release()
    expect(await holderOf(directory)).toBeNull()
    await (await lockState(directory)).release()
    expect(await readdir(directory)).toEqual([])
  })

  test('is had by one of many that take it at once', async () => {
    const taken = await Promise.allSettled(Array.from({ length: 20 }, () => lockState(directory)))
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test.each([
    ['a process that is gone', '999999999 1'],
    ['a process whose number another has now', `${process.pid} 1`],
    ['nobody, as the text says nothing', ''],
  ])('is taken from %s', async (_, holder) => {
    await writeFile(join(directory, 'lock'), holder)
    await expect(lockState(directory)).resolves.toBeDefined()
  })

  test('is made where it is missing', async () => {
    await expect(lockState(join(directory, 'a', 'b'))).resolves.toBeDefined()
  })
})
