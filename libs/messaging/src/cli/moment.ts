import { z } from 'zod'
import { UsageError } from './command.js'

const moment = z.union([z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 }), z.iso.date()])
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * When a person means, in milliseconds since the Unix epoch: a time of ISO 8601 with its offset from UTC, a date, which
 * is its first moment in UTC, or so long ago. What is before the epoch is the epoch: to Kafka, times below 0 are words
 * for something else.
 *
 * @param now milliseconds since the Unix epoch
 * @throws UsageError that names the option, also for a day that no calendar has
 */
export function momentOf(option: string, text: string, now = Date.now()): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count !== undefined) return Math.max(0, now - Number(count) * (unitMs[unit] ?? 0))
  if (!moment.safeParse(text).success) throw new UsageError(`${option} takes a time such as 2026-11-25T14:00:00Z, a date, or how long ago: 90s, 30m, 12h, 7d; not ${text}`)
  return Math.max(0, Date.parse(text))
}
