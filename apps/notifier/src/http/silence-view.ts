import { z } from 'zod'
import type { Silence } from '../db/silences.repository.js'

const instant = (description: string, example: string) => z.iso.datetime().meta({ description, example, pattern: undefined })
const matched = (what: string, example: string) => z.string().nullable().meta({ description: `${what}; null for any.`, example })

const silenceShape = z.object({
  silence_id: z.uuid().meta({ description: 'UUIDv7.', example: '019bfc55-1f0e-7a90-8d3c-2b9f60a4c7e1', pattern: undefined }),
  service: matched('Service or source of the alerts', 'fraud-service'),
  code: matched('Code of the alerts', 'FRAUD_RULE_FAILED'),
  subject: matched('What exactly the alerts are about', 'impossible_travel'),
  until: instant('Until when, UTC.', '2026-03-03T18:00:00.000Z'),
  comment: z.string().meta({ example: 'The rule is being mended.' }),
  created_by: z.string().meta({ description: 'The client of the key, or who gave the command.', example: 'on-call' }),
  created_at: instant('UTC.', '2026-03-03T13:12:44.051Z'),
  ended_at: z.iso.datetime().nullable().meta({ description: 'When it was ended before its time, UTC.', example: null, pattern: undefined }),
  active: z.boolean().meta({ description: 'Whether it holds at this moment.', example: true }),
})

export const silenceView = silenceShape.meta({ description: 'Ops alerts that are not sent for a while; the ledger has them as `silenced`.' })
export type SilenceView = z.output<typeof silenceView>

export const silencesView = z.object({ silences: z.array(silenceShape).meta({ example: [] }) })
export type SilencesView = z.output<typeof silencesView>

/** @param now milliseconds since the epoch */
export function viewOfSilence({ id, until, created_at, ended_at, service, code, subject, comment, created_by }: Silence, now: number): SilenceView {
  return {
    silence_id: id,
    service,
    code,
    subject,
    until: until.toISOString(),
    comment,
    created_by,
    created_at: created_at.toISOString(),
    ended_at: ended_at?.toISOString() ?? null,
    active: ended_at === null && until.getTime() > now,
  }
}
