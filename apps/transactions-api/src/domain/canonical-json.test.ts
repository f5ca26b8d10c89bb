import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.js'

describe('canonical JSON', () => {
  it('is the same for the same value, whatever the order of its fields', () => {
    expect(canonicalJson({ b: true, a: [1, 2.5, { z: 'ü', y: null }] })).toBe('{"a":[1,2.5,{"y":null,"z":"ü"}],"b":true}')
    expect(canonicalJson({ a: [1, 2.5, { y: null, z: 'ü' }], b: true })).toBe('{"a":[1,2.5,{"y":null,"z":"ü"}],"b":true}')
  })

  it('leaves absent fields out', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe(canonicalJson({ b: 1 }))
  })

  it('tells different values apart, and reads back as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(JSON.parse(canonicalJson(a))).toEqual(JSON.parse(JSON.stringify(a)))
        const same = canonicalJson(a) === canonicalJson(b)
        if (same) expect(JSON.parse(JSON.stringify(a))).toEqual(JSON.parse(JSON.stringify(b)))
      }),
    )
  })
})
