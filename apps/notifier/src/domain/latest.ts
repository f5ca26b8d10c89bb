/** One record of a compacted topic: a value, or null for a tombstone. */
export interface Change<T> {
  readonly key: string
  readonly value: T | null
}

/** What a batch of changes comes to. */
export interface NetChanges<T> {
  /** Keys that had a tombstone: what was known of them before the batch is gone. */
  readonly deleted: string[]
  /** One value a key, to be written after the deletions. */
  readonly upserts: T[]
}

/**
 * The net effect of changes in their order: a tombstone forgets what came before it; an older `updated_at` never
 * replaces a newer one.
 */
export function netChanges<T extends { readonly updated_at: number }>(changes: readonly Change<T>[]): NetChanges<T> {
  const deleted = new Set<string>()
  const latest = new Map<string, T>()
  for (const { key, value } of changes) {
    if (value === null) {
      deleted.add(key)
      latest.delete(key)
      continue
    }
    const known = latest.get(key)
    if (known === undefined || known.updated_at <= value.updated_at) latest.set(key, value)
  }
  return { deleted: [...deleted], upserts: [...latest.values()] }
}
