import { describe, expect, it } from 'vitest'
import { UnderWay } from './under-way.js'

describe('UnderWay', () => {
  it('takes the time between beginning and end, whichever is heard first', () => {
    const all = new UnderWay()
    for (const id of ['a', 'b', 'c']) all.sent(id, true)
    all.begun('a', 10)
    all.ended('a', 25)
    all.ended('b', 30)
    all.begun('b', 31)
    expect(all.size).toBe(1)
    expect(all.taken()).toEqual([15, 0])
    expect(all.taken()).toEqual([])
  })

  it('leaves out what does not count, and what it has not sent', () => {
    const all = new UnderWay()
    all.sent('a', false)
    all.begun('a', 1)
    all.ended('a', 2)
    all.ended('other', 3)
    expect([all.size, all.taken()]).toEqual([0, []])
  })
})
