import { messagingConfig } from '@swipestream/messaging'
import { loadConfig, serviceConfig } from '@swipestream/platform'
import { z } from 'zod'

/** Everything the environment says to this service. */
export const fraudServiceConfig = z.object({ ...serviceConfig, ...messagingConfig })

export type FraudServiceConfig = Readonly<z.output<typeof fraudServiceConfig>>

/** @throws CodedError CONFIG_INVALID naming each variable that is missing or wrong, and the fix */
export function readConfig(): FraudServiceConfig {
  return loadConfig(fraudServiceConfig, process.env)
}
