import { connectionConfig, type ConnectionConfig, messagingConfig } from '@swipestream/messaging'
import { loadConfig, serviceConfig } from '@swipestream/platform'
import { z } from 'zod'
import { shipConfig, type ShipConfig } from './ship-config.js'

const roles = ['ship', 'index', 'detect'] as const

/** Everything the environment says to this service. */
export const logShipperConfig = z.object({
  ...serviceConfig,
  ...messagingConfig,
  LOG_ROLES: z
    .string()
    .default('ship')
    .transform((text) => text.split(',').map((role) => role.trim()))
    .refine((all) => all.every((role) => (roles as readonly string[]).includes(role)), { error: `must be some of ${roles.join(', ')}` })
    .describe(`what this instance does: ${roles.join(', ')}, separated by commas`),
  ...shipConfig,
})

export type LogShipperConfig = Readonly<z.output<typeof logShipperConfig>>

/** @throws CodedError CONFIG_INVALID naming each variable that is missing or wrong, and the fix */
export function configFromEnvironment(): LogShipperConfig {
  return loadConfig(logShipperConfig, process.env)
}

/** The environment of this process: each command reads of it what it needs. */
export function environment(): NodeJS.ProcessEnv {
  return process.env
}

/** What `logs ship` needs. @throws CodedError CONFIG_INVALID */
export function shipCommandConfig(env: NodeJS.ProcessEnv): { readonly connection: ConnectionConfig; readonly ship: ShipConfig } {
  return { connection: connectionConfig(env), ship: shipFilesConfig(env) }
}

/** What of it is about files. @throws CodedError CONFIG_INVALID */
export function shipFilesConfig(env: NodeJS.ProcessEnv): ShipConfig {
  return loadConfig(z.object(shipConfig), env)
}
