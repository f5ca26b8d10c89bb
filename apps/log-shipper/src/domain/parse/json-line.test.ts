import { describe, expect, test } from 'vitest'
import { jsonLine } from './json-line.js'
import { context, draft } from './parse.fixture.js'

const parse = (value: unknown) => draft(jsonLine, JSON.stringify(value))

describe('a line of pino', () => {
  test('of a request has it in ECS, and the rest below json', () => {
    expect(
      parse({
        level: 50,
        time: 1_780_000_000_000,
        pid: 7,
        hostname: 'web1',
        name: 'shop',
        req: { id: 3, method: 'GET', url: '/v1/cards/7?x=1', headers: { 'user-agent': 'curl/8', referer: 'http://x/' }, remoteAddress: '::ffff:192.0.2.1', remotePort: 4711 },
        res: { statusCode: 503 },
        responseTime: 12.5,
        err: { type: 'Error', message: 'away', stack: 'Error: away\n    at x', code: 'E_AWAY' },
        msg: 'request errored',
        tenant: 'a',
      }),
    ).toEqual({
      '@timestamp': '2026-05-28T20:26:40.000Z',
      event: { kind: 'event', category: ['web'], type: ['access'], outcome: 'failure', dataset: 'json', duration: 12_500_000 },
      log: { level: 'error', logger: 'shop' },
      message: 'request errored',
      host: { hostname: 'web1' },
      process: { pid: 7 },
      http: { request: { id: '3', method: 'GET', referrer: 'http://x/' }, response: { status_code: 503 } },
      url: { original: '/v1/cards/7?x=1', path: '/v1/cards/7', query: 'x=1' },
      user_agent: { original: 'curl/8' },
      source: { address: '192.0.2.1', ip: '192.0.2.1', port: 4711 },
      related: { ip: ['192.0.2.1'] },
      error: { type: 'Error', message: 'away', code: 'E_AWAY', stack_trace: 'Error: away\n    at x' },
      json: { tenant: 'a' },
    })
  })

  test('with a time as text, a level as text and other names is one too', () => {
    expect(parse({ timestamp: '2026-02-03T04:05:06+01:00', severity: 'ERROR', message: 'x' })).toMatchObject({ '@timestamp': '2026-02-03T03:05:06.000Z', log: { level: 'error' }, message: 'x', event: { type: ['error'] } })
  })
})

describe('a line of an ECS logger', () => {
  test('is the same with dots and nested, and what ECS does not know goes below json', () => {
    const found = parse({ '@timestamp': '2026-02-03T04:05:06.789Z', 'log.level': 'warn', 'ecs.version': '8.10.0', log: { logger: 'a.b' }, message: 'm', 'service.name': 's', 'http.request.method': 'GET', shop: { id: 1 }, 'a.b': 2 })
    expect(found).toEqual({
      '@timestamp': '2026-02-03T04:05:06.789Z',
      event: { kind: 'event', dataset: 'json' },
      log: { level: 'warn', logger: 'a.b' },
      message: 'm',
      service: { name: 's' },
      http: { request: { method: 'GET' } },
      json: { shop: { id: 1 }, 'a.b': 2 },
    })
  })

  test('of a request has what its address and its user agent tell, and says of these what it knows better', () => {
    const looked = { ...context, userAgent: (original: string) => ({ original, name: 'Firefox' }), locate: () => ({ geo: { country_iso_code: 'DE' } }) }
    const found = draft(jsonLine, JSON.stringify({ '@timestamp': '2026-02-03T04:05:06Z', source: { ip: '192.0.2.1', port: 7 }, user_agent: { original: 'x' }, user: { name: 'till' } }), looked)
    expect(found).toMatchObject({ source: { address: '192.0.2.1', ip: '192.0.2.1', port: 7, geo: { country_iso_code: 'DE' } }, user_agent: { original: 'x', name: 'Firefox' }, related: { ip: ['192.0.2.1'], user: ['till'] } })
    expect(draft(jsonLine, JSON.stringify({ '@timestamp': '2026-02-03T04:05:06Z', source: null, client: { ip: 7 }, user_agent: 'x', user: 'y' })).related).toBeUndefined()
  })

  test('cannot say where it comes from, nor what was written', () => {
    const found = parse({ '@timestamp': '2026-02-03T04:05:06Z', log: { offset: 7, file: { path: '/etc/passwd' } }, event: { original: 'forged' }, '_id': 'x' })
    expect(found.log).toEqual({})
    expect(found.event).toEqual({ kind: 'event', dataset: 'json' })
  })

  test('does not reach the objects of the language', () => {
    const found = draft(jsonLine, '{"@timestamp":"2026-02-03T04:05:06Z","labels.__proto__.admin":"yes","__proto__":{"admin":"yes"},"labels":{"a":"b"}}')
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
    expect(found.labels).toEqual({ a: 'b' })
  })
})

test.each([['[1]', 'format'], ['{"a":', 'format'], ['"x"', 'format'], [`{"time":"yesterday"}`, 'time'], [`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'nesting']])('%.20s is none: %s', (line, reason) => {
  expect(jsonLine(line, context, false)).toBe(reason)
})
