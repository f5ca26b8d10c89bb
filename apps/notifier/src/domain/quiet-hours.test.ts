import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterQuietHours } from './quiet-hours.js'

const night = { from: '22:00', to: '07:30' }
const berlin = 'Europe/Berlin'
const after = (now: string, quiet: Parameters<typeof afterQuietHours>[1] = night, zone = berlin): string =>
  new Date(afterQuietHours(Date.parse(now), quiet, zone)).toISOString()

describe('a message that must not come in quiet hours', () => {
  it.each([
    ['before them', '2026-03-03T20:59:59.999Z', '2026-03-03T20:59:59.999Z'],
    ['at their beginning', '2026-03-03T21:00:00.000Z', '2026-03-04T06:30:00.000Z'],
    ['before midnight', '2026-03-03T22:40:12.345Z', '2026-03-04T06:30:00.000Z'],
    ['after midnight', '2026-03-04T03:00:00.000Z', '2026-03-04T06:30:00.000Z'],
    ['in their last minute', '2026-03-04T06:29:59.999Z', '2026-03-04T06:30:00.000Z'],
    ['at their end', '2026-03-04T06:30:00.000Z', '2026-03-04T06:30:00.000Z'],
  ])('%s', (_, now, then) => {
    expect(after(now)).toBe(then)
  })

  it('waits by the clock of its reader', () => {
    expect(after('2026-03-03T03:00:00.000Z', night, 'America/New_York')).toBe('2026-03-03T12:30:00.000Z')
    expect(after('2026-03-03T03:00:00.000Z', night, 'Asia/Kolkata')).toBe('2026-03-03T03:00:00.000Z')
  })

  it('waits in hours of the day as well', () => {
    expect(after('2026-03-03T12:15:00.000Z', { from: '13:00', to: '14:00' })).toBe('2026-03-03T13:00:00.000Z')
    expect(after('2026-03-03T13:00:00.000Z', { from: '13:00', to: '14:00' })).toBe('2026-03-03T13:00:00.000Z')
  })

  it('waits an hour less in the night in which clocks are put forward, and one more when they are put back', () => {
    expect(after('2026-03-28T22:00:00.000Z')).toBe('2026-03-29T05:30:00.000Z')
    expect(after('2026-10-24T21:00:00.000Z')).toBe('2026-10-25T06:30:00.000Z')
  })

  it('waits until the clock jumps over an end that does not come', () => {
    const end = Date.parse(after('2026-03-28T22:00:00.000Z', { from: '22:00', to: '02:30' }))
    expect(end).toBeGreaterThanOrEqual(Date.parse('2026-03-29T01:00:00.000Z'))
    expect(end).toBeLessThanOrEqual(Date.parse('2026-03-29T01:30:00.000Z'))
  })

  it.each([
    ['nobody named any', null, berlin],
    ['they are empty', { from: '07:00', to: '07:00' }, berlin],
    ['they are no times', { from: '25:00', to: 'x' }, berlin],
    ['the zone is not known', night, 'Mars/Olympus'],
  ])('never waits where %s', (_, quiet, zone) => {
    expect(after('2026-03-04T03:00:00.000Z', quiet, zone)).toBe('2026-03-04T03:00:00.000Z')
  })

  it('never waits more than a day and an hour, and is never sent before now', () => {
    const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC')
    const year = { min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) }
    fc.assert(
      fc.property(fc.integer(year), time, time, zones, (now, from, to, zone) => {
        const then = afterQuietHours(now, { from, to }, zone)
        expect(then).toBeGreaterThanOrEqual(now)
        expect(then - now).toBeLessThanOrEqual(25 * 3_600_000)
      }),
      { numRuns: 2_000 },
    )
  })
})
