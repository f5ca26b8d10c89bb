import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deadLetterDefinition, type LogLine, opsAlerts, serverLogs, uuidv7 } from '@swipestream/contracts'
import { eventually, testBackbone, type TestBackbone } from '@swipestream/messaging/testing'
import { type Stack, startStack } from '@swipestream/stack'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ServiceProcess, startProcess } from './service-process.js'

const data = join(process.env['SWIPESTREAM_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url)), 'logs')
const missing = !existsSync(join(data, 'apache_access.log'))
if (missing) console.log(`skipped: no apache_access.log in ${data} (set SWIPESTREAM_DATA to the directory that has logs/)`)

let stack: Stack
let backbone: TestBackbone
let namespace: string
let tests = 0
const indexers: ServiceProcess[] = []

beforeAll(async () => {
  stack = await startStack({ servers: ['elasticsearch'] })
})
afterAll(() => stack?.stop())

beforeEach(async () => {
  namespace = `t${tests++}`
  backbone = await testBackbone([serverLogs, deadLetterDefinition(serverLogs), opsAlerts, deadLetterDefinition(opsAlerts)])
})
afterEach(async () => {
  await Promise.all(indexers.splice(0).map((one) => one.kill()))
  await backbone.close()
})

async function indexer(): Promise<ServiceProcess> {
  const started = await startProcess('index-main', { ...backbone.env, ELASTICSEARCH_URL: url(), LOG_INDEX_NAMESPACE: namespace, LOG_INDEX_REPLICAS: '0' })
  indexers.push(started)
  return started
}

const url = () => String(stack.env['ELASTICSEARCH_URL'])

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url()}${path}`, { method: body === undefined ? 'GET' : 'POST', headers: { 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }) })
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
  return (await response.json()) as T
}

async function search(body: Record<string, unknown>): Promise<{ hits: { total: { value: number }; hits: { _id: string; _index: string; _source: Record<string, unknown> }[] } }> {
  const index = `logs-*-${namespace}`
  await ask(`/${index}/_refresh`)
  return ask(`/${index}/_search`, { track_total_hits: true, ...body })
}

async function count(query: Record<string, unknown> = { match_all: {} }): Promise<number> {
  return (await search({ size: 0, query })).hits.total.value
}

/** Entries of one file, of these lines, in their order. */
function entries(lines: readonly string[], more: Partial<LogLine> = {}): LogLine[] {
  let offset = 0
  return lines.map((message) => {
    const begin = offset
    offset += Buffer.byteLength(message) + 1
    return { file_key: 'web1/ab12', host: 'web1', file_id: 'ab12', path: '/var/log/apache2/access.log', generation: 0, offset: begin, end_offset: offset, service: 'shop', format: 'auto', message, truncated: false, redactions: 0, read_at: Date.now(), ...more }
  })
}

const ship = (lines: readonly LogLine[]) => backbone.publish(lines.map((line) => serverLogs.event(line)))
const request = (path: string) => `192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET ${path} HTTP/1.1" 200 1 "-" "x"`
const requests = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => request(`/page/${String(from + i).padStart(6, '0')}`))

