import { parseVersionedKeys, type VersionedKeys } from '@swipestream/platform'
import { type JWTPayload, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { CustomerTokens, longestTokenSeconds } from './customer-tokens.js'

const keys = (text: string): VersionedKeys => {
  const parsed = parseVersionedKeys(text)
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}
const first = `1:${Buffer.alloc(32, 1).toString('base64')}`
const second = `2:${Buffer.alloc(32, 2).toString('base64')}`
const tokensWith = (text: string) => new CustomerTokens({ CUSTOMER_TOKEN_KEYS: keys(text) })
const tokens = tokensWith(first)

const now = Math.floor(Date.now() / 1_000)
const good: JWTPayload = { sub: 'c1', aud: 'inbox', iat: now, exp: now + 900 }

/** As a login would sign it that does what it wants. */
function signed(claims: JWTPayload, { kid = '1', key = first, alg = 'HS256' }: { kid?: string | undefined; key?: string; alg?: string } = {}): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(keys(key).newest.secret)
}

describe("a customer's token", () => {
  it('names its customer, and when it ends', async () => {
    expect(await tokens.open(await signed(good))).toEqual({ state: 'valid', holder: { customerId: 'c1', expiresAt: (now + 900) * 1_000 } })
  })

  it('that is issued for trying is one', async () => {
    expect(await tokens.open(await tokens.issue('c1'))).toMatchObject({ state: 'valid', holder: { customerId: 'c1' } })
  })

  it('of an older key holds as long as the key is there', async () => {
    const token = await tokens.issue('c1')
    expect(await tokensWith(`${first},${second}`).open(token)).toMatchObject({ state: 'valid' })
    expect(await tokensWith(second).open(token)).toMatchObject({ state: 'invalid' })
  })

  it('expires, a few seconds of difference between clocks apart', async () => {
    expect(await tokens.open(await signed({ ...good, iat: now - 60, exp: now - 2 }))).toMatchObject({ state: 'valid' })
    expect(await tokens.open(await signed({ ...good, iat: now - 60, exp: now - 10 }))).toEqual({ state: 'expired' })
  })

  it.each([
    ['lives a second too long', { exp: now + longestTokenSeconds + 1 }, { state: 'lives_too_long' }],
    ['is from the future', { iat: now + 60, exp: now + 120 }, { state: 'invalid', why: '`iat` is in the future' }],
    ['has no end', { exp: undefined }, { state: 'invalid', why: '`exp` is missing or wrong' }],
    ['has no beginning', { iat: undefined }, { state: 'invalid', why: '`iat` is missing or wrong' }],
    ['has no customer', { sub: undefined }, { state: 'invalid', why: '`sub` is missing or wrong' }],
    ['has an empty customer', { sub: '' }, { state: 'invalid', why: '`sub` must be the id of a customer' }],
    ['is for something else', { aud: 'answer' }, { state: 'invalid', why: '`aud` is missing or wrong' }],
    ['is for nothing', { aud: undefined }, { state: 'invalid', why: '`aud` is missing or wrong' }],
    ['is not good yet', { nbf: now + 60 }, { state: 'invalid', why: '`nbf` is missing or wrong' }],
  ])('is none when it %s', async (_, changes, opened) => {
    const { iat, exp, sub, aud, ...rest } = { ...good, ...changes }
    const claims = Object.fromEntries(Object.entries({ iat, exp, sub, aud, ...rest }).filter(([, value]) => value !== undefined))
    expect(await tokens.open(await signed(claims))).toEqual(opened)
  })

  it.each([
    ['an unknown key', { kid: '7' }],
    ['another key under a known name', { key: second.replace('2:', '1:') }],
    ['another algorithm', { alg: 'HS512' }],
  ])('is none when it is signed with %s', async (_, how) => {
    expect(await tokens.open(await signed(good, how))).toEqual({ state: 'invalid', why: 'it is no JWT that a known key signed' })
  })

  it.each(['', 'x', 'a.b.c', `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(good)).toString('base64url')}.`])('is not %j', async (token) => {
    expect(await tokens.open(token)).toMatchObject({ state: 'invalid' })
  })
})
