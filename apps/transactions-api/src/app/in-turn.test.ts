import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { InTurn } from './in-turn.js'

/** Works that note their beginning, and end when told. */
function works() {
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<string>>()
  const inTurn = new InTurn()
  const run = (work: string, name: string): Promise<string> =>
    inTurn.run(name, () => {
      begun.push(work)
      const end = Promise.withResolvers<string>()
      ends.set(work, end)
      return end.promise
    })
  return { begun, run, end: (work: string) => ends.get(work)?.resolve(work), fail: (work: string) => ends.get(work)?.reject(new Error(work)) }
}

describe('works in turn', () => {
  it('begin at once when they have different names', () => {
    const { begun, run } = works()
    void run('a', 'key 1')
    void run('b', 'key 2')
    expect(begun).toEqual(['a', 'b'])
  })

  it('wait for all of their name before them, and only for those', async () => {
    const { begun, run, end } = works()
    for (const work of ['a', 'b', 'c']) void run(work, 'key 1')
    void run('other', 'key 2')
    end('other')
    await turn()
    expect(begun).toEqual(['a', 'other'])
    end('a')
    await turn()
    expect(begun).toEqual(['a', 'other', 'b'])
    end('b')
    await turn()
    expect(begun).toEqual(['a', 'other', 'b', 'c'])
  })

  it('go on after one that failed', async () => {
    const { begun, run, fail, end } = works()
    const first = run('a', 'key 1')
    const second = run('b', 'key 1')
    fail('a')
    await expect(first).rejects.toThrow('a')
    await turn()
    expect(begun).toEqual(['a', 'b'])
    end('b')
    await expect(second).resolves.toBe('b')
  })
})
