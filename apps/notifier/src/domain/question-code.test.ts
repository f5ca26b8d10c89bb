import { describe, expect, it } from 'vitest'
import { nextCode } from './question-code.js'

describe('the code of a question', () => {
  it('is not needed where it is the only question of a number without one', () => {
    expect(nextCode(new Set(), 0.5)).toBeNull()
    expect(nextCode(new Set(['42']), 0.5)).toBeNull()
  })

  it('is two digits that no other open question has', () => {
    expect(nextCode(new Set([null]), 0)).toBe('10')
    expect(nextCode(new Set([null]), 0.999)).toBe('99')
    expect(nextCode(new Set([null, '10', '11']), 0)).toBe('12')
  })

  it('cannot be had when all are taken', () => {
    const all = new Set([null, ...Array.from({ length: 90 }, (_, i) => String(10 + i))])
    expect(nextCode(all, 0.5)).toBeUndefined()
  })
})
