import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { passesLuhn, redactLine, redactText } from './redaction.js'

/** Card numbers of every length with the check digit that makes them valid; first digits that issuers have (20 is none). */
const cardDigits = fc
  .tuple(
    fc.constantFrom('2', '3', '4', '5', '6'),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 10, maxLength: 17 }),
  )
  .map(([first, rest]) => {
    const body = (first + rest.join('')).replace(/^20/, '22')
    const check = [...'0123456789'].find((digit) => passesLuhn(body + digit))
    return body + check
  })

const groupsOf = (digits: string, sizes: readonly number[]): string[] => {
  const groups: string[] = []
  let at = 0
  for (let index = 0; at < digits.length; index++) {
    const size = sizes[index] ?? sizes.at(-1) ?? 4
    groups.push(digits.slice(at, at + size))
    at += size
  }
  return groups
}

/** As people write them: in one, in groups of four, as American Express prints them, digit by digit. */
const cardNumber = fc
  .tuple(cardDigits, fc.constantFrom('', ' ', '-'), fc.constantFrom([4], [4, 6, 5], [4, 4, 4, 7], [1]))
  .map(([digits, separator, sizes]) => groupsOf(digits, sizes).join(separator))

const email = fc
  .tuple(
    fc.stringMatching(/^[a-z][a-z0-9._+-]{0,20}[a-z0-9]$/),
    fc.constantFrom('example.org', 'mail.bank.co.uk', 'xn--exmple-cua.de', 'exämple.de'),
  )
  .map(([local, domain]) => `${local}@${domain}`)

const phoneNumber = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.stringMatching(/^\d{7,14}$/), fc.constantFrom('', ' ', '-', '.'))
  .map(([first, rest, separator]) => `+${first}${groupsOf(rest, [3]).join(separator)}`)

const uuid = fc.uuid()
const cardToken = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `v1.${Buffer.from(bytes).toString('base64url')}`)
const isoTime = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString())
const epochMs = fc.integer({ min: 1_262_304_000_000, max: 1_999_999_999_999 })
const ipAddress = fc.oneof(fc.ipV4(), fc.ipV6())
const hex = (length: number) =>
  fc.uint8Array({ minLength: length / 2, maxLength: length / 2 }).map((bytes) => Buffer.from(bytes).toString('hex'))
const traceparent = fc.tuple(hex(32), hex(16)).map(([trace, span]) => `00-${trace}-${span}-01`)
const harmless = fc.oneof(
  uuid,
  cardToken,
  isoTime,
  epochMs.map(String),
  ipAddress,
  traceparent,
  fc.nat().map(String),
  hex(64),
)

