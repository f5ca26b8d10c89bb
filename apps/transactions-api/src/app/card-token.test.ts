import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseCardNumber } from '../domain/card-number.js'
import { cardToken, parseTokenKeys, type TokenKeys } from './card-token.js'

const first = '1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
const second = '2://///////////////////////////////////////////////////w=='
const keys = (text: string): TokenKeys => {
  const parsed = parseTokenKeys(text)
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}

describe('card tokens', () => {
  // Expected values computed with Python's hmac and with `openssl dgst -sha256 -mac HMAC`.
  it.each([
    [first, '4111111111111111', 'v1.BiIkEgE4KkWRL7IoKLP321FTzyBycipz3tImI-p5q8k'],
    [first, '5555555555554444', 'v1.XMux5K4p4MQImH13yc7W8WmXeylA-audzFG-NgzoHJM'],
    [second, '4111111111111111', 'v2.inOg-09pHO4fwEd1fphpqUJTokda0hXVscYDmqVD8rk'],
  ])('are HMAC-SHA-256 of the number: %s %s', (key, number, token) => {
    expect(cardToken(keys(key).newest, parseCardNumber(number)!)).toBe(token)
  })

  it('are the same however the number was written', () => {
    const { newest } = keys(first)
    expect(cardToken(newest, parseCardNumber('4111-1111 1111-1111')!)).toBe(cardToken(newest, parseCardNumber('4111111111111111')!))
  })

  it('are made with the highest version, wherever it stands', () => {
    expect(keys(`${second},${first}`).newest.version).toBe(2)
    expect(keys(`${first}, 10:${second.slice(2)}, ${second}`).newest.version).toBe(10)
    expect(keys(`${first},${second}`).byVersion.get(1)?.secret.export()).toEqual(Buffer.from([...Array(32).keys()]))
  })

  it('keep their secrets out of what is printed', () => {
    expect(inspect(keys(first), { depth: 10 }) + JSON.stringify(keys(first).newest)).not.toMatch(/AAECAw|01, 02|1,2/)
  })

  it('need proper keys', () => {
    expect(parseTokenKeys('1:AAEC')).toBe('the key of version 1 has 3 bytes, at least 32 are needed')
  })
})
