import { describe, expect, it } from 'vitest'
import { parseTokenKeys, type TokenKeys } from './card-token.js'
import { fingerprint, hasFingerprint } from './request-fingerprint.js'

const first = '1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
const second = '2://///////////////////////////////////////////////////w=='
const keys = parseTokenKeys(first) as TokenKeys
const rotated = parseTokenKeys(`${first},${second}`) as TokenKeys

describe('the fingerprint of a body', () => {
  const body = { b: true, a: [1, 2.5, { z: 'ü', y: null }] }

  it('is HMAC-SHA-256 of its canonical JSON', () => {
    // Computed with Python's hmac.
    expect(fingerprint(keys, body)).toBe('v1.WIaPxEV8DxNBYWi8-a5Y4DO6yi12298lf8r1Y-KgA-Q')
  })

  it('is recognised, and another body is not', () => {
    expect(hasFingerprint(keys, { a: body.a, b: true }, fingerprint(keys, body))).toBe(true)
    expect(hasFingerprint(keys, { ...body, b: false }, fingerprint(keys, body))).toBe(false)
    expect(hasFingerprint(keys, body, '')).toBe(false)
  })

  it('is recognised after the token key was rotated, while the older key is listed', () => {
    expect(hasFingerprint(rotated, body, fingerprint(keys, body))).toBe(true)
    expect(hasFingerprint(parseTokenKeys(second) as TokenKeys, body, fingerprint(keys, body))).toBe(false)
  })
})
