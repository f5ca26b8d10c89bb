import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isIp, isPrivateIp } from './ip-address.js'

describe('an address', () => {
  test.each(['1.2.3.4', '255.255.255.255', '0.0.0.0', '::', '::1', '1::', '2001:db8::7', '1:2:3:4:5:6:7:8', '::ffff:192.0.2.1', '1:2:3:4:5:6:192.0.2.1', '2a03:0000:10ff:f00f:0000:0000:0:8000', '1::8', '::2:3:4:5:6:7:8'])('%s is one', (text) => {
    expect(isIp(text)).toBe(true)
  })

  test.each(['', '-', '1.2.3', '1.2.3.4.5', '256.1.1.1', '1.2.3.4:80', '01.2.3.4', ':', ':::', '1:2:3', '1::2::3', '12345::', '1:2:3:4:5:6:7:8:9', 'fe80::1%eth0', '[::1]', '1:2:3:4:5:6:7:', ':1:2:3:4:5:6:7', '::1.2.3', '1.2.3.4::'])('%s is none', (text) => {
    expect(isIp(text)).toBe(false)
  })

  test('is what Node says it is', () => {
    const piece = fc.constantFrom(':', '::', '.', '0', '1', '255', '256', 'a', 'ffff', 'g', '1.2.3.4', '12345')
    const text = fc.oneof(fc.ipV4(), fc.ipV6(), fc.array(piece, { maxLength: 18 }).map((pieces) => pieces.join('')))
    fc.assert(fc.property(text, (candidate) => isIp(candidate) === (isIP(candidate) !== 0)), { numRuns: 20_000 })
  })
})

test.each([['10.1.1.1', true], ['172.16.0.1', true], ['172.32.0.1', false], ['192.168.9.9', true], ['192.0.2.1', false], ['127.0.0.1', true], ['::1', true], ['fd00::1', true], ['fe80::1', true], ['2001:db8::1', false]])('%s is private: %s', (ip, expected) => {
  expect(isPrivateIp(ip)).toBe(expected)
})
