import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { UnderWay } from './under-way.js'

describe('UnderWay', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('takes the time between beginning and end, whichever is heard first', async () => {
    const all = new UnderWay()
    for (const id of ['a', 'b', 'c']) all.sent(id, true)
    all.begun('a', 10)
    all.ended('a', 25)
    all.ended('b', 30)
    all.begun('b', 31)
    all.begun('c', 40)
    const taken = all.taken()
    await vi.advanceTimersByTimeAsync(4_000)
    all.ended('c', 4_040)
    await vi.advanceTimersByTimeAsync(100)
    expect(await taken).toEqual({ latencies: [15, 0, 4_000], lost: 0 })
    expect(await all.taken()).toEqual({ latencies: [], lost: 0 })
  })

  it('leaves out what does not count, and what it has not sent', async () => {
    const all = new UnderWay()
    all.sent('a', false)
    all.begun('a', 1)
    all.ended('a', 2)
    all.ended('other', 3)
    expect(await all.taken()).toEqual({ latencies: [], lost: 0 })
  })

  it('gives up what does not come while nothing else does, once', async () => {
    const all = new UnderWay()
    for (const id of ['a', 'b']) {
      all.sent(id, true)
      all.begun(id, 0)
    }
    const taken = all.taken()
    await vi.advanceTimersByTimeAsync(4_900)
    all.ended('a', 4_900)
    await vi.advanceTimersByTimeAsync(5_100)
    expect(await taken).toEqual({ latencies: [4_900], lost: 1 })
    expect(await all.taken()).toEqual({ latencies: [], lost: 0 })
  })
})
