import { describe, expect, test } from 'vitest'
import { parseEntry } from './parse/parse-entry.js'
import { utc } from './parse/zone.js'
import { isFailure, toldEntry } from './told-entry.js'

function told(format: string, message: string) {
  const { document } = parseEntry({ message, path: '/x', offset: 0, format, truncated: false, service: 'shop' }, { zone: utc, now: 0 })
  return { ...toldEntry(document), failure: isFailure(document) }
}

const request = (status: number, extra = '') => `192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET /a?b HTTP/1.1" ${status} 1 "-" "x"${extra}`

describe('an entry for people', () => {
  test.each([
    ['nginx.access', request(200, ' 0.0123456'), '200', 'GET /a?b 12.3 ms 192.0.2.1', false],
    ['nginx.access', request(404), '404', 'GET /a?b 192.0.2.1', false],
    ['nginx.access', request(503), '503', 'GET /a?b 192.0.2.1', true],
    ['apache.access', '192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "-" 408 -', '408', '- - 192.0.2.1', false],
    ['nginx.error', '2026/02/03 04:05:06 [crit] 1#1: disk full\n  at b', 'crit', 'disk full\n  at b', true],
    ['apache.error', '[Tue Feb 03 04:05:06 2026] [notice] started', 'notice', 'started', false],
    ['json', '{"@timestamp":"2026-02-03T04:05:06Z","log.level":"error","message":"m"}', 'error', 'm', true],
  ])('%s: %s', (format, line, status, text, failure) => {
    expect(told(format, line)).toEqual({ time: '2026-02-03T04:05:06.000Z', service: 'shop', status, text, failure })
  })

  test('that nobody understands is shown as it is', () => {
    expect(told('nginx.error', 'nonsense')).toEqual({ time: '1970-01-01T00:00:00.000Z', service: 'shop', status: '?', text: 'nonsense', failure: false })
  })
})
