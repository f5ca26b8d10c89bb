import { metricsRegistry } from '@swipestream/platform'
import { getExpectedBodyHash, getExpectedTwilioSignature, validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { authToken, type HttpAnswer, type HttpRequest, type HttpSide, startHttpSide } from '../http-side.js'

let http: HttpSide

beforeAll(async () => {
  http = await startHttpSide()
})
beforeEach(() => {
  http.reports.splice(0)
  http.texts.splice(0)
  http.taken = { outcome: 'given', language: 'en' }
})
afterAll(() => http.stop())

const publicUrl = 'https://bank.example/alerts'
const sid = `SM${'a'.repeat(32)}`
const delivery = '0199a1b2-c3d4-7000-8000-000000000001'
const path = `/v1/twilio/status?delivery=${delivery}`
const fields = { MessageSid: sid, MessageStatus: 'delivered', To: '+4930231250089', AccountSid: 'AC1' }
const form = 'application/x-www-form-urlencoded'

type Fields = Readonly<Record<string, string | string[]>>

function encoded(values: Fields): string {
  const entries = Object.entries(values).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]))
  return new URLSearchParams(entries).toString()
}

const codeOf = ({ text }: HttpAnswer): unknown => (text === '' ? undefined : (JSON.parse(text) as { code?: unknown }).code)

/** As Twilio does it, unless a change says otherwise. */
function post(url: string, values: Fields, { payload, headers = {}, ...more }: HttpRequest = {}, called = publicUrl + url): Promise<HttpAnswer> {
  const signature = getExpectedTwilioSignature(authToken, called, values)
  return http.send('POST', url, { payload: payload ?? encoded(values), headers: { 'content-type': form, 'x-twilio-signature': signature, ...headers }, ...more })
}

describe('a request of Twilio', () => {
  it('is believed when it is signed over the public address and its fields', async () => {
    expect((await post(path, fields)).status).toBe(204)
    expect(http.reports).toEqual([{ deliveryId: delivery, report: { sid, status: 'delivered', errorCode: null } }])
  })

  it("is checked as Twilio's own example is", () => {
    // Of the documentation of Twilio's packages, in all their languages.
    const example = { CallSid: 'CA1234567890ABCDE', Caller: '+14158675309', Digits: '1234', From: '+14158675309', To: '+18005551212' }
    expect(validateRequest('12345', 'RSOYDt4T1cUTdK1PDd93/VVr8B8=', 'https://mycompany.com/myapp.php?foo=1&bar=2', example)).toBe(true)
  })

  it('is believed with the standard port in the signed address, and without', async () => {
    expect((await post(path, fields, {}, `https://bank.example:443/alerts${path}`)).status).toBe(204)
    expect((await post(path, fields, {}, `https://bank.example:8443/alerts${path}`)).status).toBe(403)
  })

  it('is believed whatever the order of its fields, with repeated ones and with letters of all kinds', async () => {
    const values = { ...fields, Body: 'Straße & 100 % ☃ +1', MediaUrl: ['b', 'a'] }
    expect((await post(path, values, { payload: encoded(Object.fromEntries(Object.entries(values).reverse())) })).status).toBe(204)
  })

  it('is believed behind a proxy that is trusted, as that says where it was sent to', async () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'other.example', 'x-forwarded-port': '8443' }
    const called = `https://other.example:8443/alerts${path}`
    expect((await post(path, fields, { headers, remoteAddress: '10.0.0.1' }, called)).status).toBe(204)
    expect((await post(path, fields, { headers, remoteAddress: '10.0.0.2' }, called)).status).toBe(403)
    expect((await post(path, fields, { headers, remoteAddress: '10.0.0.2' })).status).toBe(204)
    expect((await post(path, fields, { headers: { 'x-forwarded-host': 'not a host' }, remoteAddress: '10.0.0.1' })).status).toBe(403)
  })

  it('is believed with JSON whose hash is in the signed address, and only then', async () => {
    const json = JSON.stringify(fields)
    const hashed = `${path}&bodySHA256=${getExpectedBodyHash(json)}`
    const headers = { 'content-type': 'application/json' }
    expect((await post(hashed, {}, { payload: json, headers })).status).toBe(204)
    expect((await post(hashed, {}, { payload: json.replace('delivered', 'undelivered'), headers })).status).toBe(403)
    expect(codeOf(await post(path, {}, { payload: json, headers }))).toBe('TWILIO_SIGNATURE_WRONG')
    expect(http.reports).toHaveLength(1)
  })

  it.each([
    ['a field was changed', { payload: encoded({ ...fields, MessageStatus: 'failed' }) }],
    ['a field was added', { payload: encoded({ ...fields, ErrorCode: '21610' }) }],
    ['a field was taken out', { payload: encoded({ MessageSid: sid, MessageStatus: 'delivered' }) }],
    ['the body is gone', { payload: '' }],
    ['the signature is of another token', { headers: { 'x-twilio-signature': getExpectedTwilioSignature('other', publicUrl + path, fields) } }],
    ['the signature is cut', { headers: { 'x-twilio-signature': getExpectedTwilioSignature(authToken, publicUrl + path, fields).slice(0, -2) } }],
    ['the signature is nonsense', { headers: { 'x-twilio-signature': 'ß' } }],
  ])('is refused when %s', async (_what, request) => {
    const answer = await post(path, fields, request)
    expect(answer.status).toBe(403)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(codeOf(answer)).toBe('TWILIO_SIGNATURE_WRONG')
    expect(http.reports).toEqual([])
  })

  it('is refused at another address than the signed one', async () => {
    const other = `/v1/twilio/status?delivery=${delivery.replace(/1$/, '2')}`
    expect((await post(other, fields, {}, publicUrl + path)).status).toBe(403)
  })

  it('is refused without a signature, and counted', async () => {
    const refused = async (): Promise<number> => {
      const metric = await metricsRegistry.getSingleMetric('twilio_requests_refused_total')?.get()
      return metric?.values.find(({ labels }) => labels['reason'] === 'missing')?.value ?? 0
    }
    const before = await refused()
    const answer = await http.send('POST', path, { payload: encoded(fields), headers: { 'content-type': form } })
    expect(answer.status).toBe(403)
    expect(codeOf(answer)).toBe('TWILIO_SIGNATURE_MISSING')
    expect(await refused()).toBe(before + 1)
  })

  it('may have an empty body, which then says nothing', async () => {
    const answer = await post(path, {}, { payload: '' })
    expect(answer.status).toBe(422)
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ field: 'MessageSid', detail: 'is required' }, { field: 'MessageStatus' }] })
  })

  it('is not read beyond 64 kB', async () => {
    expect((await post(path, { ...fields, Body: 'x'.repeat(66_000) })).status).toBe(413)
  })
})

