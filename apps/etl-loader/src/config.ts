import { messagingConfig } from '@swipestream/messaging'
import { loadConfig, serviceConfig } from '@swipestream/platform'
import { z } from 'zod'

/** What transform must know of the source. */
export const transformConfig = {
  ETL_SOURCE_DATABASE: z.string().default('bank').describe("the database that the bank's tables are in: the second part of their topics' names"),
  ETL_SOURCE_NAME: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9_]*$/, { error: 'is not a letter followed by letters, digits and underscores' })
    .default('bank')
    .describe('what the names of the topics of its tables begin with'),
  ETL_TOPIC_REPLICAS: z.coerce.number().int().min(1).max(9).default(1).describe('copies of topics that are made: 3 in production'),
}

export type TransformConfig = Readonly<z.output<z.ZodObject<typeof transformConfig>>>

/** Everything the environment says to this service. */
export const etlLoaderConfig = z.object({
  ...serviceConfig,
  ...messagingConfig,
  ...transformConfig,
})

export type EtlLoaderConfig = Readonly<z.output<typeof etlLoaderConfig>>

/** @throws CodedError CONFIG_INVALID naming each variable that is missing or wrong, and the fix */
export function readConfig(): EtlLoaderConfig {
  return loadConfig(etlLoaderConfig, process.env)
}
