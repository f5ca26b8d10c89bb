import { describe, expect, test } from 'vitest'
import { Redactor } from './redaction.js'

const all = new Redactor({ tokens: true, cards: true, emails: true })
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'

describe('what is replaced', () => {
  test.each([
    ['GET /a?token=abc123&x=1 HTTP/1.1', 'GET /a?token=[redacted]&x=1 HTTP/1.1', 1],
    ['/a?api_key=K&access_token=T&id=7', '/a?api_key=[redacted]&access_token=[redacted]&id=7', 2],
    ['/a?x=1;apikey=K', '/a?x=1;apikey=[redacted]', 1],
    ['/login?user=7&password=hunter2"', '/login?user=7&password=[redacted]"', 1],
    ['login failed password=hunter2 for 7', 'login failed password=[redacted] for 7', 1],
    ['/a?KEY=k HTTP/1.1', '/a?KEY=[redacted] HTTP/1.1', 1],
    ['Authorization: Bearer abc', 'Authorization: Bearer [redacted]', 1],
    ['{"authorization":"Basic dXNlcjpwYXNz"}', '{"authorization":"Basic [redacted]"}', 1],
    ['auth with bearer abcdef0123456789', 'auth with bearer [redacted]', 1],
    [`cookie ${jwt} x`, 'cookie [redacted] x', 1],
    [`/a/${jwt}`, '/a/[redacted]', 1],
    ['postgres://me:secret@db.example:5432/x', 'postgres://[redacted]@db.example:5432/x', 1],
    ['/u?mail=jane.doe+x@mail.example.org&a=1', '/u?mail=[email]&a=1', 1],
    ['/u/jane%40example.org/orders', '/u/[email]/orders', 1],
    ['mail to Jürgen.Groß@bücher.example failed', 'mail to [email] failed', 1],
    ['a@b.example, c@d.example', '[email], [email]', 2],
    ['pan=4111111111111111 ok', 'pan=[card] ok', 1],
    ['/pay/card-4111111111111111/x', '/pay/card-[card]/x', 1],
    ['/pay?n=4111%201111%201111%201111', '/pay?n=[card]', 1],
    ['/pay?n%3D4111+1111+1111+1111&x', '/pay?n%3D[card]&x', 1],
    ['4111-1111-1111-1111', '[card]', 1],
    ['3782 822463 10005', '[card]', 1],
    ['"5555555555554444"', '"[card]"', 1],
    ['6011000990139424,2223003122003222', '[card],[card]', 2],
    ['4222222222222', '[card]', 1],
    ['6304000000000000018', '[card]', 1],
  ])('%s', (text, expected, count) => {
    expect(all.redact(text)).toEqual({ text: expected, count })
  })

  test('is counted by pieces', () => {
    expect(all.redact(`x@y.example 4111111111111111 ?token=a ${jwt}`)).toEqual({ text: '[email] [card] ?token=[redacted] [redacted]', count: 4 })
  })
})

describe('what stays', () => {
  test.each([
    ['milliseconds since 1970', 'at 1764426778123'],
    ['nanoseconds since 1970', 'at 1764426778123456789'],
    ['a time of 14 or 17 digits', '20261129143258 20261129143258123'],
    ['an ISO time', '2026-11-29T14:32:58.123+01:00 2026-11-29 14:32:58'],
    ['digits whose check digit is wrong', '4111111111111112'],
    ['an id of more digits', '41111111111111110000'],
    ['an id with letters', 'a4111111111111111 4111111111111111f trace 4111111111111111abcdef0123456789'],
    ['a decimal number', '0.4111111111111111'],
    ['a UUID of digits', '41111111-1111-1111-1111-111111111111'],
    ['addresses of machines', '127.0.0.1 2001:db8::4111:1111:1111:1111 10.0.0.1:8080'],
    ['a picture for sharp screens', 'GET /img/logo@2x.png /img/a@1.5x.webp'],
    ['a version of a package', '/npm/react@18.2.0/index.js @scope/name'],
    ['a user of a machine', 'root@localhost'],
    ['names that only sound alike', '/a?monkey=1&author=2&keyboard=3&design=4'],
    ['an address with a port', 'http://127.0.0.1:8080/a http://h:1/x@y'],
    ['an access line', '127.0.0.1 - - [29/Nov/2026:14:32:58 +0100] "GET /a?id=12345678901&page=2 HTTP/1.1" 200 5316 "https://example.org/" "Mozilla/5.0 (X11; Linux x86_64)"'],
  ])('%s', (_, text) => {
    expect(all.redact(text)).toEqual({ text, count: 0 })
  })

  test('everything of a kind that is not to be replaced', () => {
    const text = 'x@y.example 4111111111111111 ?token=a'
    expect(new Redactor({ tokens: false, cards: false, emails: false }).redact(text)).toEqual({ text, count: 0 })
    expect(new Redactor({ tokens: false, cards: true, emails: false }).redact(text).text).toBe('x@y.example [card] ?token=a')
    expect(new Redactor({ tokens: true, cards: false, emails: false }).redact(text).text).toBe('x@y.example 4111111111111111 ?token=[redacted]')
    expect(new Redactor({ tokens: false, cards: false, emails: true }).redact(text).text).toBe('[email] 4111111111111111 ?token=a')
  })
})

test('takes a time that grows with the text, whatever stands in it', () => {
  const attacks = ['a@'.repeat(50_000), '4111 '.repeat(30_000), 'token'.repeat(30_000), `?${'a'.repeat(100_000)}`, 'http://a:'.repeat(20_000), 'eyJaaaaa.'.repeat(10_000), `${'x'.repeat(100_000)}@`, 'bearer '.repeat(15_000), `${'a.'.repeat(50_000)}=`, `@${'a.'.repeat(50_000)}`]
  const begin = performance.now()
  for (const text of attacks) all.redact(text)
  expect(performance.now() - begin).toBeLessThan(5_000)
})
