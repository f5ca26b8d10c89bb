/** Two independent hashes of 32 bits, by the multiply and xor of MurmurHash3's finaliser (public domain). */
function mix(text: string, seed: number): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995) ^ (hash >>> 15)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/**
 * A name as a number of 21 bits, which Avro writes in at most 3 bytes. Two names have the same number once in 2 M pairs.
 */
export function shortHash(text: string): number {
  return mix(text, 0x9747b28c) >> 11
}

/**
 * An id as a number of 48 bits, from 0, which Avro writes in at most 7 bytes. Two ids have the same number once in
 * 2.8e14 pairs.
 */
export function longHash(text: string): number {
  return (mix(text, 0x9747b28c) >>> 0) * 65_536 + (mix(text, 0x1b873593) >>> 16)
}
