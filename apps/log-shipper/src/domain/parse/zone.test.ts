import { describe, expect, test } from 'vitest'
import { zoneOf } from './zone.js'

const at = (zone: string, local: string) => new Date(zoneOf(zone)?.toUtc(Date.parse(`${local}Z`)) ?? Number.NaN).toISOString()

describe('a zone', () => {
  test.each([
    ['UTC', '2026-07-01T12:00:00', '2026-07-01T12:00:00.000Z'],
    ['-02:00', '2026-07-01T12:00:00', '2026-07-01T14:00:00.000Z'],
    ['+0530', '2026-07-01T12:00:00', '2026-07-01T06:30:00.000Z'],
    ['Europe/Berlin', '2026-07-01T12:00:00', '2026-07-01T10:00:00.000Z'],
    ['Europe/Berlin', '2026-01-01T12:00:00', '2026-01-01T11:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29T01:59:59', '2026-03-29T00:59:59.000Z'],
    ['Europe/Berlin', '2026-03-29T03:00:00', '2026-03-29T01:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25T03:00:00', '2026-10-25T02:00:00.000Z'],
    ['America/St_Johns', '2026-01-01T12:00:00', '2026-01-01T15:30:00.000Z'],
  ])('%s: %s is %s', (zone, local, instant) => {
    expect(at(zone, local)).toBe(instant)
  })

  test.each(['', 'Mars/Olympus', '+99:00', '02:00'])('%j is none', (name) => {
    expect(zoneOf(name)).toBeUndefined()
  })
})
