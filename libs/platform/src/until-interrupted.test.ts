import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { untilInterrupted } from './until-interrupted.js'

const listeners = () => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')

/** A process whose work says when it has begun and when it is told to end, and ends then, or never. */
async function working(ends: boolean) {
  const program = `
    import { untilInterrupted } from ${JSON.stringify(new URL('../dist/until-interrupted.js', import.meta.url).href)}
    const busy = setInterval(() => undefined, 1_000)
    console.log(await untilInterrupted(async (signal) => {
      console.log('begun')
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      console.log('told')
      if (${!ends}) await new Promise(() => undefined)
      return 'done'
    }))
    clearInterval(busy)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => (await lines.next()).value as string | undefined
  expect(await next()).toBe('begun')
  return { child, next, ended: once(child, 'exit') }
}

describe('what goes on until the process is told to end', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('is told by %s, and ends in its own time', async (signal) => {
    const { child, next, ended } = await working(true)
    child.kill(signal)
    expect([await next(), await next(), await ended]).toEqual(['told', 'done', [0, null]])
  })

  it('ends at once when it is told a second time', async () => {
    const { child, next, ended } = await working(false)
    child.kill('SIGINT')
    expect(await next()).toBe('told')
    child.kill('SIGTERM')
    expect(await ended).toEqual([null, 'SIGTERM'])
  })

  it('leaves no listener behind, whether it ends or fails', async () => {
    const before = listeners()
    const during = await untilInterrupted(() => Promise.resolve(listeners()))
    expect([during, listeners()]).toEqual([before + 2, before])
    await expect(untilInterrupted(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(listeners()).toBe(before)
  })
})
