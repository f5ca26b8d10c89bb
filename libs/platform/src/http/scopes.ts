/**
 * Every scope there is, by the variable whose entries grant it. In one place, so that `npm run api-key` knows which
 * variable an entry belongs to.
 */
export const scopesByVariable = {
  /** transactions-api */
  API_KEYS: ['transactions:write', 'transactions:read', 'feedback:write'],
  /** fraud-service */
  RULES_API_KEYS: ['rules:read', 'rules:write'],
  /** notifier */
  NOTIFIER_API_KEYS: ['silences:read', 'silences:write'],
} as const

/** A variable that holds API keys. */
export type KeysVariable = keyof typeof scopesByVariable

/** What a key of a variable can allow. */
export type ScopeOf<V extends KeysVariable> = (typeof scopesByVariable)[V][number]
