import type { Input, Tally } from './contracts.js'

/**
 * The tally after one more record of a key. The checksum is a chain: a record left out, taken twice, or out of its order
 * changes it and all that follow.
 */
export function tallied(before: Tally | undefined, { key, sequence, value }: Pick<Input, 'key' | 'sequence' | 'value'>): Tally {
  const checksum = mix((before?.checksum ?? 0) ^ mix(mix(sequence) ^ value))
  return { key, count: (before?.count ?? 0) + 1, sequence, checksum }
}

/** The final mix of MurmurHash3 (32 bits): every bit of the input changes half of those that come out. */
export function mix(input: number): number {
  let h = (input + 0x9e3779b9) | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
