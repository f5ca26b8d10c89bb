import { describe, expect, test } from 'vitest'
import { nginxAccess } from './nginx-access.js'
import { context, draft } from './parse.fixture.js'

const parse = (line: string) => draft(nginxAccess, line)

describe("a line of nginx's combined format", () => {
  const line = '198.51.100.7 - ada [03/Feb/2026:04:05:06 +0100] "GET /shop/item.html?id=7&x=a%20b HTTP/1.1" 200 5316 "https://shop.example/" "curl/8.5.0"'

  test('has every field under its name in ECS', () => {
    expect(parse(line)).toEqual({
      '@timestamp': '2026-02-03T03:05:06.000Z',
      event: { kind: 'event', category: ['web'], type: ['access'], outcome: 'success', module: 'nginx', dataset: 'nginx.access' },
      service: { type: 'nginx' },
      fileset: { name: 'access' },
      source: { address: '198.51.100.7', ip: '198.51.100.7' },
      nginx: { access: { remote_ip_list: ['198.51.100.7'] } },
      related: { ip: ['198.51.100.7'], user: ['ada'] },
      user: { name: 'ada' },
      http: { version: '1.1', request: { method: 'GET', referrer: 'https://shop.example/' }, response: { status_code: 200, body: { bytes: 5316 } } },
      url: { original: '/shop/item.html?id=7&x=a%20b', path: '/shop/item.html', query: 'id=7&x=a b', extension: 'html' },
      user_agent: { original: 'curl/8.5.0' },
    })
  })

  test('without user, referrer and user agent has none of them', () => {
    const found = parse('2001:db8::1 - - [03/Feb/2026:04:05:06 +0000] "POST /a HTTP/2.0" 503 0 "-" "-"')
    expect(found.user).toBeUndefined()
    expect(found.user_agent).toBeUndefined()
    expect(found.http).toEqual({ version: '2.0', request: { method: 'POST' }, response: { status_code: 503, body: { bytes: 0 } } })
    expect(found.event.outcome).toBe('failure')
    expect(found.source).toEqual({ address: '2001:db8::1', ip: '2001:db8::1' })
  })

  test.each([['', undefined], ['-', undefined], [String.raw`\x16\x03\x01\x02\x00`, undefined], ['hello', undefined], ['GET /old', 'GET']])('of the request %j tells the method %s', (request, method) => {
    const found = parse(`192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "${request}" 400 150 "-" "-"`)
    expect(found.http?.request?.method).toBe(method)
    expect(found.http?.response?.status_code).toBe(400)
  })

  test('keeps a target with blanks whole', () => {
    expect(parse('192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET /a b HTTP/1.1 c HTTP/1.1" 200 1 "-" "x"').url?.original).toBe('/a b HTTP/1.1 c')
  })
})

describe('addresses before the user', () => {
  const end = '- - [03/Feb/2026:04:05:06 +0000] "GET / HTTP/1.1" 200 1 "-" "x"'

  test.each([
    ['10.1.1.1, 192.168.1.1, 203.0.113.5', '203.0.113.5', ['10.1.1.1', '192.168.1.1', '203.0.113.5']],
    ['"10.1.1.1, 203.0.113.5, 203.0.113.9" 10.9.9.9', '203.0.113.5', ['10.1.1.1', '203.0.113.5', '203.0.113.9', '10.9.9.9']],
    ['10.1.1.1, 172.20.0.4', '10.1.1.1', ['10.1.1.1', '172.20.0.4']],
    ['2001:db8::7, 10.1.1.1 10.1.1.2', '2001:db8::7', ['2001:db8::7', '10.1.1.1', '10.1.1.2']],
    ['localhost', 'localhost', ['localhost']],
    ['unix:', 'unix:', undefined],
  ])('%s: the sender is %s', (addresses, sender, list) => {
    const found = parse(`${addresses} ${end}`)
    expect(found.source?.address).toBe(sender)
    expect(found.nginx?.access?.remote_ip_list).toEqual(list)
  })

  test.each([
    ['shop.example', { domain: 'shop.example' }],
    ['shop.example:8080', { domain: 'shop.example', port: 8080 }],
    ['192.0.2.80:80', { ip: '192.0.2.80', port: 80 }],
  ])('with the host %s before them: it is the destination', (host, destination) => {
    const found = parse(`${host} 10.1.1.1, 203.0.113.5 ${end}`)
    expect(found.destination).toEqual(destination)
    expect(found.url?.domain).toBe('domain' in destination ? destination.domain : undefined)
    expect(found.source?.address).toBe('203.0.113.5')
  })

  test('with a host before them have it also where the request is no HTTP', () => {
    expect(parse('shop.example:80 192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "hello" 400 1 "-" "-"').url).toEqual({ domain: 'shop.example' })
  })

  test('are asked for where they are', () => {
    const found = draft(nginxAccess, `203.0.113.5 ${end}`, { ...context, locate: (ip) => ({ geo: { city_name: `city of ${ip}` }, as: { number: 64496 } }) })
    expect(found.source).toEqual({ address: '203.0.113.5', ip: '203.0.113.5', geo: { city_name: 'city of 203.0.113.5' }, as: { number: 64496 } })
  })
})

