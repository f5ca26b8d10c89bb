import { describe, expect, test } from 'vitest'
import { Detector } from './detector.js'
import type { IncidentEvent } from './incident.js'

const begin = Date.UTC(2026, 0, 5, 10)

/** A service that is watched for a while, at so many requests a second. */
class Watched {
  readonly detector = new Detector()
  readonly events: IncidentEvent[] = []
  now = begin
  private turn = 0

  /** @param behave what becomes of the n-th request of a route */
  run(seconds: number, perSecond: number, behave: (n: number, route: string) => { failed?: boolean; ms?: number } = () => ({}), routes = ['GET /a', 'GET /b', 'POST /c']): this {
    for (let second = 0; second < seconds; second++) {
      this.events.push(...this.detector.tick(this.now))
      for (let i = 0; i < perSecond; i++) {
        const n = this.turn++
        const route = routes[n % routes.length] ?? ''
        const { failed = false, ms = 10 } = behave(n, route)
        this.events.push(...this.detector.observe({ service: 'shop', at: this.now + Math.floor((i * 1000) / perSecond), request: { route, failed, ms, sample: `${failed ? 503 : 200} ${route}` } }, this.now + 1_000))
      }
      this.now += 1_000
    }
    return this
  }

  errors(message: (n: number) => string, times: number): this {
    for (let n = 0; n < times; n++) this.events.push(...this.detector.observe({ service: 'shop', at: this.now, error: message(n) }, this.now))
    return this
  }

  told(): string[] {
    return this.events.map(({ state, code, subject, severity }) => `${state} ${code} ${subject ?? '-'} ${severity}`)
  }
}

const down = () => ({ failed: true })
const usual = (n: number) => ({ failed: n % 500 === 0 })

describe('an outage', () => {
  test('is seen within seconds, without any baseline, and told to be over', () => {
    const watched = new Watched().run(120, 5, usual)
    const from = watched.now
    watched.run(60, 5, down)
    expect(watched.events[0]).toMatchObject({ state: 'opened', code: 'LOG_ERROR_RATE', subject: null, service: 'shop' })
    expect((watched.events[0]?.at ?? 0) - from).toBeLessThanOrEqual(5_000)
    expect(watched.told()).toContain('opened LOG_ERROR_RATE - critical')
    const over = watched.now
    watched.run(120, 5, usual)
    const last = watched.events.at(-1)
    expect(last).toMatchObject({ state: 'resolved', code: 'LOG_ERROR_RATE', severity: 'info' })
    expect(last?.count).toBeGreaterThanOrEqual(295)
    expect((last?.at ?? 0) - over).toBeLessThanOrEqual(60_000)
  })

  test('tells how many of how many requests failed, what is usual, and an example', () => {
    const watched = new Watched().run(3 * 3_600, 2, usual).run(30, 2, down)
    expect(watched.events[0]?.summary).toMatch(/^shop: \d+ of \d+ requests within 10 s failed \(\d+ %, usually 0\.2 %\), such as 503 \w+ \/[abc]$/)
  })

  test('that ended is not opened again by what it left behind', () => {
    const watched = new Watched().run(120, 5, usual).run(60, 5, down).run(900, 5, usual)
    expect(watched.events.filter(({ state }) => state === 'resolved')).toHaveLength(1)
    expect(watched.told().at(-1)).toBe('resolved LOG_ERROR_RATE - info')
  })

  test('does not become what is usual', () => {
    const watched = new Watched().run(3 * 3_600, 2, usual).run(3_600, 2, down)
    expect(watched.told().filter((told) => told.startsWith('resolved'))).toEqual([])
  })

  test('of one route is told of that route', () => {
    const watched = new Watched().run(3 * 3_600, 6, usual).run(60, 6, (n, route) => ({ failed: route === 'POST /c' || usual(n).failed }))
    expect(watched.told()).toEqual(['opened LOG_ERROR_RATE POST /c warning'])
  })

  test('of a route that nobody asks for any more is over after half an hour', () => {
    const watched = new Watched().run(3 * 3_600, 6, usual).run(20, 6, (_n, route) => ({ failed: route === 'POST /c' })).run(2_100, 4, usual, ['GET /a', 'GET /b'])
    expect(watched.told()).toEqual(['opened LOG_ERROR_RATE POST /c warning', 'resolved LOG_ERROR_RATE POST /c info'])
  })

  test('of a service that has one route only is one of the service', () => {
    const watched = new Watched().run(120, 5, usual, ['GET /a']).run(30, 5, down, ['GET /a'])
    expect(watched.events[0]?.subject).toBeNull()
  })
})

