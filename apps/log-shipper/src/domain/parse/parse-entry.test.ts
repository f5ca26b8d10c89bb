import { describe, expect, test } from 'vitest'
import { formats } from './formats.js'
import { context, noon } from './parse.fixture.js'
import { type LogEntry, parseEntry } from './parse-entry.js'

const entry = (message: string, more: Partial<LogEntry> = {}): LogEntry => ({ message, path: '/var/log/x.log', offset: 4711, format: 'auto', truncated: false, ...more })
const combined = '192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET / HTTP/1.1" 200 1 "-" "x"'

describe('the document of an entry', () => {
  test('says where the entry is from, and what was written', () => {
    const { document, reason } = parseEntry(entry(combined, { host: 'web1', service: 'shop', readAt: noon }), context)
    expect(reason).toBeUndefined()
    expect(document).toMatchObject({
      ecs: { version: '8.17.0' },
      event: { original: combined, created: '2026-11-29T12:00:00.000Z' },
      log: { offset: 4711, file: { path: '/var/log/x.log' } },
      host: { name: 'web1' },
      service: { name: 'shop', type: 'nginx' },
    })
  })

  test.each([
    ['not parsed', 'format', 'The entry is not of the format that it was read as.'],
    ['   ', 'empty', 'The entry is empty.'],
    ['192.0.2.1 - - [31/Feb/2026:04:05:06 +0000] "GET / HTTP/1.1" 200 1 "-" "x"', 'time', 'The entry has a time that does not exist.'],
    ['\u0000\uFFFD\u0001', 'format', 'The entry is not of the format that it was read as.'],
  ])('that is %j is the entry itself, tagged and with the reason %s', (message, reason, error) => {
    const parsed = parseEntry(entry(message), context)
    expect(parsed.reason).toBe(reason)
    expect(parsed.document).toMatchObject({ '@timestamp': '2026-11-29T12:00:00.000Z', message, tags: ['_parsefailure'], error: { message: error }, event: { dataset: 'generic', original: message } })
  })

  test('that fails is filed with those of its format', () => {
    expect(parseEntry(entry('x', { format: 'nginx.error' }), context).document.event.dataset).toBe('nginx.error')
  })

  test('of several lines, or cut off, says so', () => {
    expect(parseEntry(entry('2026/02/03 04:05:06 [error] 1#1: a\nb'), context).document.log?.flags).toEqual(['multiline'])
    expect(parseEntry(entry(combined, { truncated: true }), context).document.log?.flags).toEqual(['truncated'])
  })
})

describe('auto', () => {
  test.each([
    [combined, '/x.log', 'nginx.access'],
    [combined, '/var/log/httpd/access_log', 'apache.access'],
    ['192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET / HTTP/1.1" 200 1', '/x.log', 'apache.access'],
    ['192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET / HTTP/1.1" 200 - "-" "x"', '/x.log', 'apache.access'],
    ['a.example 192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET / HTTP/1.1" 200 1 "-" "x"', '/var/log/apache2/other.log', 'apache.access'],
    ['10.0.0.1, 192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET / HTTP/1.1" 200 1 "-" "x" "-"', '/x.log', 'nginx.access'],
    ['2026/02/03 04:05:06 [error] 1#1: a', '/x.log', 'nginx.error'],
    ['[Mon Dec 26 16:22:08 2025] [error] x', '/x.log', 'apache.error'],
    ['[10/Aug/2025:09:45:56 +0200] 192.0.2.1 TLSv1.3 AES "GET / HTTP/1.1" 1', '/x.log', 'apache.access'],
    ['{"level":30,"time":1780000000000,"msg":"x"}', '/x.log', 'json'],
    ['<34>1 2026-10-11T22:14:15Z h a - - - m', '/x.log', 'syslog'],
    ['<34>Oct 11 22:14:15 h a: m', '/x.log', 'syslog'],
    ['Oct 11 22:14:15 h a: m', '/x.log', 'syslog'],
  ])('reads %s of %s as %s', (message, path, dataset) => {
    const { document, reason } = parseEntry(entry(message, { path }), context)
    expect(reason).toBeUndefined()
    expect(document.event.dataset).toBe(dataset)
  })
})

describe('a hostile entry of a megabyte', () => {
  const size = 1_000_000
  const time = '[03/Feb/2026:04:05:06 +0000]'
  const repeated = (piece: string, begin = '') => begin + piece.repeat(Math.ceil(size / piece.length))
  const hostile: Record<string, string> = {
    brackets: repeated('['),
    times: repeated(` ${time}`, '192.0.2.1 - -'),
    'times with quotes': repeated(` ${time} "`, '192.0.2.1 - -'),
    quotes: repeated('" ', `192.0.2.1 - - ${time} "GET /`),
    'escaped quotes': repeated(String.raw`\"`, `192.0.2.1 - - ${time} "GET /`),
    backslashes: repeated('\\', `192.0.2.1 - - ${time} "GET /`),
    bytes: `${repeated(String.raw`\xff`, `192.0.2.1 - - ${time} "GET /`)} HTTP/1.1" 200 1 "-" "x"`,
    dashes: repeated(' - ', '192.0.2.1'),
    commas: repeated('10.0.0.1, ', '10.0.0.1'),
    extras: repeated(' a="', `192.0.2.1 - - ${time} "GET / HTTP/1.1" 200 1 "-" "x"`),
    clients: repeated(', client: "', '2026/02/03 04:05:06 [error] 1#1: '),
    'pairs of clients': repeated(', client: 1', '2026/02/03 04:05:06 [error] 1#1: "'),
    parameters: repeated(' a="b"', '<11>1 - - - - - [x'),
    elements: repeated('[x a="b"]', '<11>1 - - - - - '),
    braces: repeated('{"a":'),
    colons: repeated(':', '[Mon Dec 26 16:22:08 2025] [error] [client '),
    percent: `${repeated('%', `192.0.2.1 - - ${time} "GET /`)} HTTP/1.1" 200 1 "-" "x"`,
    blanks: repeated(' '),
  }

  /** Milliseconds. A scan that goes back takes minutes, or half an hour; one that does not, some milliseconds on a quiet machine. */
  const linear = 3_000

  test.each(Object.entries(hostile))('of %s is read at once, in every format', (_name, message) => {
    for (const format of ['auto', ...Object.keys(formats)]) {
      const begun = performance.now()
      parseEntry(entry(message, { format }), context)
      expect(performance.now() - begun, format).toBeLessThan(linear)
    }
  })
})
