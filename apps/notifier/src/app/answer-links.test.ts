import { parseVersionedKeys, type VersionedKeys } from '@swipestream/platform'
import { describe, expect, it } from 'vitest'
import { AnswerLinks } from './answer-links.js'

const keys = (text: string): VersionedKeys => {
  const parsed = parseVersionedKeys(text)
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}
const first = `1:${Buffer.alloc(32, 1).toString('base64')}`
const second = `2:${Buffer.alloc(32, 2).toString('base64')}`
const linksWith = (text: string) => new AnswerLinks({ ANSWER_KEYS: keys(text), PUBLIC_URL: 'https://alerts.bank.example' })

const alertId = '0199a1b2-c3d4-7000-8000-000000000001'
const later = Date.now() + 60_000
const prefix = 'https://alerts.bank.example/v1/answers/'
const tokenOf = async (links: AnswerLinks, expiresAt = later): Promise<string> => (await links.urlFor(alertId, expiresAt)).slice(prefix.length)

describe('a link to answer by', () => {
  it('is one path of letters, digits, dashes and dots', async () => {
    const url = await linksWith(first).urlFor(alertId, later)
    expect(url).toMatch(/^https:\/\/alerts\.bank\.example\/v1\/answers\/[\w.-]+$/)
  })

  it('names its alert', async () => {
    const links = linksWith(first)
    expect(await links.open(await tokenOf(links))).toEqual({ state: 'valid', alertId })
  })

  it('of an older key holds as long as the key is there', async () => {
    const token = await tokenOf(linksWith(first))
    expect(await linksWith(`${first},${second}`).open(token)).toEqual({ state: 'valid', alertId })
    expect(await linksWith(second).open(token)).toEqual({ state: 'invalid' })
  })

  it('expires', async () => {
    const links = linksWith(first)
    expect(await links.open(await tokenOf(links, Date.now() - 2_000))).toEqual({ state: 'expired' })
  })

  it('that was tampered with in any character is nothing', async () => {
    const links = linksWith(first)
    const token = await tokenOf(links)
    for (let i = 0; i < token.length; i++) {
      // The last character of a part holds bits that mean nothing: another one there can be the same token.
      const other = token[i] === 'A' ? 'Q' : 'A'
      const tampered = token.slice(0, i) + other + token.slice(i + 1)
      const sameBytes = tampered.split('.').every((part, n) => Buffer.from(part, 'base64url').equals(Buffer.from(token.split('.')[n] ?? '', 'base64url')))
      if (!sameBytes) expect((await links.open(tampered)).state, tampered).toBe('invalid')
    }
  })

  it.each([
    ['no token', 'x'],
    ['one without a signature', `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(`{"sub":"${alertId}","aud":"answer","exp":99999999999}`).toString('base64url')}.`],
    ['nothing', ''],
  ])('is not %s', async (_, token) => {
    expect(await linksWith(first).open(token)).toEqual({ state: 'invalid' })
  })

  it('is not a token that the same key signed for something else', async () => {
    const { SignJWT } = await import('jose')
    const token = await new SignJWT().setProtectedHeader({ alg: 'HS256', kid: '1' }).setSubject(alertId).setAudience('inbox').setExpirationTime('1h').sign(keys(first).newest.secret)
    expect(await linksWith(first).open(token)).toEqual({ state: 'invalid' })
  })
})
