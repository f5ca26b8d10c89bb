import { messagingConfig } from '@swipestream/messaging'
import { type ApiKey, loadConfig, parseApiKeys, scopesByVariable, type ScopeOf, serviceConfig } from '@swipestream/platform'
import { z } from 'zod'

const scopes = scopesByVariable.RULES_API_KEYS

const apiKeys = z.string().transform((text, context): ApiKey<ScopeOf<'RULES_API_KEYS'>>[] => {
  const keys = parseApiKeys(text, scopes)
  if (typeof keys !== 'string') return keys
  context.addIssue({ code: 'custom', message: `is not valid, ${keys}` })
  return z.NEVER
})

/** Everything the environment says to this service. */
export const fraudServiceConfig = z.object({
  ...serviceConfig,
  ...messagingConfig,
  RULES_API_KEYS: apiKeys
    .optional()
    .describe(
      `who may read and change rules, <client>:<sha256 hex of the key>:<scope>[+<scope>], separated by commas; scopes are ${scopes.join(' and ')}; without it there is no API of rules. Make an entry with: npm run api-key -- <client> <scopes>`,
    ),
  FRAUD_MODEL_DIR: z.string().optional().describe('the folder of a model, with model.json and model.onnx; leave it out to decide by rules alone'),
})

export type FraudServiceConfig = Readonly<z.output<typeof fraudServiceConfig>>

/** @throws CodedError CONFIG_INVALID naming each variable that is missing or wrong, and the fix */
export function readConfig(): FraudServiceConfig {
  return loadConfig(fraudServiceConfig, process.env)
}
