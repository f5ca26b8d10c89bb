import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { localTime } from './local-time.js'

const names = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const show = (at: string, zone: string) => {
  const local = localTime(Date.parse(at), zone)
  return local && `${names[local.weekday]} ${local.hour}`
}

describe('local time', () => {
  it.each([
    ['2026-03-02T10:00:00Z', 'UTC', 'Mon 10'],
    ['2026-03-02T10:00:00Z', 'Europe/Berlin', 'Mon 11'],
    ['2026-03-02T20:00:00Z', 'Asia/Tokyo', 'Tue 5'],
    ['2026-03-01T02:00:00Z', 'America/New_York', 'Sat 21'],
    ['2026-03-02T18:29:59Z', 'Asia/Kolkata', 'Mon 23'],
    ['2026-03-02T18:30:00Z', 'Asia/Kolkata', 'Tue 0'],
    ['1969-12-31T23:00:00Z', 'UTC', 'Wed 23'],
    // summer time begins, 2026-03-29 at 01:00 UTC: from 01:59:59 to 03:00:00
    ['2026-03-29T00:59:59.999Z', 'Europe/Berlin', 'Sun 1'],
    ['2026-03-29T01:00:00Z', 'Europe/Berlin', 'Sun 3'],
    // and ends, 2026-10-25 at 01:00 UTC: 02:00 to 02:59 come twice
    ['2026-10-25T00:59:59Z', 'Europe/Berlin', 'Sun 2'],
    ['2026-10-25T01:00:00Z', 'Europe/Berlin', 'Sun 2'],
    ['2026-10-25T02:00:00Z', 'Europe/Berlin', 'Sun 3'],
    // half an hour only, and in the other half of the year
    ['2026-04-04T14:59:59Z', 'Australia/Lord_Howe', 'Sun 1'],
    ['2026-04-04T15:29:59Z', 'Australia/Lord_Howe', 'Sun 1'],
    ['2026-04-04T15:30:00Z', 'Australia/Lord_Howe', 'Sun 2'],
    ['2026-10-03T15:29:59Z', 'Australia/Lord_Howe', 'Sun 1'],
    ['2026-10-03T15:30:00Z', 'Australia/Lord_Howe', 'Sun 2'],
  ])('%s in %s is %s', (at, zone, expected) => {
    expect(show(at, zone)).toBe(expected)
  })

  it.each(['Europe/Atlantis', '', 'toString'])('is unknown in %j', (zone) => {
    expect(localTime(0, zone)).toBeUndefined()
    expect(localTime(0, zone)).toBeUndefined()
  })

  it('is what Intl says, in any zone at any time, also near changes of the offset', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Africa/Casablanca', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Pacific/Apia')
    const times = fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2030, 0, 1) })
    fc.assert(fc.property(zones, times, (zone, at) => {
      const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'short', hour: 'numeric', hourCycle: 'h23' }).formatToParts(at)
      const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
      expect(localTime(at, zone)).toEqual({ hour: Number(part('hour')), weekday: names.indexOf(part('weekday')) })
    }), { numRuns: 1_000 })
  })

  it('is what Intl says in every hour of a year with two changes', () => {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: 'Europe/Berlin', hour: 'numeric', hourCycle: 'h23' })
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 1_800_000) {
      expect(localTime(at, 'Europe/Berlin')?.hour).toBe(Number(format.format(at)))
    }
  })
})