describe('what sites add', () => {
  const begin = '10.0.0.9 - - [03/Feb/2026:04:05:06 +0000] "GET / HTTP/1.1" 200 1 "-" "x"'

  test.each([
    ['"203.0.113.5, 10.0.0.1"', '203.0.113.5', undefined],
    ['"-"', undefined, undefined],
    ['"-" 0.125', undefined, 125_000_000],
    ['"203.0.113.5" rt=0.004 uct="0.001" urt="0.003"', '203.0.113.5', 4_000_000],
    ['0.250 0.248', undefined, 250_000_000],
    ['89 0.001 [shop-80] [] 10.0.0.2:80 59 0.001 200 5f1e', undefined, 1_000_000],
    ['"not an address"', undefined, undefined],
  ])('%s: forwarded for %s, in %s ns', (extra, forwarded, duration) => {
    const found = parse(`${begin} ${extra}`)
    expect(found.network?.forwarded_ip).toBe(forwarded)
    expect(found.event.duration).toBe(duration)
    // Whoever sends the header may lie.
    expect(found.source?.ip).toBe('10.0.0.9')
  })
})

describe('what a client forges', () => {
  test('into its user name stays the user name', () => {
    const forged = String.raw`x [01/Jan/2020:00:00:00 +0000] \x22GET /forged HTTP/1.1\x22 200 1 \x22-\x22 \x22-\x22`
    const found = parse(`192.0.2.1 - ${forged} [03/Feb/2026:04:05:06 +0000] "GET /real HTTP/1.1" 401 1 "-" "x"`)
    expect(found['@timestamp']).toBe('2026-02-03T04:05:06.000Z')
    expect(found.url?.path).toBe('/real')
    expect(found.user?.name).toBe('x [01/Jan/2020:00:00:00 +0000] "GET /forged HTTP/1.1" 200 1 "-" "-"')
  })

  test('into its user agent stays the user agent, ends of lines and all', () => {
    const forged = String.raw`a\x0A192.0.2.66 - - [01/Jan/2020:00:00:00 +0000] \x22GET /forged HTTP/1.1\x22 200 1`
    const found = parse(`192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET /real HTTP/1.1" 200 1 "-" "${forged}"`)
    expect(found.user_agent?.original).toBe('a\n192.0.2.66 - - [01/Jan/2020:00:00:00 +0000] "GET /forged HTTP/1.1" 200 1')
    expect(found.source?.ip).toBe('192.0.2.1')
    expect(found.url?.path).toBe('/real')
  })

  test('in bytes above ASCII is read as UTF-8, and left as it is where it is none', () => {
    const at = (target: string) => parse(`192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET ${target} HTTP/1.1" 200 1 "-" "x"`).url?.original
    expect(at(String.raw`/\xC3\xA9`)).toBe('/é')
    expect(at(String.raw`/\xC3`)).toBe(String.raw`/\xC3`)
  })
})

describe('what is no such line', () => {
  test.each([
    ['hello', 'format'],
    ['192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET / HTTP/1.1"', 'format'],
    ['192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET / HTTP/1.1 200 1 "-" "x"', 'format'],
    ['192.0.2.1 - - [31/Feb/2026:04:05:06 +0000] "GET / HTTP/1.1" 200 1 "-" "x"', 'time'],
    ['192.0.2.1 - - [03/Feb/2026:24:05:06 +0000] "GET / HTTP/1.1" 200 1 "-" "x"', 'time'],
    ['192.0.2.1 - - [03/Foo/2026:04:05:06 +0000] "GET / HTTP/1.1" 200 1 "-" "x"', 'time'],
    ['[03/Feb/2026:04:05:06 +0000] "GET / HTTP/1.1" 200 1 "-" "x"', 'format'],
  ])('%s: %s', (line, reason) => {
    expect(nginxAccess(line, context, false)).toBe(reason)
  })

  test('but one that was cut off in its user agent is', () => {
    const line = '192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET / HTTP/1.1" 200 1 "-" "Mozilla/5.0 (Win'
    const found = nginxAccess(line, context, true)
    expect(found).toMatchObject({ user_agent: { original: 'Mozilla/5.0 (Win' } })
  })
})
