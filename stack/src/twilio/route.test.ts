import { describe, expect, it } from 'vitest'
import { routed, routeFrom } from './route.js'

describe('a proxy in front of webhooks', () => {
  const route = routeFrom('http://127.0.0.1:3002/=http://notifier:3000')

  it('passes on what goes to the public address', () => {
    expect(routed('http://127.0.0.1:3002/v1/twilio/status?delivery=1', route)).toBe('http://notifier:3000/v1/twilio/status?delivery=1')
  })

  it('lets all other addresses be', () => {
    expect(routed('http://127.0.0.1:30021/v1', route)).toBe('http://127.0.0.1:30021/v1')
    expect(routed('https://alerts.bank.example/v1', undefined)).toBe('https://alerts.bank.example/v1')
  })

  it.each(['', 'http://127.0.0.1:3002', 'http://a=b', 'a=http://b', 'http://a=http://b=http://c'])('is not %j', (text) => {
    expect(routeFrom(text)).toBeUndefined()
  })
})
