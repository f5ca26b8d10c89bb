import { describe, expect, it } from 'vitest'
import { growthOf } from './growth.js'

const far = Array.from({ length: 101 }, (_, i) => ({ at: i * 10, done: i * 10 }))

describe('memory along a table', () => {
  it('is that of the second tenth, and of the last', () => {
    const usage = far.map(({ at }) => ({ at, rssMb: at < 100 ? 1_000 : at < 500 ? 100 : at < 900 ? 500 : 120 }))
    expect(growthOf(far, usage, 1_000)).toEqual({ earlyMb: 100, lateMb: 120, growth: 1.2 })
  })

  it('is a median: a heap that is collected goes up and down', () => {
    const usage = far.map(({ at }, i) => ({ at, rssMb: i % 3 === 0 ? 300 : 100 }))
    expect(growthOf(far, usage, 1_000)).toMatchObject({ growth: 1 })
  })

  it('needs a table that lasts', () => {
    expect(() => growthOf([{ at: 0, done: 0 }, { at: 10, done: 1_000 }], [{ at: 5, rssMb: 1 }], 1_000)).toThrow('more rows are needed')
  })
})
