import type { Input } from './contracts.js'
import { mix } from './tally.js'

const keys = 1_000
const paddings = Array.from({ length: 16 }, (_, i) => 'x'.repeat(20 + 10 * i))

/**
 * The bulk's record number `n`. It follows from the seed and the number alone: whoever knows how many were to be written
 * knows every one of them, without asking who wrote them. Every thousand records have one of each key, in an order that
 * changes.
 */
export function bulkRecord(seed: number, n: number): Input {
  const sequence = Math.floor(n / keys)
  // Both are prime to the number of keys: all of them come in every round.
  const key = ((n % keys) * 7_919 + sequence * 104_729) % keys
  const value = valueOf(seed, key, sequence)
  return { key: `bulk-${key}`, sequence, value, padding: paddings[value % paddings.length] ?? '' }
}

/** What the record of a key carries. */
export function valueOf(seed: number, key: number, sequence: number): number {
  return mix(mix(seed ^ mix(key)) ^ sequence)
}
