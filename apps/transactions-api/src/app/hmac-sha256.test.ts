import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hmacSha256 } from './hmac-sha256.js'

describe('HMAC-SHA-256', () => {
  // RFC 4231, test cases 2 and 6.
  it.each([
    ['Jefe', 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
    ['\xaa'.repeat(131), 'Test Using Larger Than Block-Size Key - Hash Key First', '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54'],
  ])('is as RFC 4231 has it', (key, text, hex) => {
    expect(hmacSha256(Buffer.from(key, 'latin1'))(text)).toBe(Buffer.from(hex, 'hex').toString('base64url'))
  })

  it.each([0, 1, 32, 63, 64, 65, 200])("is as node:crypto's with a key of %i bytes, again and again", (length) => {
    const key = Buffer.alloc(length, 'a key')
    const hmac = hmacSha256(key)
    for (const text of ['4111111111111111', '', 'Café \u{1f363}', 'x'.repeat(5_000), '4111111111111111']) {
      expect(hmac(text)).toBe(createHmac('sha256', key).update(text, 'utf8').digest('base64url'))
    }
  })
})
