import { describe, expect, it } from 'vitest'
import { calledAddress } from './called-address.js'

const trusted = { has: (address: string | undefined) => address === '10.0.0.1' }
const url = '/v1/twilio/status?delivery=1&x=%27'
const called = (publicUrl: string, headers: Record<string, string>, remoteAddress = '10.0.0.1'): string =>
  calledAddress({ url, headers, socket: { remoteAddress } }, publicUrl, trusted)

describe('the address that was called', () => {
  it.each([
    ['https://alerts.bank.example', 'https://alerts.bank.example'],
    ['https://bank.example/alerts', 'https://bank.example/alerts'],
    ['http://127.0.0.1:3002', 'http://127.0.0.1:3002'],
  ])('of %s is it, with path and query as they came', (publicUrl, base) => {
    expect(called(publicUrl, {}, '203.0.113.9')).toBe(base + url)
  })

  it.each([
    ['scheme, host and port', { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'a.example', 'x-forwarded-port': '8080' }, 'http://a.example:8080/alerts'],
    ['a host with its port', { 'x-forwarded-host': 'a.example:8443', 'x-forwarded-port': '443' }, 'https://a.example:8443/alerts'],
    ['only the scheme', { 'x-forwarded-proto': 'http' }, 'http://bank.example/alerts'],
    ['only the port', { 'x-forwarded-port': '444' }, 'https://bank.example:444/alerts'],
    ['what several proxies passed', { 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'a.example, inner' }, 'https://a.example/alerts'],
    ['an IPv6 host', { 'x-forwarded-host': '[2001:db8::1]', 'x-forwarded-port': '8443' }, 'https://[2001:db8::1]:8443/alerts'],
    ['nothing', { 'x-forwarded-proto': '' }, 'https://bank.example/alerts'],
  ])('is what a believed proxy says: %s', (_what, headers, base) => {
    expect(called('https://bank.example/alerts', headers)).toBe(base + url)
  })

  it('is not what anybody else says', () => {
    const headers = { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil.example', 'x-forwarded-port': '1' }
    expect(called('https://bank.example', headers, '203.0.113.9')).toBe(`https://bank.example${url}`)
  })
})
