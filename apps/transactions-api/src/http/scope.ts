import type { ScopeOf } from '@swipestream/platform'

/** What a key of this service can allow. */
export type Scope = ScopeOf<'API_KEYS'>
