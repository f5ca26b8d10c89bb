import { messagingConfig } from '@swipestream/messaging'
import { loadConfig, serviceConfig } from '@swipestream/platform'
import { z } from 'zod'

const name = z.string().regex(/^[A-Za-z0-9_-]+$/, { error: 'may hold letters, digits, dashes and underscores' })

/** What transform must know of the source. */
export const transformConfig = {
  ETL_SOURCE_NAME: name.default('bank').describe('what the topics of the source begin with, as extract or Debezium was told'),
  ETL_SOURCE_DATABASE: name.default('bank').describe("the source's database, the second part of its topics' names"),
}

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
