import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextWatermark, type Watermark } from './watermark.js'

describe('the watermark', () => {
  const at = (change: string, key: string | null = null): Watermark => ({ change, key: key === null ? null : [key] })

  test.each<[string, Watermark, Watermark | null, Watermark]>([
    ['stands at the last row of a page that others follow', at('10'), at('20', 'k'), at('20', 'k')],
    ['goes on within one time', at('20', 'a'), at('20', 'b'), at('20', 'b')],
    ['stands at the bound when all was read', at('10', 'a'), null, at('50')],
    ['stands at the bound when rows after it were read', at('10'), at('60', 'k'), at('50')],
    ['stands at the bound when rows of its time were read', at('10'), at('50', 'k'), at('50')],
    ['stays where it is when the bound is before it', at('55', 'k'), null, at('55', 'k')],
    ['stays within the time of the bound', at('50', 'k'), null, at('50', 'k')],
  ])('%s', (_, before, last, expected) => {
    expect(nextWatermark(before, last, '50')).toEqual(expected)
  })

  test('never passes the bound, nor goes back', () => {
    const time = fc.nat(99).map((n) => String(n).padStart(2, '0'))
    const place = fc.record({ change: time, key: fc.option(fc.tuple(fc.string()), { nil: null }) })
    fc.assert(
      fc.property(place, fc.option(place, { nil: null }), time, (before, last, bound) => {
        const next = nextWatermark(before, last, bound)
        if (next !== before) expect(next.change <= bound && (next.change < bound || next.key === null)).toBe(true)
        expect(next.change >= before.change).toBe(true)
      }),
    )
  })
})
