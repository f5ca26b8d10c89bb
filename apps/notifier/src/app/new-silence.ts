import { z } from 'zod'
import type { NewSilence } from '../db/silences.repository.js'
import { says } from './says.js'

/** How long a silence may hold, in days: what nobody wants to hear of for longer should not be raised. */
export const longestSilenceDays = 30

const longestMinutes = longestSilenceDays * 24 * 60

/**
 * No control characters (NUL among them, which PostgreSQL does not take), not only blanks. Without classes by name and
 * without looking ahead: it stands in the description of the API, and each language has expressions of its own.
 */
// oxlint-disable-next-line no-control-regex -- they are what is refused
const printable = /^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*[^\u0000-\u001f\u007f-\u009f \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff][^\u0000-\u001f\u007f-\u009f]*$/

const text = (maxLength: number) => {
  const rule = says(`must be a text of 1 to ${maxLength} characters, not only blanks, without control characters`)
  return z.string(rule).min(1, rule).max(maxLength, rule).regex(printable, rule).refine((value) => value.isWellFormed(), rule)
}

const until = says('must be a moment in ISO 8601 with its offset from UTC, such as 2026-03-03T18:00:00Z')
const minutes = says(`must be a whole number, 1 to ${longestMinutes}`)

/** What silences something, as a person or a program says it; which of the two times stands is for `newSilence`. */
export const silenceBody = z.strictObject({
  service: text(200).optional().meta({ description: 'Alerts of this service or source only.', example: 'fraud-service' }),
  code: text(200).optional().meta({ description: 'Alerts of this code only.', example: 'FRAUD_RULE_FAILED' }),
  subject: text(200).optional().meta({ description: 'Alerts about this only, such as a rule.', example: 'impossible_travel' }),
  until: z.iso.datetime({ ...until, offset: true }).optional().meta({ description: `Until when; ${longestSilenceDays} days from now at most. This or \`minutes\`.`, example: '2026-03-03T18:00:00Z', pattern: undefined }),
  minutes: z.int(minutes).min(1, minutes).max(longestMinutes, minutes).optional().meta({ description: 'For how long from now. This or `until`.' }),
  comment: text(1_000).meta({ description: 'Why, for those who wonder.', example: 'The rule is being mended.' }),
})

/** The query of a list. */
export const silencesQuery = z.strictObject({ all: z.enum(['true', 'false'], says('must be true or false')).default('false') })

/** What must be mended of a silence, apart from each field by itself. */
export interface SilenceFault {
  readonly field: string
  readonly detail: string
}

/** @param now milliseconds since the epoch */
export function newSilence({ minutes: forMinutes, until: untilText, ...body }: z.output<typeof silenceBody>, createdBy: string, now: number): NewSilence | SilenceFault {
  const { service = null, code = null, subject = null, comment } = body
  if (service === null && code === null && subject === null) return { field: 'service', detail: 'or code, or subject, is required: a silence of everything there is not' }
  if ((forMinutes === undefined) === (untilText === undefined)) return { field: 'until', detail: 'or minutes is required, and not both' }
  const ends = untilText === undefined ? now + (forMinutes ?? 0) * 60_000 : Date.parse(untilText)
  if (!(ends > now)) return { field: 'until', detail: 'must be in the future' }
  if (ends > now + longestMinutes * 60_000) return { field: 'until', detail: `must be ${longestSilenceDays} days from now at most` }
  return { service, code, subject, comment, until: new Date(ends), created_by: createdBy }
}
