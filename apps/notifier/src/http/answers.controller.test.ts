import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { exampleAlert } from '../domain/example-alert.js'
import { type HttpSide, startHttpSide } from './http-side.js'

let http: HttpSide
let path: string

const alert = exampleAlert()
const later = (): number => Date.now() + 60_000
const pathOf = async (expiresAt = later()): Promise<string> => new URL(await http.links.urlFor(alert.alert_id, expiresAt)).pathname.replace('/alerts', '')
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const post = (payload: string, url = path) => http.send('POST', url, { payload, headers: form })

beforeAll(async () => {
  http = await startHttpSide()
  path = await pathOf()
})
beforeEach(() => {
  http.answers.splice(0)
  http.question = { state: 'open', verdict: null, alert, language: 'en', time_zone: 'Europe/Berlin' }
  http.outcome = { outcome: 'given' }
})
afterAll(() => http.stop())

describe('the page behind the link', () => {
  it('asks, with what is known of the payment, and one form to the same address', async () => {
    const { status, text } = await http.send('GET', path)
    expect(status).toBe(200)
    for (const fact of ['Was this you?', 'EUR 1,499.00', 'Orchard Electronics', 'Singapore', '3 March 2026 at 14:05 CET', 'ending 1234']) expect(text).toContain(fact)
    expect(text.match(/<form[^>]*>/g)).toEqual(['<form method="post">'])
    expect(text.match(/<button[^>]*>/g)).toEqual(['<button class="yes" name="answer" value="yes">', '<button class="no" name="answer" value="no">'])
    expect(text).toContain('<html lang="en">')
  })

  it('changes nothing when it is opened, or looked at with HEAD', async () => {
    await http.send('GET', path)
    expect((await http.send('HEAD', path)).status).toBe(200)
    expect(http.answers).toEqual([])
  })

  it.each([
    ['de', 'Waren Sie das?', '1.499,00 EUR', 'Singapur', '3. März 2026 um 14:05 MEZ'],
    ['fr', 'Était-ce vous ?', '1 499,00 EUR', 'Singapour', '3 mars 2026'],
    ['es', '¿Fue usted?', '1.499,00 EUR', 'Singapur', '3 de marzo de 2026'],
  ])("is in the customer's language: %s", async (language, ...shown) => {
    http.question = { ...http.question!, language }
    const { text } = await http.send('GET', path, { headers: { 'accept-language': 'en' } })
    expect(text).toContain(`<html lang="${language}">`)
    for (const what of shown) expect(text).toContain(what)
  })

  it("is in the browser's language where the customer is not known, and in UTC", async () => {
    http.question = { ...http.question!, language: null, time_zone: null }
    const { text } = await http.send('GET', path, { headers: { 'accept-language': 'it, fr-CH;q=0.9, en;q=0.8' } })
    expect(text).toContain('<html lang="fr">')
    expect(text).toContain('UTC')
  })

  it('shows a hostile merchant as it is called, and lets it add nothing', async () => {
    http.question = { ...http.question!, alert: exampleAlert({ merchant_name: '<script>alert(1)</script>"\'&', country: '"><', currency: '<b>', card_last4: '<i>' }) }
    const { text } = await http.send('GET', path)
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;')
    expect(text).not.toMatch(/<script|<b>|<i>/)
  })

  it('is kept by nobody, loads nothing, and tells nobody its address', async () => {
    for (const { headers, text } of [await http.send('GET', path), await post('answer=yes'), await http.send('GET', '/v1/answers/x')]) {
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-robots-tag': 'noindex, nofollow',
      })
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/)
      expect(text).not.toMatch(/<(script|link|img|iframe)|url\(|@import|https?:/)
    }
  })

  it('says what was answered, once it was', async () => {
    http.question = { ...http.question!, state: 'answered', verdict: 'confirmed_fraud' }
    const { status, text } = await http.send('GET', path)
    expect(status).toBe(200)
    expect(text).toContain('Your answer was: no, it was not you.')
    expect(text).not.toContain('<form')
  })

  it('has expired with its question, or with its token', async () => {
    expect((await http.send('GET', await pathOf(Date.now() - 5_000))).status).toBe(410)
    http.question = { ...http.question!, state: 'expired' }
    expect((await http.send('GET', path)).status).toBe(410)
  })

  it('is not found by a token that was changed, or of a question that is not there', async () => {
    const [head, claims = '', signature] = path.split('.')
    const other = Buffer.from(Buffer.from(claims, 'base64url').toString().replace('0001', '0002')).toString('base64url')
    expect((await http.send('GET', `${head}.${other}.${signature}`)).status).toBe(404)
    expect((await http.send('GET', '/v1/answers/x')).status).toBe(404)
    http.question = undefined
    expect((await http.send('GET', path)).status).toBe(404)
  })
})

describe('the form', () => {
  it.each([['yes', 'legitimate', 'Thank you'], ['no', 'confirmed_fraud', 'Your card ending 1234 is being blocked']] as const)('gives the answer %s', async (answer, verdict, said) => {
    const { status, text } = await post(`answer=${answer}`)
    expect(status).toBe(200)
    expect(text).toContain(said)
    expect(http.answers).toEqual([{ alertId: alert.alert_id, verdict, from: { way: 'email' } }])
  })

  it.each(['', 'answer=', 'answer=maybe', 'answer=yes&answer=no', 'other=yes', 'answer=YES'])('asks again when it says %j', async (body) => {
    const { status, text } = await post(body)
    expect(status).toBe(422)
    expect(text).toContain('Nothing was changed.')
    expect(text).toContain('<form')
    expect(http.answers).toEqual([])
  })

  it('tells who comes second what was answered', async () => {
    http.outcome = { outcome: 'already_answered', verdict: 'legitimate' }
    const { status, text } = await post('answer=no')
    expect(status).toBe(409)
    expect(text).toContain('Your answer was: yes, it was you.')
  })

  it('is too late when the question has expired, even meanwhile', async () => {
    http.outcome = { outcome: 'expired' }
    expect((await post('answer=no')).status).toBe(410)
    expect((await post('answer=no', await pathOf(Date.now() - 5_000))).status).toBe(410)
  })

  it('is nothing under an address that is not valid', async () => {
    expect((await post('answer=no', `${path}x`)).status).toBe(404)
    expect(http.answers).toEqual([])
  })
})

describe('the log', () => {
  it('has every request and no token', async () => {
    await http.send('GET', path)
    await post('answer=yes')
    const token = path.split('/').at(-1) ?? ''
    expect(http.log.filter((line) => line.includes('/v1/answers/:token')).length).toBeGreaterThanOrEqual(2)
    expect(http.log.filter((line) => line.includes(token) || line.includes(token.split('.')[2] ?? ''))).toEqual([])
  })
})

describe('a form of any kind', () => {
  it('is taken only where forms are sent', async () => {
    expect((await http.send('POST', '/v1/anything', { payload: 'a=1', headers: form })).status).toBe(415)
    expect((await http.send('POST', '/v1/anything', { payload: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(404)
  })
})