describe.skipIf(missing)('a real access log', () => {
  test('of 10,000 lines is 10,000 documents, with kills of the indexer and of Elasticsearch in between', { timeout: 180_000 }, async () => {
    const lines = entries(readFileSync(join(data, 'apache_access.log'), 'utf8').split('\n').filter(Boolean), { format: 'apache.access' })
    expect(lines).toHaveLength(10_000)
    const first = await indexer()
    for (let from = 0; from < 5_000; from += 500) await ship(lines.slice(from, from + 500))
    await eventually(async () => (await count()) >= 500)
    await first.kill()
    const second = await indexer()
    await eventually(async () => (await count()) >= 1_500)
    await stack.kill('elasticsearch')
    for (let from = 5_000; from < 10_000; from += 500) await ship(lines.slice(from, from + 500))
    await eventually(async () => expect((await second.health()).ready).toBe(false))
    await stack.start('elasticsearch')
    // What was shipped before a checkpoint comes again.
    await ship(lines.slice(9_000))
    await eventually(async () => expect(await count()).toBe(10_000), { timeoutMs: 60_000 })
    await second.stop()

    const { hits } = await search({ size: 10_000, _source: ['log.offset', 'event.original'] })
    const found = hits.hits.map(({ _source }) => _source as { log: { offset: number }; event: { original: string } }).sort((x, y) => x.log.offset - y.log.offset)
    expect(found.map(({ log, event }) => [log.offset, event.original])).toEqual(lines.map(({ offset, message }) => [offset, message]))
    expect(await count({ term: { tags: '_parsefailure' } })).toBe(0)
    expect(await count({ range: { 'http.response.status_code': { gte: 400 } } })).toBe(lines.filter(({ message }) => /" [45]\d\d /.test(message)).length)
    expect(await backbone.records({ name: `${serverLogs.name}.dlq` })).toHaveLength(0)
  })
})

describe.skipIf(missing)('a real error log', () => {
  test('of 2,000 lines is 2,000 documents, none of which was not understood', async () => {
    const lines = entries(readFileSync(join(data, 'apache_error.log'), 'utf8').split('\n').filter(Boolean), { path: '/var/log/apache2/error.log', format: 'apache.error' })
    expect(lines).toHaveLength(2_000)
    await indexer()
    for (let from = 0; from < 2_000; from += 500) await ship(lines.slice(from, from + 500))
    await eventually(async () => expect(await count()).toBe(2_000), { timeoutMs: 60_000 })
    expect(await count({ term: { tags: '_parsefailure' } })).toBe(0)
    expect(await count({ term: { 'event.dataset': 'apache.error' } })).toBe(2_000)
    expect(await count({ term: { 'log.level': 'error' } })).toBe(lines.filter(({ message }) => message.includes('] [error] ')).length)
    const { hits } = await search({ size: 2_000, _source: ['log.offset', 'event.original'] })
    const found = new Map(hits.hits.map(({ _source }) => [(_source as { log: { offset: number } }).log.offset, (_source as { event: { original: string } }).event.original]))
    expect(lines.filter(({ offset, message }) => found.get(offset) !== message)).toEqual([])
  })
})

describe('an alert', () => {
  test('is beside the logs, once, with when it began and how long it lasted', async () => {
    const at = Date.UTC(2026, 1, 3, 12)
    const opened = { alert_id: uuidv7(), service: 'shop', code: 'LOG_ERROR_RATE', severity: 'critical' as const, subject: 'GET /a', summary: 'It fails.', count: 7, raised_at: at, opened_at: at - 2_000, resolved_at: null }
    const over = { ...opened, alert_id: uuidv7(), severity: 'info' as const, raised_at: at + 60_000, resolved_at: at + 58_000 }
    const alerts = [opened, over].map((alert) => opsAlerts.event(alert))
    await indexer()
    await backbone.publish(alerts)
    await eventually(async () => expect(await count()).toBe(2))
    await ask(`/logs-ops_alerts-${namespace}/_rollover`, {})
    await backbone.publish([...alerts, opsAlerts.event({ ...opened, alert_id: uuidv7(), opened_at: null })])
    await eventually(async () => expect(await count({ term: { 'event.action': 'raised' } })).toBe(1))
    expect(await count()).toBe(3)
    const { hits } = await search({ query: { term: { 'event.action': 'resolved' } } })
    expect(hits.hits.map(({ _id, _source }) => ({ _id, _source }))).toEqual([
      {
        _id: over.alert_id,
        _source: {
          '@timestamp': '2026-02-03T12:01:00.000Z',
          ecs: { version: '8.17.0' },
          event: { kind: 'alert', dataset: 'ops_alerts', id: over.alert_id, code: 'LOG_ERROR_RATE', action: 'resolved', start: '2026-02-03T11:59:58.000Z', end: '2026-02-03T12:00:58.000Z', duration: 60_000_000_000 },
          service: { name: 'shop' },
          message: 'It fails.',
          alert: { severity: 'info', count: 7, subject: 'GET /a' },
        },
      },
    ])
  })
})

describe('an entry that comes again', () => {
  test('after a rollover, to another indexer, is in the index once', async () => {
    const lines = entries(requests(0, 300))
    const first = await indexer()
    await ship(lines)
    await eventually(async () => expect(await count()).toBe(300))
    await first.stop()
    expect(await ask<{ rolled_over: boolean }>(`/logs-apache.access-${namespace}/_rollover`, {})).toMatchObject({ rolled_over: true })

    await indexer()
    await ship(lines)
    await ship(entries(requests(0, 310)).slice(300))
    await eventually(async () => expect(await count({ term: { 'url.path': '/page/000309' } })).toBe(1))
    expect(await count()).toBe(310)
    const { hits } = await search({ size: 1_000, _source: false })
    // The new ones are behind the rollover, and the old ones before it.
    expect(new Set(hits.hits.map(({ _index }) => _index)).size).toBe(2)
    expect(new Set(hits.hits.map(({ _id }) => _id)).size).toBe(310)
  })

  test('after a rollover, to the same indexer, is in the index once', async () => {
    const lines = entries(requests(0, 1_500))
    await indexer()
    await ship(lines)
    await eventually(async () => expect(await count()).toBe(1_500))
    await ask(`/logs-apache.access-${namespace}/_rollover`, {})
    await ship(lines.slice(1_200))
    await ship(entries(requests(0, 1_510)).slice(1_500))
    await eventually(async () => expect(await count({ term: { 'url.path': '/page/001509' } })).toBe(1))
    expect(await count()).toBe(1_510)
  })
})

describe('an entry that the index refuses', () => {
  test('goes to the dead letters with the reason, and those beside it are indexed', async () => {
    const good = entries(requests(0, 20))
    // `source` is an object to everybody else.
    const bad = entries([JSON.stringify({ '@timestamp': '2026-02-03T04:05:06Z', message: 'm', source: 'a text' })], { file_key: 'web1/cd34', file_id: 'cd34', format: 'json' })
    await indexer()
    await ship([...good.slice(0, 10), ...bad, ...good.slice(10)])
    const letters = await eventually(async () => {
      const found = await backbone.records({ name: `${serverLogs.name}.dlq` })
      return found.length > 0 && found
    })
    expect(letters).toHaveLength(1)
    expect(String(letters[0]?.headers['dlq-code'])).toBe('LOG_INDEX_REFUSED')
    expect(String(letters[0]?.headers['dlq-reason'])).toMatch(/document_parsing_exception.*source/)
    await eventually(async () => expect(await count()).toBe(20))
  })
})

describe('an entry that nobody can parse', () => {
  test('is in the index as it is, and is found by its tag', async () => {
    await indexer()
    await ship(entries(['\u0000 no log line'], { read_at: Date.UTC(2026, 1, 3) }))
    await eventually(async () => expect(await count()).toBe(1))
    const { hits } = await search({ query: { bool: { filter: [{ term: { tags: '_parsefailure' } }, { match: { message: 'line' } }] } } })
    expect(hits.hits[0]?._source).toMatchObject({ '@timestamp': '2026-02-03T00:00:00.000Z', message: '\u0000 no log line', host: { name: 'web1' }, service: { name: 'shop' } })
  })
})

describe('the indexer', () => {
  test('waits for an Elasticsearch that is away when it starts, and says so', async () => {
    await stack.kill('elasticsearch')
    const waiting = await indexer()
    await eventually(async () => expect((await waiting.health()).text).toContain('elasticsearch'))
    expect((await waiting.health()).ready).toBe(false)
    await ship(entries(requests(0, 3)))
    await stack.start('elasticsearch')
    await eventually(async () => expect(await count()).toBe(3))
    expect((await waiting.health()).ready).toBe(true)
  })
})
