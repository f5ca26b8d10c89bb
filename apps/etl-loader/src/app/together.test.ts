import { describe, expect, test } from 'vitest'
import { together } from './together.js'

const untilAborted = (signal: AbortSignal) => new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve(`ended: ${String(signal.reason)}`), { once: true }))

describe('works that belong together', () => {
  test('give what each of them gives, in their order', async () => {
    expect(await together<[string, number]>(new AbortController().signal, [() => Promise.resolve('one'), () => Promise.resolve(2)])).toEqual(['one', 2])
  })

  test('end when the signal says so', async () => {
    const end = new AbortController()
    const ended = together<[string, string]>(end.signal, [untilAborted, untilAborted])
    end.abort('Ctrl-C')
    expect(await ended).toEqual(['ended: Ctrl-C', 'ended: Ctrl-C'])
  })

  test('end when one of them fails, and fail by that when all have ended', async () => {
    let ended = ''
    const failing = together(new AbortController().signal, [
      async (signal) => void (ended = await untilAborted(signal)),
      () => Promise.reject(new Error('the warehouse is full')),
    ])
    await expect(failing).rejects.toThrow('the warehouse is full')
    expect(ended).toBe('ended: Error: the warehouse is full')
  })
})
