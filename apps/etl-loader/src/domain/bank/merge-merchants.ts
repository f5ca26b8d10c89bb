import type { Merchant } from '@swipestream/contracts'
import type { CleanMerchant } from './clean.js'
import type { Entries } from './entries.js'
import { folded } from './text.js'

/** What the topic `merchants` is to say from now on; null removes the merchant. */
export type MerchantChanges = ReadonlyMap<string, Merchant | null>

/**
 * Puts a new version of a row, or null for one that is gone, among those that are known, and tells what changes by it.
 *
 * Rows are one merchant when name, category, country and city are all known and equal, but for case and blanks; the
 * lowest id stays. A row that comes again unchanged keeps the time at which it changed: no column says it, and each
 * reading of the table would move it.
 */
export function changeMerchant(entries: Entries, id: string, next: CleanMerchant | null): MerchantChanges {
  const last = entries.row('merchants', id) ?? null
  if (sameRow(last, next)) return new Map()
  const lists = [alikeList(last), alikeList(next)]
  // Of those that are alike only the first is published, or is from now on: the second, when the first goes.
  const concerned = new Set([id, ...lists.flatMap((list) => (list === null ? [] : entries.list(list).slice(0, 2)))])
  const before = new Map(Array.from(concerned, (key) => [key, publishedOf(entries, key)]))
  entries.keep('merchants', id, next)
  entries.move(id, alikeList(last), alikeList(next))
  const changes = new Map<string, Merchant | null>()
  for (const [key, was] of before) {
    const is = publishedOf(entries, key)
    if (JSON.stringify(was) !== JSON.stringify(is)) changes.set(key, is)
  }
  return changes
}

/** null: not there, or merged into another. */
function publishedOf(entries: Entries, id: string): Merchant | null {
  const row = entries.row('merchants', id)
  if (!row) return null
  const list = alikeList(row)
  const [lowest = id, ...others] = list === null ? [id] : entries.list(list)
  return lowest === id ? { ...row, merged_ids: others } : null
}

function alikeList(row: CleanMerchant | null): string | null {
  if (!row || row.category === null || row.country === null || row.city === null) return null
  return `alike/merchants/${JSON.stringify([folded(row.name), row.category, row.country, folded(row.city)])}`
}

function sameRow(a: CleanMerchant | null, b: CleanMerchant | null): boolean {
  const bare = (row: CleanMerchant | null) => JSON.stringify(row && { ...row, updated_at: 0 })
  return bare(a) === bare(b)
}
