import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { metricsRegistry } from '../metrics.js'
import { config, type Orders, OrdersController, startOrders } from '../orders-service.fixture.js'
import type { AccessEntry } from './access-lines.js'
import { AccessLog } from './access-log.js'

let directory: string
let running: Orders | undefined
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'access-log-'))
})
afterEach(async () => {
  await running?.service.stop()
  running = undefined
  rmSync(directory, { recursive: true })
})

const start = async () => (running = await startOrders({ config: { ...config, ACCESS_LOG_DIR: directory } }))
const path = (kind: 'log' | 'json') => join(directory, `orders.access.${kind}`)
const linesIn = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [])
const linesOf = (kind: 'log' | 'json') => readFileSync(path(kind), 'utf8').split('\n').slice(0, -1)
const documents = () => linesOf('json').map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>)
const written = (count: number) => vi.waitFor(() => expect([linesOf('log').length, linesOf('json').length]).toEqual([count, count]), { timeout: 5_000 })
const combined = /^(\S+) - (.+) \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "([^"]*)" (\d{3}) (\d+|-) "([^"]*)" "([^"]*)"$/

/** Asks, and reads the whole answer: its connection is free then. */
const got = async (url: string) => (await fetch(url)).text()

function opened(url: string): Socket {
  const { hostname, port } = new URL(url)
  return connect(Number(port), hostname)
}

/** Sends bytes as they are. */
async function sent(url: string, bytes: string): Promise<void> {
  const socket = opened(url)
  socket.write(Buffer.from(bytes, 'latin1'))
  socket.on('data', () => socket.end())
  await once(socket, 'close')
}

