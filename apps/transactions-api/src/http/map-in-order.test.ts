import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { mapInOrder } from './map-in-order.js'

const collect = <T>(results: AsyncIterable<T>): Promise<T[]> => Readable.from(results).toArray()

/** Work that ends when the test says so, and a source that notes how far it was read. */
function harness(count: number, limit: number) {
  const works: PromiseWithResolvers<string>[] = []
  const source = { read: 0, broken: undefined as Error | undefined }
  const end = new AbortController()
  const items = (async function* () {
    for (let i = 0; i < count; i++) {
      source.read++
      yield i
    }
    if (source.broken) throw source.broken
  })()
  const results = mapInOrder(
    items,
    limit,
    (item) => {
      works[item] = Promise.withResolvers<string>()
      return works[item].promise
    },
    end.signal,
  )
  return { works, source, end, results, finish: (item: number) => works[item]?.resolve(`r${item}`) }
}

describe('results in order', () => {
  it('come in the order of the items, whichever is done first', async () => {
    const { results, finish } = harness(3, 3)
    const all = collect(results)
    await turn()
    for (const item of [2, 0, 1]) finish(item)
    expect(await all).toEqual(['r0', 'r1', 'r2'])
  })

  it('come before the next item does', async () => {
    const never = Promise.withResolvers<number>()
    const items = (async function* () {
      yield 0
      yield await never.promise
    })()
    const results = mapInOrder(items, 8, () => Promise.resolve('r0'), new AbortController().signal)
    expect(await results.next()).toEqual({ done: false, value: 'r0' })
  })

  it('are worked on up to the limit, and no further item is read while nobody takes them', async () => {
    const { results, works, source, finish } = harness(100, 4)
    const first = results.next()
    await turn()
    expect(works).toHaveLength(4)
    for (let item = 0; item < 4; item++) finish(item)
    await first
    await turn()
    // One more than is worked on: it is asked for before there is room.
    expect(source.read).toBeLessThanOrEqual(5)
    expect(works).toHaveLength(4)
    await Promise.all([results.next(), results.next()])
    await turn()
    expect(source.read).toBeLessThanOrEqual(7)
  })

  it('break with the source', async () => {
    const { results, source, finish } = harness(1, 4)
    source.broken = new Error('aborted')
    const first = results.next()
    await expect(first).rejects.toThrow('aborted')
    finish(0)
  })

  it('end early when asked to, with what is in hand', async () => {
    const { results, end, finish, works } = harness(100, 2)
    const all = collect(results)
    await turn()
    end.abort()
    finish(0)
    finish(1)
    expect(await all).toEqual(['r0', 'r1'])
    expect(works).toHaveLength(2)
  })

  it('end when asked to, also while the source gives nothing', async () => {
    const end = new AbortController()
    const silent = (async function* () {
      yield await Promise.withResolvers<number>().promise
    })()
    const all = collect(mapInOrder(silent, 2, () => Promise.resolve(0), end.signal))
    await turn()
    end.abort()
    expect(await all).toEqual([])
  })
})
