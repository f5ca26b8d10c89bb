import { type Outcome, UsageError, wholeNumber } from '@swipestream/messaging'
import { detectionQuality } from '../domain/detect/synthetic/quality.js'

export const detectionHelp = `  detection [--days N] [--peak N] [--seed N]

                 run failure detection over synthetic traffic with known incidents, and print how soon each
                 kind is found, and how many alarms were false

  --days N       of traffic (default: 14)
  --peak N       requests a second at the busiest hour (default: 5)
  --seed N       another one gives other traffic (default: 1)`

export const detectionOptions = { days: { type: 'string' }, peak: { type: 'string' }, seed: { type: 'string' } } as const

export interface DetectionOptions {
  readonly days?: string | undefined
  readonly peak?: string | undefined
  readonly seed?: string | undefined
}

/** Seconds within which half of the outages must be found, where there are at least some requests a second. */
const outageSeconds = 10

/** @throws UsageError */
export function detection(names: readonly string[], { days = '14', peak = '5', seed = '1' }: DetectionOptions): Promise<Outcome> {
  if (names.length > 0) throw new UsageError(`detection takes no names: ${names.join(' ')}`)
  const { events: _events, ...quality } = detectionQuality({ days: wholeNumber('--days', days, 365), peak: wholeNumber('--peak', peak, 1_000), seed: wholeNumber('--seed', seed) })
  const rows = Object.entries(quality.kinds).map(
    ([kind, { incidents, found, detectP50, detectMax, resolved }]) => `${kind.padEnd(10)} found ${found} of ${incidents}, after ${detectP50 ?? '-'} s (median), at the latest ${detectMax ?? '-'} s; ${resolved} told to be over`,
  )
  const p50 = quality.kinds.outage.detectP50
  const broken = p50 !== null && p50 > outageSeconds && Number(peak) >= 5 ? [{ rule: 'outage', message: `half of the outages were found after ${p50} s, not within ${outageSeconds} s` }] : []
  const alarms = `${quality.falseAlarms} false alarms in ${quality.days} days (${quality.falseAlarmsADay.toFixed(2)} a day), ${quality.requests} entries`
  return Promise.resolve({ lines: [...rows, alarms, ...broken.map(({ message }) => message)], json: { ...quality, broken } })
}