describe('a status callback', () => {
  it.each([
    ['an error code', { ErrorCode: '30003', MessageStatus: 'undelivered' }, { status: 'undelivered', errorCode: 30_003 }],
    ['an empty one', { ErrorCode: '' }, { status: 'delivered', errorCode: null }],
  ])('with %s is taken', async (_what, changes, report) => {
    expect((await post(path, { ...fields, ...changes })).status).toBe(204)
    expect(http.reports[0]?.report).toMatchObject(report)
  })

  it.each(['/v1/twilio/status', '/v1/twilio/status?delivery=x', `${path}&delivery=1`])('at %s is about no message, and gets 204 all the same', async (url) => {
    expect((await post(url, fields)).status).toBe(204)
    expect(http.reports[0]?.deliveryId).toBe('00000000-0000-0000-0000-000000000000')
  })

  it.each([
    ['MessageSid', { MessageSid: 'x' }],
    ['MessageSid', { MessageSid: [sid, sid] }],
    ['ErrorCode', { ErrorCode: 'x' }],
  ])('with a wrong %s is refused, with its name', async (field, changes) => {
    const answer = await post(path, { ...fields, ...changes } as Fields)
    expect(answer.status).toBe(422)
    expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ field }] })
  })
})

describe('an SMS that came in', () => {
  const sms = { MessageSid: sid, From: '+4930231250089', To: '+15005550006', Body: 'No 12' }

  it('is taken, and answered with nothing when a message of the ledger will', async () => {
    const answer = await post('/v1/twilio/inbound', { ...sms, OptOutType: 'START' })
    expect(answer).toMatchObject({ status: 200, text: '<?xml version="1.0" encoding="UTF-8"?>\n<Response/>\n' })
    expect(answer.headers['content-type']).toBe('text/xml; charset=utf-8')
    expect(http.texts).toEqual([{ sid, from: sms.From, body: 'No 12', optOutType: 'START' }])
  })

  it('is answered with TwiML when there is something to say', async () => {
    http.taken = { outcome: 'expired', language: 'fr' }
    const { text } = await post('/v1/twilio/inbound', sms)
    expect(text).toMatch(/<Response><Message>Il n&#39;est plus possible [^<]*<\/Message><\/Response>/)
  })

  it('may be empty, such as a picture', async () => {
    expect((await post('/v1/twilio/inbound', { MessageSid: sid, From: sms.From, Body: '' })).status).toBe(200)
    expect(http.texts[0]?.body).toBe('')
  })

  it('is not taken from anybody but Twilio', async () => {
    expect((await http.send('POST', '/v1/twilio/inbound', { payload: encoded(sms), headers: { 'content-type': form } })).status).toBe(403)
    expect(http.texts).toEqual([])
  })
})
