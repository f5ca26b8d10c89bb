import { describe, expect, test } from 'vitest'
import { apacheError } from './apache-error.js'
import { nginxError } from './nginx-error.js'
import { context, draft } from './parse.fixture.js'
import { zoneOf } from './zone.js'

const berlin = { ...context, zone: zoneOf('Europe/Berlin') ?? context.zone }

describe("an entry of nginx's error log", () => {
  const parse = (line: string) => draft(nginxError, line, berlin)
  const begin = '2026/02/03 04:05:06 [error] 54053#7: *42 '

  test('has level, process, connection and what nginx says of the request', () => {
    const message = 'open() "/srv/www/a.ico" failed (2: No such file or directory), client: 192.0.2.1, server: shop.example, request: "GET /a.ico?x=1 HTTP/1.1", host: "shop.example:8080", referrer: "http://shop.example/"'
    expect(parse(begin + message)).toEqual({
      '@timestamp': '2026-02-03T03:05:06.000Z',
      event: { kind: 'event', category: ['web'], type: ['error'], module: 'nginx', dataset: 'nginx.error', timezone: 'Europe/Berlin' },
      service: { type: 'nginx' },
      fileset: { name: 'error' },
      log: { level: 'error' },
      process: { pid: 54053, thread: { id: 7 } },
      nginx: { error: { connection_id: 42 } },
      message,
      source: { address: '192.0.2.1', ip: '192.0.2.1' },
      related: { ip: ['192.0.2.1'] },
      http: { version: '1.1', request: { method: 'GET', referrer: 'http://shop.example/' } },
      url: { original: '/a.ico?x=1', path: '/a.ico', query: 'x=1', extension: 'ico', domain: 'shop.example' },
    })
  })

  test('may have neither connection nor request', () => {
    const found = parse('2026/07/03 04:05:06 [notice] 1#1: signal process started')
    expect(found).toMatchObject({ '@timestamp': '2026-07-03T02:05:06.000Z', log: { level: 'notice' }, message: 'signal process started' })
    expect(found.nginx).toBeUndefined()
  })

  test('may have more than one line', () => {
    expect(parse(`${begin}FastCGI sent in stderr: "PHP message: a\nPHP message: b" while reading`).message).toContain('a\nPHP message: b')
  })

  test('does not believe a client that is named in a path', () => {
    expect(parse(`${begin}open() "/srv/x, client: 6.6.6.6, server: y" failed (2: No), client: 192.0.2.1, server: z`).source?.ip).toBe('192.0.2.1')
  })

  test.each([['2026/02/03 04:05:06 oops', 'format'], ['2026/02/30 04:05:06 [error] 1#1: x', 'time'], ['2026/02/03 04:05:06 [error] x#1: x', 'format']])('%s is none: %s', (line, reason) => {
    expect(nginxError(line, context, false)).toBe(reason)
  })
})

describe("an entry of Apache's error log", () => {
  const parse = (line: string) => draft(apacheError, line, berlin)

  test('of 2.2 has level, client, file and referrer', () => {
    expect(parse('[Mon Dec 26 16:22:08 2025] [error] [client 192.0.2.1] File does not exist: /var/www/a.ico, referer: http://x.example/')).toEqual({
      '@timestamp': '2025-12-26T15:22:08.000Z',
      event: { kind: 'event', category: ['web'], type: ['error'], module: 'apache', dataset: 'apache.error', timezone: 'Europe/Berlin' },
      service: { type: 'apache' },
      fileset: { name: 'error' },
      log: { level: 'error' },
      message: 'File does not exist: /var/www/a.ico, referer: http://x.example/',
      source: { address: '192.0.2.1', ip: '192.0.2.1' },
      related: { ip: ['192.0.2.1'] },
      http: { request: { referrer: 'http://x.example/' } },
      file: { path: '/var/www/a.ico' },
    })
  })

  test('of 2.4 has module, process, thread and port too', () => {
    const found = parse('[Fri Sep 09 10:42:29.902022 2025] [proxy_http:warn] [pid 35708:tid 4328636416] [client 2001:db8::7:41234] AH01114: failed')
    expect(found).toMatchObject({
      '@timestamp': '2025-09-09T08:42:29.902Z',
      apache: { error: { module: 'proxy_http' } },
      log: { level: 'warn' },
      process: { pid: 35708, thread: { id: 4328636416 } },
      message: 'AH01114: failed',
    })
    expect(parse('[Fri Sep 09 10:42:29 2025] [core:error] [pid 1] [client 192.0.2.1:41234] x').source).toEqual({ address: '192.0.2.1', ip: '192.0.2.1', port: 41234 })
  })

  test.each([
    ['core:error', '192.0.2.1:41234', '192.0.2.1', 41234],
    ['core:error', '192.0.2.1', '192.0.2.1', undefined],
    ['core:error', '2001:db8::7:41234', '2001:db8::7', 41234],
    ['core:error', '::1:8080', '::1', 8080],
    ['core:error', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8', undefined],
    ['error', '::1', '::1', undefined],
    ['error', '2001:db8::7:80', '2001:db8::7:80', undefined],
    ['error', '2001:db8::7:41234', '2001:db8::7', 41234],
  ])('[%s] of the client %s has the address %s and the port %s', (level, client, ip, port) => {
    expect(parse(`[Fri Sep 09 10:42:29 2025] [${level}] [client ${client}] x`).source).toEqual({ address: ip, ip, ...(port !== undefined && { port }) })
  })

  test.each([['notice', 'info'], ['trace3', 'info'], ['crit', 'error'], ['warn', 'error']])('of level %s is of type %s', (level, type) => {
    const found = parse(`[Mon Dec 26 16:22:08 2025] [rewrite:${level}] [pid 7] mod_rewrite.c(470): [client 192.0.2.1:1] said`)
    expect(found.event.type).toEqual([type])
    expect(found.message).toBe('mod_rewrite.c(470): [client 192.0.2.1:1] said')
  })

  test.each([['[Mon Dec 26 16:22:08 2025] nothing', 'format'], ['[Mon Dec 32 16:22:08 2025] [error] x', 'time'], ['nothing', 'format']])('%s is none: %s', (line, reason) => {
    expect(apacheError(line, context, false)).toBe(reason)
  })
})
