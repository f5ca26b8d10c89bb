/** Bytes of one block of MurmurHash3. */
export const BLOCK = 16

// the two multipliers of the hash and those of its end, as halves of 32 bits
const C1_HIGH = 0x87c37b91
const C1_LOW = 0x114253d5
const C2_HIGH = 0x4cf5ad43
const C2_LOW = 0x2745937f

/**
 * MurmurHash3 for x64, 128 bits (A. Appleby, public domain), over the first bytes of a view, as 32 hexadecimal digits.
 *
 * Whole numbers of 64 bits are two halves here: BigInt would take a hundred times as long.
 *
 * @param length in bytes; the view has room up to the next multiple of `BLOCK`, which is overwritten with zeros
 * @param seed whole number of 32 bits
 */
export function murmurHash3(view: DataView, length: number, seed = 0): string {
  const tail = length - (length % BLOCK)
  for (let i = length; i < tail + BLOCK && i < view.byteLength; i++) view.setUint8(i, 0)
  let high1 = 0
  let low1 = seed | 0
  let high2 = 0
  let low2 = seed | 0
  for (let i = 0; ; i += BLOCK) {
    if (i === tail && tail === length) break
    let low = view.getInt32(i, true)
    let high = view.getInt32(i + 4, true)
    // k1 = rotl(k1 * c1, 31) * c2
    high = (highOf(low, C1_LOW) + Math.imul(low, C1_HIGH) + Math.imul(high, C1_LOW)) | 0
    low = Math.imul(low, C1_LOW)
    let turned = (high << 31) | (low >>> 1)
    low = (low << 31) | (high >>> 1)
    high1 ^= highOf(low, C2_LOW) + Math.imul(low, C2_HIGH) + Math.imul(turned, C2_LOW)
    low1 ^= Math.imul(low, C2_LOW)
    // k2 = rotl(k2 * c2, 33) * c1
    low = view.getInt32(i + 8, true)
    high = view.getInt32(i + 12, true)
    high = (highOf(low, C2_LOW) + Math.imul(low, C2_HIGH) + Math.imul(high, C2_LOW)) | 0
    low = Math.imul(low, C2_LOW)
    turned = (low << 1) | (high >>> 31)
    low = (high << 1) | (low >>> 31)
    const highK2 = highOf(low, C1_LOW) + Math.imul(low, C1_HIGH) + Math.imul(turned, C1_LOW)
    const lowK2 = Math.imul(low, C1_LOW)
    if (i === tail) {
      high2 ^= highK2
      low2 ^= lowK2
      break
    }
    // h1 = (rotl(h1, 27) + h2) * 5 + 0x52dce729
    turned = (high1 << 27) | (low1 >>> 5)
    low = (low1 << 27) | (high1 >>> 5)
    low1 = (low + low2) | 0
    high1 = (turned + high2 + carry(low, low2, low1)) | 0
    low = ((low1 << 2) + low1) | 0
    high1 = (((high1 << 2) | (low1 >>> 30)) + high1 + carry(low1 << 2, low1, low)) | 0
    low1 = (low + 0x52dce729) | 0
    high1 = (high1 + carry(low, 0x52dce729, low1)) | 0
    // h2 = (rotl(h2 ^ k2, 31) + h1) * 5 + 0x38495ab5
    high2 ^= highK2
    low2 ^= lowK2
    turned = (high2 << 31) | (low2 >>> 1)
    low = (low2 << 31) | (high2 >>> 1)
    low2 = (low + low1) | 0
    high2 = (turned + high1 + carry(low, low1, low2)) | 0
    low = ((low2 << 2) + low2) | 0
    high2 = (((high2 << 2) | (low2 >>> 30)) + high2 + carry(low2 << 2, low2, low)) | 0
    low2 = (low + 0x38495ab5) | 0
    high2 = (high2 + carry(low, 0x38495ab5, low2)) | 0
  }
  low1 ^= length
  low2 ^= length
  let sum = (low1 + low2) | 0
  high1 = (high1 + high2 + carry(low1, low2, sum)) | 0
  low1 = sum
  sum = (low1 + low2) | 0
  high2 = (high1 + high2 + carry(low1, low2, sum)) | 0
  low2 = sum
  low1 = mix(high1, low1)
  high1 = mixedHigh
  low2 = mix(high2, low2)
  high2 = mixedHigh
  sum = (low1 + low2) | 0
  high1 = (high1 + high2 + carry(low1, low2, sum)) | 0
  low1 = sum
  sum = (low1 + low2) | 0
  high2 = (high1 + high2 + carry(low1, low2, sum)) | 0
  return hex(high1) + hex(low1) + hex(high2) + hex(sum)
}

/** The upper half of the product of two whole numbers of 32 bits. */
function highOf(a: number, b: number): number {
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = b & 0xffff
  const b1 = b >>> 16
  const middle = (Math.imul(a1, b0) >>> 0) + (Math.imul(a0, b0) >>> 16)
  const other = (Math.imul(a0, b1) >>> 0) + (middle & 0xffff)
  return (Math.imul(a1, b1) + (middle >>> 16) + (other >>> 16)) | 0
}

/** What two whole numbers of 32 bits carry over into the next 32 when they are added up. Not by a comparison: half of those are mispredicted. */
function carry(a: number, b: number, sum: number): number {
  return ((a & b) | ((a | b) & ~sum)) >>> 31
}

/** The upper half of what `mix` returns the lower one of. */
let mixedHigh = 0

/** The end of the hash: every bit of the result depends on every bit of the number. */
function mix(high: number, low: number): number {
  low ^= high >>> 1
  high = (highOf(low, 0xed558ccd) + Math.imul(low, 0xff51afd7) + Math.imul(high, 0xed558ccd)) | 0
  low = Math.imul(low, 0xed558ccd)
  low ^= high >>> 1
  high = (highOf(low, 0x1a85ec53) + Math.imul(low, 0xc4ceb9fe) + Math.imul(high, 0x1a85ec53)) | 0
  low = Math.imul(low, 0x1a85ec53)
  mixedHigh = high
  return low ^ (high >>> 1)
}

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function hex(half: number): string {
  return (pairs[half >>> 24] as string) + (pairs[(half >>> 16) & 255] as string) + (pairs[(half >>> 8) & 255] as string) + (pairs[half & 255] as string)
}