/** Words around a finding, without digits, dashes or anything that is itself a finding. */
const words = fc.stringMatching(/^[a-z,:;()=" \n\t]{0,20}$/)
const sentence = <T>(finding: fc.Arbitrary<T>) =>
  fc.tuple(words, finding, words).map(([before, what, after]) => ({ before, what, after }))

/** A record with `text` somewhere in it: message, nested field, list, error stack, or the name of a field. */
const recordWith = (text: string) =>
  fc.constantFrom<object>(
    { msg: text },
    { msg: 'x', customer: { contact: { value: text } } },
    { msg: 'x', lines: ['a', { b: [text] }] },
    {
      msg: 'x',
      err: { type: 'Error', stack: `Error: ${text}\n    at file:///srv/node_modules/@nestjs/core/x.js:1:2` },
    },
    { msg: 'x', byName: { [text]: 1 } },
  )

const lineOf = (record: object): string =>
  `${JSON.stringify({ level: 'info', time: '2026-01-02T03:04:05.678Z', pid: 7, ...record })}\n`

describe('redaction of a log line', () => {
  it('leaves no card number, however it is grouped and wherever it stands', () => {
    fc.assert(
      fc.property(
        sentence(cardNumber).chain((s) => fc.tuple(fc.constant(s), recordWith(s.before + s.what + s.after))),
        ([{ what }, record]) => {
          const line = redactLine(lineOf(record))
          expect(line).not.toContain(what)
          expect(line).toContain('[card]')
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('leaves no e-mail address', () => {
    fc.assert(
      fc.property(
        sentence(email).chain((s) => fc.tuple(fc.constant(s), recordWith(`${s.before} ${s.what} ${s.after}`))),
        ([{ what }, record]) => {
          const line = redactLine(lineOf(record))
          expect(line).not.toContain(what)
          expect(line).toContain('[email]')
        },
      ),
    )
  })

  it('leaves no phone number in E.164', () => {
    fc.assert(
      fc.property(
        sentence(phoneNumber).chain((s) => fc.tuple(fc.constant(s), recordWith(`${s.before} ${s.what} ${s.after}`))),
        ([{ what }, record]) => {
          const line = redactLine(lineOf(record))
          expect(line).not.toContain(what)
          expect(line).toContain('[phone]')
        },
      ),
    )
  })

  it('does not damage UUIDs, card tokens, times, offsets, addresses, trace ids and hashes', () => {
    fc.assert(
      fc.property(sentence(harmless), ({ before, what, after }) => {
        const text = `${before} ${what} ${after}`
        expect(redactText(text)).toBe(text)
        expect(JSON.parse(redactLine(lineOf({ msg: text })))).toMatchObject({ msg: text })
      }),
      { numRuns: 5_000 },
    )
  })

  it('does not damage numbers: offsets, epoch times, amounts, bigints', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 20_000_000_000_000 }),
        epochMs,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (offset, timestamp, ratio) => {
          const record = { offset, timestamp, ratio: ratio === 0 ? 0 : ratio, to: 'a@example.org' }
          expect(JSON.parse(redactLine(lineOf(record)))).toMatchObject({ ...record, to: '[email]' })
        },
      ),
    )
    expect(redactLine('{"lsn":18446744073709551615,"to":"a@example.org"}\n')).toBe(
      '{"lsn":18446744073709551615,"to":"[email]"}\n',
    )
  })

  it('gives back JSON with the same fields for any record', () => {
    fc.assert(
      fc.property(fc.jsonValue(), email, (data, to) => {
        const record = { msg: 'x', to, data }
        const fields = Object.keys(JSON.parse(lineOf(record)))
        expect(Object.keys(JSON.parse(redactLine(lineOf(record))))).toEqual(fields)
      }),
    )
  })

  it('takes a card number given as a number', () => {
    expect(redactLine('{"value":4111111111111111}\n')).toBe('{"value":"[card]"}\n')
  })

  it.each([
    ['a number that fails Luhn', '4111111111111112'],
    ['twenty digits', '41111111111111111111'],
    ['a date before a time', '2026-01-02 03:04:05'],
    ['a compact time', '20260102030405'],
    ['a list of small numbers', 'partitions 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15'],
    ['a package with its version', 'typeorm@1.1.1'],
    ['a module path', '/srv/node_modules/@nestjs/core/index.js'],
    ['a time zone', '2026-01-02T03:04:05+01:00'],
    ['a sum', '1+2345678'],
  ])('leaves %s as it is', (_, text) => {
    expect(redactText(text)).toBe(text)
  })

  it.each([
    ['between other numbers', 'row 12 4111 1111 1111 1111 99 EUR', 'row 12 [card] 99 EUR'],
    ['in a CSV row', '17,4111111111111111,EUR,5500005555555559', '17,[card],EUR,[card]'],
    ['after a line break', 'card\n378282246310005\n', 'card\n[card]\n'],
    ['glued to a word', 'card4111111111111111', 'card[card]'],
    ['two in a row', '4111111111111111 5500005555555559', '[card] [card]'],
    ['with a name in front', 'Ann <ann.o+x@example.co.uk>', 'Ann <[email]>'],
    ['as people print phones', 'call +49 (0)30 123-456 now', 'call [phone] now'],
    [
      'in the text of a header',
      'got Authorization: Bearer eyJhbGciOiJI.UzI1NiJ9',
      'got Authorization: Bearer [redacted]',
    ],
    ['in a link', 'GET /answer?alert=7&token=abc.def&x=1 failed', 'GET /answer?alert=7&token=[redacted]&x=1 failed'],
    ['in a URL', 'postgres://app:s3cret@db:5432/x', 'postgres://[redacted]@db:5432/x'],
  ])('finds it %s', (_, text, expected) => {
    expect(redactText(text)).toBe(expected)
  })

  it.each([
    'authorization',
    'Proxy-Authorization',
    'password',
    'SMTP_PASSWORD',
    'pass',
    'token',
    'accessToken',
    'TWILIO_AUTH_TOKEN',
    'client_secret',
    'api_key',
    'x-api-key',
    'apiKey',
    'cookie',
    'Set-Cookie',
    'pan',
    'card_number',
    'cvv',
  ])('never shows the value of %s', (key) => {
    for (const value of ['abc', 123, { inner: 'abc' }, ['abc'], true]) {
      expect(JSON.parse(redactLine(lineOf({ request: { headers: { [key]: value } } })))).toMatchObject({
        request: { headers: { [key]: '[redacted]' } },
      })
    }
  })

  it.each(['card_token', 'next_page_token', 'tokens', 'passed', 'span', 'company', 'shipping'])(
    'shows the value of %s',
    (key) => {
      expect(JSON.parse(redactLine(lineOf({ [key]: 'v1.abc', to: 'a@example.org' })))).toMatchObject({
        [key]: 'v1.abc',
      })
    },
  )

  it('stays linear on long hostile text', () => {
    for (const unit of ['a', '1', '1 ', 'a.', '+', '+1', '-', '@', 'a@', '://a']) {
      const before = process.threadCpuUsage()
      redactLine(lineOf({ msg: unit.repeat(100_000 / unit.length) }))
      const { user, system } = process.threadCpuUsage(before)
      // Of this thread's own time, which a busy machine does not change; in microseconds. Quadratic work would take minutes.
      expect(user + system, unit).toBeLessThan(2_000_000)
    }
  })
})
