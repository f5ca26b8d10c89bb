import type { LogLine } from '@swipestream/contracts'
import { describe, expect, test } from 'vitest'
import { utc } from '../domain/parse/zone.js'
import type { Beginning, LogSource } from '../topic/log-tail.js'
import { run } from './run.js'
import { type Asked, askedFor, follow } from './tail.js'

const request = (i: number, status = 200) => `192.0.2.1 - - [03/Feb/2026:04:05:${String(i).padStart(2, '0')} +0000] "GET /${i} HTTP/1.1" ${status} 1 "-" "x"`
const entry = (message: string, more: Partial<LogLine> = {}): LogLine => ({ file_key: 'h/f', host: 'web1', file_id: 'f', path: '/a', generation: 0, offset: 0, end_offset: 1, service: 'shop', format: 'auto', message, truncated: false, redactions: 0, read_at: 0, ...more })

/** A topic that has these, and gets those one by one. */
class FakeTopic implements LogSource {
  begun: Beginning | undefined
  readonly unreadable = 0

  constructor(private readonly batches: LogLine[][], private readonly atEnd: () => void = () => {}) {}

  begin(from: Beginning): Promise<void> {
    this.begun = from
    return Promise.resolve()
  }

  entries(): Promise<LogLine[]> {
    const batch = this.batches.shift()
    if (this.batches.length === 0) this.atEnd()
    return Promise.resolve(batch ?? [])
  }
}

async function printed(batches: LogLine[][], asked: Partial<Asked> = {}, reads = true): Promise<string[]> {
  const end = new AbortController()
  let text = ''
  const write = (some: string) => {
    text += some
    return Promise.resolve(reads)
  }
  await follow(new FakeTopic(batches, () => end.abort()), { lines: 10, since: undefined, service: undefined, errors: false, once: false, documents: false, ...asked }, { zone: utc }, write, end.signal)
  return text.split('\n').slice(0, -1)
}

describe('tail', () => {
  test('prints time, service, status and text of the newest that are there, and of what comes', async () => {
    const there = Array.from({ length: 30 }, (_, i) => entry(request(i)))
    const lines = await printed([there, [entry(request(31, 503))], []], { lines: 2 })
    expect(lines).toEqual([
      '2026-02-03T04:05:28.000Z  shop               200    GET /28 192.0.2.1',
      '2026-02-03T04:05:29.000Z  shop               200    GET /29 192.0.2.1',
      '2026-02-03T04:05:31.000Z  shop               503    GET /31 192.0.2.1',
    ])
  })

  test('can be of one service, and of failures only', async () => {
    const all = [entry(request(1)), entry(request(2, 500)), entry(request(3, 500), { service: 'till' }), entry('2026/02/03 04:05:06 [error] 1#1: away'), entry(request(4, 404))]
    expect((await printed([all], { errors: true })).map((line) => line.slice(26))).toEqual(['shop               500    GET /2 192.0.2.1', 'till               500    GET /3 192.0.2.1', 'shop               error  away'])
    expect(await printed([all], { service: 'till' })).toHaveLength(1)
  })

  test('can be documents', async () => {
    const [line] = await printed([[entry(request(1))]], { documents: true })
    expect(JSON.parse(line ?? '')).toMatchObject({ '@timestamp': '2026-02-03T04:05:01.000Z', host: { name: 'web1' }, service: { name: 'shop' }, http: { response: { status_code: 200 } } })
  })

  test('does not let an entry steer the terminal, nor look like another one', async () => {
    const lines = await printed([[entry('2026/02/03 04:05:06 [error] 1#1: a\u001B[2J\n2026-02-03T04:05:06.000Z  shop               200    forged')]])
    expect(lines[0]).toContain('a\uFFFD[2J')
    expect(lines[1]).toMatch(/^ {4}2026/)
  })

  test('begins where it is told to, and ends when nobody reads any more', async () => {
    const topic = new FakeTopic([[entry(request(1))], [entry(request(2))]])
    await follow(topic, { lines: 5_000, since: undefined, service: undefined, errors: false, once: false, documents: false }, { zone: utc }, () => Promise.resolve(false), new AbortController().signal)
    expect(topic.begun).toEqual({ last: 5_000 })
    const since = new FakeTopic([Array.from({ length: 20 }, (_, i) => entry(request(i)))])
    let text = ''
    const write = (some: string) => {
      text += some
      return Promise.resolve(true)
    }
    await follow(since, { lines: 10, since: 7, service: undefined, errors: false, once: true, documents: false }, { zone: utc }, write, new AbortController().signal)
    expect(since.begun).toEqual({ since: 7 })
    expect(text.split('\n')).toHaveLength(21)
  })

  test.each([['30s', 970_000], ['10m', 400_000], ['1970-01-01T00:00:07Z', 7_000]])('--since %s', (said, since) => {
    expect(askedFor({ since: said }, 1_000_000).since).toBe(since)
  })

  test.each([
    [['tail', 'x'], /takes no names/],
    [['tail', '--since', 'yesterday'], /--since takes a time such as/],
    [['tail', '-n', 'many'], /--lines/],
    [['tail'], /KAFKA_BROKERS/],
  ])('%j is a wrong use', async (args, says) => {
    const err: string[] = []
    expect(await run(args, {}, { out: () => undefined, err: (line) => err.push(line) })).toBe(2)
    expect(err.join('\n')).toMatch(says)
  })
})
