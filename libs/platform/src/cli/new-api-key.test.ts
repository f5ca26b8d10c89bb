import { describe, expect, it } from 'vitest'
import { newApiKey } from './new-api-key.js'

// SHA-256 of "a-key", by sha256sum.
const hash = '2a8a1240f50636655520ac8ed22aa29473b8517b4abfdbc3bc03bcad73fc8849'

describe('npm run api-key', () => {
  it('prints the key and its entry, and names the variable that the entry belongs to', () => {
    expect(newApiKey(['till', 'transactions:write'], 'a-key')).toEqual({
      code: 0, err: '',
      out: `key, for the client, shown this once:\n  a-key\nentry, for API_KEYS (separate entries by commas):\n  till:${hash}:transactions:write\n`,
    })
    expect(newApiKey(['risk', 'rules:read+rules:write'], 'a-key').out).toContain(`entry, for RULES_API_KEYS (separate entries by commas):\n  risk:${hash}:rules:read+rules:write\n`)
  })

  it('prints an entry for each variable when the scopes are of two services', () => {
    const { out } = newApiKey(['office', 'rules:read', 'transactions:read'], 'a-key')
    expect(out).toContain(`API_KEYS (separate entries by commas):\n  office:${hash}:transactions:read\n`)
    expect(out).toContain(`RULES_API_KEYS (separate entries by commas):\n  office:${hash}:rules:read\n`)
  })

  it.each([[[]], [['till']], [['till', 'transactions:admin']], [['till', 'rules:read', 'x']]])('tells its usage for %j', (args) => {
    const { code, out, err } = newApiKey(args, 'a-key')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('Scopes: transactions:write, transactions:read, feedback:write (API_KEYS); rules:read, rules:write (RULES_API_KEYS)')
  })

  it('refuses a name that no entry can have', () => {
    expect(newApiKey(['Till 1', 'rules:read'], 'a-key')).toMatchObject({ code: 2, out: '', err: expect.stringContaining("The client's name") })
  })
})
