import { describe, expect, it } from 'vitest'
import { waitSeconds } from './prefer.js'

describe('Prefer', () => {
  it.each([
    ['wait=5', 5],
    ['wait=30', 30],
    ['wait=31', 30],
    ['wait=999999999', 30],
    ['Wait = 7', 7],
    ['wait="8"', 8],
    ['respond-async, wait=10', 10],
    ['respond-async;x=1 , wait=10; y="a, wait=3"', 10],
    ['handling=lenient;note="a, wait=3", wait=4', 4],
    ['wait=2, wait=9', 2],
  ])('asks for a wait: %s', (header, seconds) => {
    expect(waitSeconds(header)).toBe(seconds)
  })

  it.each([undefined, '', ',', 'wait', 'wait=', 'wait=0', 'wait=-1', 'wait=1.5', 'wait=soon', 'await=5', 'respond-async', 'note="wait=5"', 'wait=5 6', 'wait=soon, wait=5', '"wait=5', '"'.repeat(10_000)])(
    'asks for none: %s',
    (header) => {
      expect(waitSeconds(header)).toBeUndefined()
    },
  )
})