describe('the access log', () => {
  it('has a request in the combined format, and as an ECS document', async () => {
    const { url, lines } = await start()
    const answer = await fetch(`${url}/orders/7?page=2`, { headers: { 'user-agent': 'till/1.0', referer: 'https://shop.example/', 'x-request-id': 'r-1' } })
    const bytes = (await answer.text()).length
    await written(1)
    expect(combined.exec(linesOf('log')[0] ?? '')?.slice(1)).toEqual(['127.0.0.1', '-', 'GET /orders/7?page=2 HTTP/1.1', '200', String(bytes), 'https://shop.example/', 'till/1.0'])
    const [document] = documents()
    expect(document).toMatchObject({
      'log.level': 'info',
      event: { outcome: 'success', category: ['web'], type: ['access'], duration: expect.any(Number) },
      service: { name: 'orders' },
      http: { version: '1.1', request: { id: 'r-1', method: 'GET', referrer: 'https://shop.example/' }, response: { status_code: 200, body: { bytes } } },
      url: { original: '/orders/7?page=2', path: '/orders/7', query: 'page=2' },
      labels: { route: '/orders/:id' },
      source: { address: '127.0.0.1', ip: '127.0.0.1' },
      user_agent: { original: 'till/1.0' },
    })
    const own = lines.find(({ msg }) => msg === 'request')
    expect(document?.['trace']?.['id']).toBe(own?.['trace_id'])
  })

  it('has what was refused, what failed, and what nobody waited for; not what watches the service', async () => {
    const { url, app } = await start()
    await got(`${url}/orders/boom`)
    await got(`${url}/nowhere`)
    await sent(url, 'GET /orders/%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    await got(`${url}/health/live`)
    await got(`${url}/metrics`)
    const socket = opened(url)
    socket.write('GET /orders/never HTTP/1.1\r\nHost: x\r\n\r\n')
    await vi.waitFor(() => expect(app.get(OrdersController).waiting).toBe(1))
    socket.destroy()
    await written(4)
    expect(linesOf('log').map((line) => combined.exec(line)?.slice(3, 6))).toEqual([
      ['GET /orders/boom HTTP/1.1', '500', expect.stringMatching(/^\d+$/)],
      ['GET /nowhere HTTP/1.1', '404', expect.stringMatching(/^\d+$/)],
      ['GET /orders/%E0%A4%A HTTP/1.1', '400', expect.stringMatching(/^\d+$/)],
      ['GET /orders/never HTTP/1.1', '499', '-'],
    ])
    expect(documents().map((one) => one['event']?.['outcome'])).toEqual(['failure', 'failure', 'failure', 'failure'])
  })

  it('holds no personal data and no secrets', async () => {
    const { url } = await start()
    await fetch(`${url}/orders/4111111111111111?email=ada%40example.org&token=hunter2`, { headers: { 'user-agent': 'ada@example.org', referer: 'https://shop.example/?q=4111+1111+1111+1111', 'x-request-id': '4111111111111111' } })
    await written(1)
    for (const kind of ['log', 'json'] as const) {
      expect(linesOf(kind)[0]).not.toMatch(/4111|ada|example\.org|hunter2/)
      expect(linesOf(kind)[0]).toContain('/orders/[card]?email=[email]&token=[redacted]')
    }
  })

  it('has one line a request, whatever clients send', async () => {
    const { url } = await start()
    await sent(url, 'GET /orders/7%0D%0AGET%20%2Fforged HTTP/1.1\r\nHost: x\r\nUser-Agent: a" 200 1 "-" \xC3\xA9\xFF\t\\\r\nReferer: "\xE2\x80\xA8\r\nConnection: close\r\n\r\n')
    await written(1)
    expect(combined.exec(linesOf('log')[0] ?? '')?.slice(3)).toEqual(['GET /orders/7%0D%0AGET%20%2Fforged HTTP/1.1', '200', expect.any(String), String.raw`\x22\xE2\x80\xA8`, String.raw`a\x22 200 1 \x22-\x22 \xC3\xA9\xEF\xBF\xBD\x09\x5C`])
    expect(documents()[0]).toMatchObject({ user_agent: { original: 'a" 200 1 "-" \u00e9\ufffd\t\\' }, url: { original: '/orders/7%0D%0AGET%20%2Fforged' } })
  })

  it('is not written where nobody asks for it', async () => {
    running = await startOrders()
    await fetch(`${running.url}/orders/7`)
    expect(existsSync(path('log'))).toBe(false)
  })

  it('is whole when the service has ended', async () => {
    const { url, service } = await start()
    await Promise.all(Array.from({ length: 50 }, (_, i) => got(`${url}/orders/${i}`)))
    await service.stop()
    running = undefined
    expect([linesOf('log').length, linesOf('json').length]).toEqual([50, 50])
  })

  it('that cannot be opened ends the start, and says which variable is wrong', async () => {
    writeFileSync(join(directory, 'file'), '')
    await expect(startOrders({ config: { ...config, ACCESS_LOG_DIR: join(directory, 'file') } })).rejects.toMatchObject({ code: 'ACCESS_LOG_UNWRITABLE', kind: 'fatal', message: expect.stringContaining('ACCESS_LOG_DIR') })
  })
})

const entry = (i: number): AccessEntry => ({ at: 0, method: 'GET', url: `/orders/${i}`, httpVersion: '1.1', route: '/orders/:id', status: 200, bytes: 1, ms: 1, address: '::ffff:192.0.2.1', client: 'till', referrer: undefined, userAgent: undefined, requestId: undefined, traceId: undefined, spanId: undefined })

describe('a log that is rotated', () => {
  it('goes on in a new file, and every line is in one of the two', async () => {
    const log = AccessLog.open(directory, 'orders', { warn: vi.fn() })
    for (let i = 0; i < 1_000; i++) log.record(entry(i))
    renameSync(path('log'), `${path('log')}.1`)
    renameSync(path('json'), `${path('json')}.1`)
    log.reopen()
    await vi.waitFor(() => expect(existsSync(path('json')) && existsSync(path('log'))).toBe(true))
    for (let i = 1_000; i < 2_000; i++) log.record(entry(i))
    await log.close()
    const all = [...readFileSync(`${path('log')}.1`, 'utf8').split('\n'), ...linesOf('log')].filter(Boolean)
    expect(all.map((line) => Number(/orders\/(\d+)/.exec(line)?.[1]))).toEqual(Array.from({ length: 2_000 }, (_, i) => i))
    expect(all[0]).toBe('192.0.2.1 - till [01/Jan/1970:00:00:00 +0000] "GET /orders/0 HTTP/1.1" 200 1 "-" "-"')
    expect(linesOf('log').length).toBeGreaterThanOrEqual(1_000)
  })
})

describe('a log that nobody rotates', () => {
  it('is renamed when it has grown to its size, in the place of the one before, so that two are all there is', async () => {
    const log = AccessLog.open(directory, 'orders', { warn: vi.fn() }, 1)
    const numbers = (file: string) => linesIn(file).map((line) => Number(/orders\/(\d+)/.exec(line)?.[1]))
    const renamed = () => numbers(`${path('json')}.1`)
    const kept = () => [...renamed(), ...numbers(path('json'))]
    let made = 0
    // A few at a time: what waits for the disk must not be so much that it is dropped.
    const more = async () => {
      for (const until = made + 1_000; made < until; made++) log.record(entry(made))
      await vi.waitFor(() => expect(kept().at(-1)).toBe(made - 1), { timeout: 20_000 })
    }
    while (renamed().length === 0) await more()
    const first = renamed().length
    while (renamed()[0] === 0) await more()
    await log.close()
    expect(kept()).toEqual(Array.from({ length: made - first }, (_, i) => first + i))
    for (const file of readdirSync(directory)) expect(statSync(join(directory, file)).size).toBeLessThan(2 * 2 ** 20)
    expect(readdirSync(directory).filter((file) => file.includes('json')).toSorted()).toEqual(['orders.access.json', 'orders.access.json.1'])
  })

  it('counts what an earlier process has written', async () => {
    writeFileSync(path('log'), 'x\n'.repeat(2 ** 19))
    const log = AccessLog.open(directory, 'orders', { warn: vi.fn() }, 1)
    log.record(entry(0))
    await vi.waitFor(() => expect(existsSync(`${path('log')}.1`)).toBe(true), { timeout: 20_000 })
    await log.close()
    expect(existsSync(`${path('json')}.1`)).toBe(false)
  })

  it('goes on in the same file when it cannot be renamed, and says so', async () => {
    writeFileSync(path('log'), 'x\n'.repeat(2 ** 19))
    mkdirSync(`${path('log')}.1`)
    const warn = vi.fn()
    const log = AccessLog.open(directory, 'orders', { warn }, 1)
    log.record(entry(0))
    await vi.waitFor(() => expect(linesIn(path('log')).at(-1)).toContain('/orders/0'), { timeout: 20_000 })
    await log.close()
    expect(warn).toHaveBeenCalledTimes(1)
  })

  it('goes on in a new file when somebody has renamed it without a word', async () => {
    const log = AccessLog.open(directory, 'orders', { warn: vi.fn() }, 1)
    const moved = `${path('log')}.moved`
    let made = 0
    const more = async (count: number) => {
      for (const until = made + count; made < until; made++) log.record(entry(made))
      await vi.waitFor(() => expect(linesIn(moved).length + linesIn(path('log')).length).toBe(made), { timeout: 20_000 })
    }
    await more(1)
    renameSync(path('log'), moved)
    while (!existsSync(path('log'))) await more(1_000)
    await more(1)
    expect(linesIn(path('log')).at(-1)).toContain(`/orders/${made - 1}`)
    await log.close()
  })
})

describe.skipIf(!existsSync('/dev/full'))('a disk that is full', () => {
  it('fails no request: lines wait, and are dropped and counted when there are too many', async () => {
    symlinkSync('/dev/full', path('log'))
    symlinkSync('/dev/full', path('json'))
    const { url, lines, service } = await start()
    expect((await fetch(`${url}/orders/7`)).status).toBe(200)
    await vi.waitFor(() => expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1))
    expect(lines.find(({ level }) => level === 'warn')).toMatchObject({ err: { code: 'ENOSPC' } })
    const log = AccessLog.open(directory, 'orders', { warn: vi.fn() })
    for (let i = 0; i < 20_000; i++) log.record(entry(i))
    await log.close()
    expect(await metricsRegistry.getSingleMetricAsString('access_log_failures_total')).toMatch(/ [1-9]\d*$/m)
    expect(await metricsRegistry.getSingleMetricAsString('access_log_lines_dropped_total')).toMatch(/ [1-9]\d*$/m)
    const begun = performance.now()
    await service.stop()
    running = undefined
    expect(performance.now() - begun).toBeLessThan(10_000)
  })
})
