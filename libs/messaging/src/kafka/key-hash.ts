/**
 * Partition of a key, as Java's clients choose it: murmur2 of its bytes (org.apache.kafka.common.utils.Utils.murmur2),
 * without its sign, modulo the number of partitions. Records without a key go to partition 0.
 */
export function partitionOfKey(key: Buffer | null, partitions: number): number {
  return key === null ? 0 : (murmur2(key) & 0x7fffffff) % partitions
}

const m = 0x5bd1e995
const seed = 0x9747b28c

function murmur2(data: Buffer): number {
  const words = data.length & ~3
  let h = seed ^ data.length
  for (let i = 0; i < words; i += 4) {
    let k = Math.imul(data.readInt32LE(i), m)
    k ^= k >>> 24
    h = Math.imul(h, m) ^ Math.imul(k, m)
  }
  const rest = data.length - words
  if (rest > 0) h = Math.imul(h ^ data.readUIntLE(words, rest), m)
  h ^= h >>> 13
  h = Math.imul(h, m)
  return h ^ (h >>> 15)
}
