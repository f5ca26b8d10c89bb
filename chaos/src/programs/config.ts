import { existsSync, readFileSync } from 'node:fs'
import { messagingConfig } from '@swipestream/messaging'
import { serviceConfig } from '@swipestream/platform'
import { z } from 'zod'

const common = { ...serviceConfig, ...messagingConfig, CHAOS_SEED: z.coerce.number().describe('Seed of the records') }

/** Records are due at an even pace from a moment on: who was away has them all due at once. */
const pace = {
  CHAOS_RECORDS: z.coerce.number().int().describe('How many records are to be written at the most'),
  CHAOS_END: z.string().describe('File that says, once it is there, how many records are to be written'),
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

type Pace = z.output<z.ZodObject<typeof pace>>

/** How many records are due by now. */
export function due(config: Pace): number {
  return Math.max(0, Math.min(total(config), Math.floor(((Date.now() - config.CHAOS_FROM) / 1_000) * config.CHAOS_PER_SECOND)))
}

/** How many records it will be, as far as is known. */
export function total({ CHAOS_RECORDS, CHAOS_END }: Pace): number {
  return existsSync(CHAOS_END) ? Number(readFileSync(CHAOS_END, 'utf8')) : CHAOS_RECORDS
}