describe('what is no outage', () => {
  test.each([
    ['four failures in a row', (watched: Watched) => watched.run(1, 4, down)],
    ['failures as many as usual', (watched: Watched) => watched.run(600, 50, (n) => ({ failed: n % 400 === 0 }))],
    ['three times the traffic', (watched: Watched) => watched.run(300, 15, usual)],
  ])('%s: nobody is woken', (_name, happens) => {
    const watched = new Watched().run(3 * 3_600, 5, usual)
    happens(watched).run(600, 5, usual)
    expect(watched.told()).toEqual([])
  })
})

describe('requests that take long', () => {
  test('are told when many take more than twice as long as nearly all usually do', () => {
    const watched = new Watched().run(3 * 3_600, 5).run(60, 5, () => ({ ms: 200 }))
    expect(watched.events[0]).toMatchObject({ state: 'opened', code: 'LOG_LATENCY', severity: 'warning' })
    expect(watched.run(300, 5).told().at(-1)).toBe('resolved LOG_LATENCY - info')
  })

  test('are told without a baseline when they take seconds', () => {
    expect(new Watched().run(60, 5, () => ({ ms: 8_000 })).told()[0]).toBe('opened LOG_LATENCY - warning')
    expect(new Watched().run(60, 5, () => ({ ms: 2_000 })).told()).toEqual([])
  })
})

describe('silence', () => {
  test('of a service that is never silent is told within a minute, and its end', () => {
    const watched = new Watched().run(3 * 3_600, 5)
    const from = watched.now
    watched.run(60, 0)
    expect(watched.events[0]).toMatchObject({ state: 'opened', code: 'LOG_SILENCE', severity: 'critical' })
    expect((watched.events[0]?.at ?? 0) - from).toBeLessThanOrEqual(45_000)
    expect(watched.run(10, 5).told().at(-1)).toBe('resolved LOG_SILENCE - info')
  })

  test('of a service with a request now and then is none', () => {
    const watched = new Watched()
    for (let i = 0; i < 300; i++) watched.run(1, 1).run(59, 0)
    expect(watched.run(600, 0).told()).toEqual([])
  })

  test('of a log that is read after the fact is none: the clock says nothing of it', () => {
    const detector = new Detector()
    const events = Array.from({ length: 7_200 }, (_, i) => detector.observe({ service: 'shop', at: begin + i * 1_000, request: { route: 'GET /a', failed: false, ms: 1, sample: '' } }, begin + 86_400_000)).flat()
    expect([...events, ...detector.tick(begin + 86_400_000)]).toEqual([])
  })
})

describe('an error whose like was never logged', () => {
  test('is told after the third time, with the words that do not differ, and when it is over', () => {
    const watched = new Watched().errors((n) => `payment ${n} declined`, 5).run(3_700, 1)
    watched.errors((n) => `payment ${n} declined`, 5).errors((n) => `ledger of shard ${n} is gone`, 3).run(5, 1)
    expect(watched.told()).toEqual(['opened LOG_NEW_ERROR ledger of shard <*> is gone warning'])
    expect(watched.events[0]?.summary).toBe('shop, ledger of shard <*> is gone: a new error was logged 3 times: ledger of shard 0 is gone')
    expect(watched.run(700, 1).told().at(-1)).toBe('resolved LOG_NEW_ERROR ledger of shard <*> is gone info')
  })

  test('is usual in the first hour', () => {
    expect(new Watched().errors((n) => `a ${n} b`, 10).run(60, 1).told()).toEqual([])
  })

  test('among many new ones wakes nobody a hundred times', () => {
    const word = (n: number) => n.toString(26).replaceAll(/\d/g, (digit) => 'qrstuvwxyz'.charAt(Number(digit)))
    const watched = new Watched().errors(() => 'usual', 1).run(3_700, 1)
    for (let n = 0; n < 100; n++) watched.errors(() => `${word(n + 1_000)} ${word(n * 7 + 5_000)} failed`, 3)
    expect(watched.run(60, 1).told().length).toBeLessThanOrEqual(5)
  })
})

test('a time that is ahead of the clock is taken for now, and stops nothing', () => {
  const watched = new Watched().run(120, 5, usual)
  watched.events.push(...watched.detector.observe({ service: 'shop', at: watched.now + 365 * 86_400_000, request: { route: 'GET /a', failed: false, ms: 1, sample: '' } }, watched.now))
  expect(watched.run(30, 5, down).told()[0]).toMatch(/^opened LOG_ERROR_RATE/)
})

test('routes and services of any number take a bounded memory', () => {
  const watched = new Watched()
  const routes = Array.from({ length: 5_000 }, (_, i) => `GET /${i}`)
  expect(watched.run(60, 100, () => ({}), routes).told()).toEqual([])
  for (let i = 0; i < 1_000; i++) watched.detector.observe({ service: `s${i}`, at: begin, request: { route: 'GET /', failed: true, ms: 1, sample: '' } }, begin)
  expect(watched.detector.serviceCount).toBeLessThanOrEqual(100)
})
