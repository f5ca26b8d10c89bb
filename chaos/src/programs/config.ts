import { messagingConfig } from '@swipestream/messaging'
import { serviceConfig } from '@swipestream/platform'
import { z } from 'zod'

const common = { ...serviceConfig, ...messagingConfig, CHAOS_SEED: z.coerce.number().describe('Seed of the records') }

/** Records are due at an even pace from a moment on: who was away has them all due at once. */
const pace = {
  CHAOS_RECORDS: z.coerce.number().int().describe('How many records are to be written'),
  CHAOS_PER_SECOND: z.coerce.number().describe('How many records become due in a second'),
  CHAOS_FROM: z.coerce.number().int().describe('When the first becomes due, in milliseconds since the Unix epoch'),
}

/** The producer of the bulk ends with this when another has taken its transactional id over. */
export const fencedExitCode = 3

export const bulkConfig = z.object({
  ...common,
  ...pace,
  CHAOS_AT_WORK: z.string().describe('File where it writes its process id once it has its transactional id'),
})
export const writerConfig = z.object({ ...common, ...pace, DATABASE_URL: z.string().describe('The database with the outbox') })
export const memberConfig = z.object({ ...common, CHAOS_CALLS: z.string().describe('File where each call of the handler is noted') })

/** How many records are due by now. */
export function due({ CHAOS_RECORDS, CHAOS_PER_SECOND, CHAOS_FROM }: z.output<z.ZodObject<typeof pace>>): number {
  return Math.max(0, Math.min(CHAOS_RECORDS, Math.floor(((Date.now() - CHAOS_FROM) / 1_000) * CHAOS_PER_SECOND)))
}
