import { describe, expect, test } from 'vitest'
import { detectionQuality } from './quality.js'

describe('detection over days of synthetic traffic with known incidents and decoys', () => {
  test.each([11, 12])('finds them soon, and nothing else (seed %i)', { timeout: 180_000 }, (seed) => {
    const { kinds, falseAlarmsADay, events: _events, ...others } = detectionQuality({ seed, days: 6, peak: 5 })
    console.log(JSON.stringify({ seed, kinds, falseAlarmsADay, ...others }))
    for (const [kind, { incidents, found, resolved }] of Object.entries(kinds)) {
      expect(incidents, kind).toBeGreaterThan(0)
      expect(found, kind).toBe(incidents)
      expect(resolved, kind).toBe(incidents)
    }
    expect(kinds.outage.detectP50).toBeLessThanOrEqual(10)
    expect(kinds.silence.detectMax).toBeLessThanOrEqual(120)
    expect(falseAlarmsADay).toBeLessThanOrEqual(0.5)
  })

  test('is the same for the same seed', () => {
    const once = () => detectionQuality({ seed: 3, days: 1, peak: 2 }).events
    expect(once()).toEqual(once())
  })
})
