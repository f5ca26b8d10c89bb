import { describe, expect, it } from 'vitest'
import { parseTrustedProxies, type TrustedProxies } from './trusted-proxies.js'

const trusted = (text: string): TrustedProxies => {
  const parsed = parseTrustedProxies(text)
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}

describe('the proxies that are believed', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:11.1.2.3', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['::1', '::1', true],
    ['::1', '127.0.0.1', false],
    ['fd00::/8', 'fd12:3456::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['127.0.0.1, 10.0.0.0/8 ,::1', '10.0.0.1', true],
    ['', '127.0.0.1', false],
    ['127.0.0.1', 'a socket', false],
    ['127.0.0.1', undefined, false],
  ])('of %j: %s, %s', (text, address, has) => {
    expect(trusted(text).has(address)).toBe(has)
  })

  it.each(['proxy.example', '10.0.0.0/33', '::1/129', '10.0.0', '10.0.0.0/', '10.0.0.1/8/8', '10.0.0.1:80', '*'])('cannot be %j', (entry) => {
    expect(parseTrustedProxies(`127.0.0.1,${entry}`)).toBe('entry 2 is no address and no network such as 10.0.0.0/8')
  })
})
