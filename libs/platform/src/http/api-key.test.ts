import { describe, expect, it } from 'vitest'
import { apiKeyEntry, findApiKey, parseApiKeys, type ApiKey } from './api-key.js'

// SHA-256 of "a-key", by sha256sum.
const hash = '2a8a1240f50636655520ac8ed22aa29473b8517b4abfdbc3bc03bcad73fc8849'

const scopes = ['orders:write', 'orders:read'] as const

describe('API keys', () => {
  it('are found by the key, which the list does not hold', () => {
    const keys = parseApiKeys(`terminal-gateway:${hash}:orders:write+orders:read, office:${'0'.repeat(64)}:orders:read`, scopes) as ApiKey[]
    expect(findApiKey(keys, 'a-key')).toMatchObject({ client: 'terminal-gateway', scopes: new Set(['orders:write', 'orders:read']) })
    expect(findApiKey(keys, 'A-key')).toBeUndefined()
    expect(findApiKey(keys, '')).toBeUndefined()
    expect(findApiKey(keys, hash)).toBeUndefined()
  })

  it('are written as they are read', () => {
    expect(apiKeyEntry('office', 'a-key', ['orders:read'])).toBe(`office:${hash}:orders:read`)
  })

  it.each([
    ['', 'entry 1 is not <client>:<sha256 hex>:<scope>[+<scope>]'],
    [`office:${hash}`, 'entry 1 is not <client>:<sha256 hex>:<scope>[+<scope>]'],
    [`office:${hash}:orders:read,x`, 'entry 2 is not <client>:<sha256 hex>:<scope>[+<scope>]'],
    ['office:plain-text-key:orders:read', 'entry 1 is not <client>:<sha256 hex>:<scope>[+<scope>]'],
    [`Office 1:${hash}:orders:read`, 'entry 1 is not <client>:<sha256 hex>:<scope>[+<scope>]'],
    [`office:${hash}:orders:admin`, 'entry 1 (office) has a scope other than orders:write, orders:read'],
  ])('need a proper list: %j', (text, why) => {
    expect(parseApiKeys(text, scopes)).toBe(why)
  })
})
