import type { LogLine, OpsAlert } from '@swipestream/contracts'
import type { Outgoing, Received } from '@swipestream/messaging'
import { beforeEach, describe, expect, test } from 'vitest'
import { utc } from '../../domain/parse/zone.js'
import { WatchLogs } from './watch-logs.js'

const begin = Date.UTC(2026, 0, 5, 10)

let now: number
let published: OpsAlert[]
let failure: Error | undefined
let watch: WatchLogs
let offset: number
const { signal } = new AbortController()

/** One that has seen nothing yet, as after a start. */
function started(): WatchLogs {
  return new WatchLogs(
    (events: readonly Outgoing[]) => {
      if (failure !== undefined) return Promise.reject(failure)
      published.push(...events.map(({ value }) => value as OpsAlert))
      return Promise.resolve()
    },
    utc,
    () => now,
  )
}

beforeEach(() => {
  now = begin
  published = []
  failure = undefined
  offset = 0
  watch = started()
})

const time = (at: number) => `05/Jan/2026:${new Date(at).toISOString().slice(11, 19)} +0000`

function records(count: number, status: number, at = now): Received<LogLine>[] {
  return Array.from({ length: count }, () => {
    const message = `192.0.2.1 - - [${time(at)}] "GET /v1/cards/${offset} HTTP/1.1" ${status} 1 "-" "x"`
    return {
      key: 'h/f',
      headers: {},
      origin: { topic: 'server_logs', partition: 0, offset: offset++, timestamp: 0 },
      value: { file_key: 'h/f', host: 'h', file_id: 'f', path: '/a', generation: 0, offset, end_offset: offset + 1, service: 'shop', format: 'auto', message, truncated: false, redactions: 0, read_at: at },
    }
  })
}

const run = (batch: Received<LogLine>[]) => watch.run(batch, { partition: 0, signal })

async function seconds(count: number, status: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await run(records(5, status))
    now += 1_000
    await watch.tick()
  }
}

describe('an outage in an access log', () => {
  test('is an alert, and another one when it is over', async () => {
    await seconds(60, 200)
    await seconds(30, 503)
    await seconds(90, 200)
    expect(published.map(({ service, code, severity, subject, count }) => ({ service, code, severity, subject, isCounted: count >= 5 }))).toEqual([
      { service: 'shop', code: 'LOG_ERROR_RATE', severity: 'warning', subject: null, isCounted: true },
      { service: 'shop', code: 'LOG_ERROR_RATE', severity: 'critical', subject: null, isCounted: true },
      { service: 'shop', code: 'LOG_ERROR_RATE', severity: 'info', subject: null, isCounted: true },
    ])
    expect(published.at(-1)?.summary).toMatch(/^Resolved: shop is as usual again, after \d+ s$/)
  })

  test('has a beginning, which stays when it grows worse, and an end', async () => {
    await seconds(60, 200)
    await seconds(30, 503)
    await seconds(90, 200)
    const [opened, worse, over] = published
    expect(opened?.opened_at).toBeGreaterThanOrEqual(begin + 60_000)
    expect([worse?.opened_at, over?.opened_at]).toEqual([opened?.opened_at, opened?.opened_at])
    expect(published.map(({ resolved_at: at }) => at === null)).toEqual([true, true, false])
    expect(over?.resolved_at).toBeGreaterThan(begin + 90_000)
  })

  test('that was told before a start is not told again, and its end is', async () => {
    await seconds(60, 200)
    await seconds(30, 503)
    const before = published
    published = []
    watch = started()
    expect(watch.reopen(before)).toBe(1)
    await seconds(20, 503)
    expect(published).toEqual([])
    await seconds(90, 200)
    expect(published.map(({ severity, opened_at, subject }) => ({ severity, opened_at, subject }))).toEqual([{ severity: 'info', opened_at: before[0]?.opened_at, subject: null }])
    watch = started()
    expect(watch.reopen([...before, ...published])).toBe(0)
  })

  test('that was told before a start, of a service that logs nothing more, is over when it is forgotten', async () => {
    await seconds(60, 200)
    await seconds(30, 503)
    watch = started()
    watch.reopen(published)
    published = []
    for (let i = 0; i < 2_000; i++) {
      now += 1_000
      await watch.tick()
    }
    expect(published.map(({ severity }) => severity)).toEqual(['info'])
  })

  test('that cannot be told is told later, and a batch that comes again is not counted again', async () => {
    await seconds(60, 200)
    failure = new Error('no broker')
    const batch = records(50, 503)
    await expect(run(batch)).rejects.toThrow('no broker')
    failure = undefined
    await run(batch)
    expect(published).toHaveLength(1)
    const once = published[0]?.count
    expect(once).toBeLessThanOrEqual(50)
  })

  test('that is over for long is told to nobody, nor is its end', async () => {
    const past = now - 3_600_000
    for (let i = 0; i < 60; i++) await run(records(5, i < 30 ? 200 : 503, past + i * 1_000))
    for (let i = 60; i < 200; i++) await run(records(5, 200, past + i * 1_000))
    expect(published).toEqual([])
  })
})
