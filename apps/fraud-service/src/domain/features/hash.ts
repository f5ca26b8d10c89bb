/** The finaliser of MurmurHash3 (public domain): every bit of the result depends on every bit of the hash. */
function finish(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/**
 * A name as a number of 21 bits, which Avro writes in at most 3 bytes. Two names have the same number once in 2 M pairs.
 */
export function shortHash(text: string): number {
  let hash = 0x9747b28c
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995) ^ (hash >>> 15)
  return finish(hash) >> 11
}

/**
 * An id as a number of 48 bits, from 0, which Avro writes in at most 7 bytes. Two ids have the same number once in
 * 2.8e14 pairs.
 */
export function longHash(text: string): number {
  let high = 0x9747b28c
  let low = 0x1b873593
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    high = Math.imul(high ^ code, 0x5bd1e995) ^ (high >>> 15)
    low = Math.imul(low ^ code, 0x5bd1e995) ^ (low >>> 15)
  }
  return (finish(high) >>> 0) * 65_536 + (finish(low) >>> 16)
}
