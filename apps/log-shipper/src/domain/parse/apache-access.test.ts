import { describe, expect, test } from 'vitest'
import { apacheAccess } from './apache-access.js'
import { context, draft } from './parse.fixture.js'

const parse = (line: string) => draft(apacheAccess, line)

describe("a line of Apache's", () => {
  test('common format has no referrer and no user agent', () => {
    expect(parse('::1 - ada [26/Dec/2025:16:16:29 +0200] "GET /favicon.ico HTTP/1.1" 404 209')).toEqual({
      '@timestamp': '2025-12-26T14:16:29.000Z',
      event: { kind: 'event', category: ['web'], type: ['access'], outcome: 'failure', module: 'apache', dataset: 'apache.access' },
      service: { type: 'apache' },
      fileset: { name: 'access' },
      source: { address: '::1', ip: '::1' },
      related: { ip: ['::1'], user: ['ada'] },
      user: { name: 'ada' },
      http: { version: '1.1', request: { method: 'GET' }, response: { status_code: 404, body: { bytes: 209 } } },
      url: { original: '/favicon.ico', path: '/favicon.ico', extension: 'ico' },
    })
  })

  test('combined format keeps the dashes of what was not sent, and has no bytes for a dash', () => {
    const found = parse('web-monitor - - [26/Dec/2025:16:16:29 +0000] "HEAD / HTTP/1.0" 304 - "-" "-"')
    expect(found.user).toEqual({ name: '-' })
    expect(found.http).toEqual({ version: '1.0', request: { method: 'HEAD', referrer: '-' }, response: { status_code: 304 } })
    expect(found.user_agent).toEqual({ original: '-' })
    expect(found.source).toEqual({ address: 'web-monitor', domain: 'web-monitor' })
  })

  test.each([
    ['www.example.org', { domain: 'www.example.org' }],
    ['www.example.org:443', { domain: 'www.example.org', port: 443 }],
    ['192.0.2.80:80', { domain: '192.0.2.80', port: 80 }],
  ])('vhost_combined format has the host %s', (host, destination) => {
    const found = parse(`${host} 198.51.100.7 - - [26/Dec/2025:16:16:29 +0000] "GET /x HTTP/1.1" 200 1 "-" "x"`)
    expect(found.destination).toEqual(destination)
    expect(found.source?.ip).toBe('198.51.100.7')
    expect(found.url?.domain).toBe(destination.domain)
  })

  test('request log of mod_ssl has protocol and cipher', () => {
    const found = parse('[10/Aug/2025:09:45:56 +0200] 198.51.100.7 TLSv1.3 TLS_AES_256_GCM_SHA384 "GET /a?b=c HTTP/1.1" 1375')
    expect(found['@timestamp']).toBe('2025-08-10T07:45:56.000Z')
    expect(found.apache).toEqual({ access: { ssl: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' } } })
    expect(found.tls).toEqual({ cipher: 'TLS_AES_256_GCM_SHA384', version: '1.3', version_protocol: 'tls' })
    expect(found.http?.response).toEqual({ body: { bytes: 1375 } })
    expect(parse('[10/Aug/2025:09:45:56 +0200] 198.51.100.7 SSLv3 RC4-MD5 "GET / HTTP/1.1" -').tls?.version).toBe('3.0')
  })

  test('may tell how long the request took, and for whom it came', () => {
    const found = parse('10.0.0.1 - - [26/Dec/2025:16:16:29 +0000] "GET / HTTP/1.1" 200 12 4500 "-" "x" X-Forwarded-For="203.0.113.5, 10.0.0.7"')
    expect(found.event.duration).toBe(4_500_000)
    expect(found.apache?.access).toEqual({ response_time: 4500, remote_addresses: ['203.0.113.5', '10.0.0.7', '10.0.0.1'] })
    expect(found.client).toEqual({ ip: '203.0.113.5' })
    expect(found.network?.forwarded_ip).toBe('203.0.113.5')
    expect(parse('10.0.0.1 - - [26/Dec/2025:16:16:29 +0000] "GET / HTTP/1.1" 200 12 "-" "x" 4500').event.duration).toBe(4_500_000)
  })

  test.each(['', '-', String.raw`\x16\x03\x01`])('without HTTP (%j) is one all the same', (request) => {
    const found = parse(`127.0.0.1 - - [26/Dec/2025:16:16:29 +0000] "${request}" 408 -`)
    expect(found.http).toEqual({ response: { status_code: 408 } })
    expect(found.url).toBeUndefined()
  })

  test('with escaped quotes has them within their fields', () => {
    const found = parse(String.raw`192.0.2.1 - "" [26/Dec/2025:16:16:29 +0000] "GET /\"a\" HTTP/1.1" 200 1 "http://x/\"" "say \"hi\" \\ \x41\t"`)
    expect(found.url?.original).toBe('/"a"')
    expect(found.http?.request?.referrer).toBe('http://x/"')
    expect(found.user_agent?.original).toBe('say "hi" \\ A\t')
  })

  test('with a user name of several words has it whole', () => {
    expect(parse('192.0.2.1 - ada lovelace, countess [26/Dec/2025:16:16:29 +0000] "GET / HTTP/1.1" 200 1').user?.name).toBe('ada lovelace, countess')
  })

  test('with a line forged into the user name is of its own time and request', () => {
    const found = parse(String.raw`192.0.2.1 - x [01/Jan/2020:00:00:00 +0000] \"GET /forged HTTP/1.1\" 200 1 [26/Dec/2025:16:16:29 +0000] "GET /real HTTP/1.1" 200 1`)
    expect(found.url?.path).toBe('/real')
    expect(found['@timestamp']).toBe('2025-12-26T16:16:29.000Z')
  })
})

test.each([['nonsense', 'format'], ['- - - [26/Dec/2025:16:16:29 +0000] "GET / HTTP/1.1" 200 1', 'format'], ['[26/Dec/2025:16:16:29 +0000] half', 'format'], ['192.0.2.1 - - [26/Dec/2025:16:66:29 +0000] "GET / HTTP/1.1" 200 1', 'time']])('%s is none: %s', (line, reason) => {
  expect(apacheAccess(line, context, false)).toBe(reason)
})
