// Avro's binary encoding of integers, lengths and text (Avro 1.11 specification, "Binary encoding"), on avsc's cursor.

/** avsc's cursor over the bytes: silent at the end of the buffer, its caller compares `pos` with the length. */
export interface Tap {
  readonly buf: Buffer & { utf8Slice(start: number, end: number): string }
  pos: number
  readFloat(): number
  readDouble(): number
  writeDouble(n: number): void
  writeFloat(n: number): void
  readFixed(length: number): Buffer | undefined
}

/** Thrown while writing; the codec then looks for the path with `_check`. It carries no value: values can be personal. */
export class Unwritable extends Error {}

/** Variable-length zigzag (Avro 1.11 specification, "Binary encoding"), exact within ±(2^53 - 1). */
export function writeLong(tap: Tap, n: number): void {
  const { buf } = tap
  let pos = tap.pos
  if (n === (n | 0)) {
    // Most are: all of it in integer arithmetic.
    let zigzag = ((n << 1) ^ (n >> 31)) >>> 0
    while (zigzag > 0x7f) {
      buf[pos++] = (zigzag & 0x7f) | 0x80
      zigzag >>>= 7
    }
    buf[pos++] = zigzag
    tap.pos = pos
    return
  }
  // Zigzag is 2m + sign with m = n or -n - 1: m stays exact where 2m would not.
  const sign = n < 0 ? 1 : 0
  let m = sign === 1 ? -n - 1 : n
  let byte = ((m & 0x3f) << 1) | sign
  m = Math.floor(m / 64)
  while (m > 0) {
    buf[pos++] = byte | 0x80
    if (m <= 0x7fffffff) {
      // Small enough for integer arithmetic from here on.
      let rest = m
      while (rest > 0x7f) {
        buf[pos++] = (rest & 0x7f) | 0x80
        rest >>= 7
      }
      byte = rest
      break
    }
    byte = m & 0x7f
    m = Math.floor(m / 128)
  }
  buf[pos++] = byte
  tap.pos = pos
}

/** @throws Error when the number is longer than 10 bytes or outside ±(2^53 - 1). */
export function readLong(tap: Tap): number {
  const { buf } = tap
  let pos = tap.pos
  let byte = buf[pos++] ?? 0
  const sign = byte & 1
  let m = (byte & 0x7f) >> 1
  // Bits 6 to 26 in integer arithmetic, the rest in floating point, which is exact below 2^53.
  for (let shift = 6; byte >= 0x80 && shift < 27; shift += 7) {
    byte = buf[pos++] ?? 0
    m |= (byte & 0x7f) << shift
  }
  for (let unit = 2 ** 27; byte >= 0x80; unit *= 128) {
    if (pos - tap.pos >= 10) throw new Error('an integer is longer than 10 bytes')
    byte = buf[pos++] ?? 0
    m += (byte & 0x7f) * unit
  }
  if (m + sign > Number.MAX_SAFE_INTEGER) throw new Error('an integer is outside ±(2^53 - 1)')
  tap.pos = pos
  return sign === 1 ? -m - 1 : m
}

/** The same for all 64 bits: a number where it is exact, else a bigint. @throws Error beyond 64 bits */
export function readWideLong(tap: Tap): number | bigint {
  const start = tap.pos
  let end = start
  while ((tap.buf[end] ?? 0) >= 0x80) end++
  // Up to 7 bytes hold 49 bits.
  if (end - start < 7) return readLong(tap)
  if (end - start >= 10) throw new Error('an integer is longer than 10 bytes')
  let zigzag = 0n
  for (let at = end; at >= start; at--) zigzag = (zigzag << 7n) | BigInt((tap.buf[at] ?? 0) & 0x7f)
  if (zigzag > 0xffff_ffff_ffff_ffffn) throw new Error('an integer is outside 64 bits')
  tap.pos = end + 1
  const value = (zigzag >> 1n) ^ -(zigzag & 1n)
  return BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** Writes any whole number of 64 bits. @throws Unwritable */
export function writeWideLong(tap: Tap, value: unknown): void {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Unwritable()
    return writeLong(tap, value)
  }
  if (!isWideLong(value)) throw new Unwritable()
  let zigzag = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  let { pos } = tap
  while (zigzag > 0x7fn) {
    tap.buf[pos++] = Number(zigzag & 0x7fn) | 0x80
    zigzag >>= 7n
  }
  tap.buf[pos++] = Number(zigzag)
  tap.pos = pos
}

/** Whether it is a bigint of 64 bits. */
export function isWideLong(value: unknown): value is bigint {
  return typeof value === 'bigint' && BigInt.asIntN(64, value) === value
}

/** Ids, codes and most names: one pass without a call into C++. false, with nothing written, when it is another text. */
export function writeShortAscii(tap: Tap, text: string): boolean {
  const { length } = text
  if (length > 63) return false // else the length takes more than one byte
  const { buf } = tap
  let pos = tap.pos
  buf[pos++] = length << 1
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) return false
    buf[pos++] = code
  }
  tap.pos = pos
  return true
}

export function writeText(tap: Tap, text: string): void {
  if (!text.isWellFormed()) throw new Unwritable()
  const length = Buffer.byteLength(text)
  writeLong(tap, length)
  const start = tap.pos
  tap.pos = start + length
  if (tap.pos <= tap.buf.length) tap.buf.write(text, start, length, 'utf8')
}

/** A text of so many bytes at the most, such as a code or a currency, is read faster here than by a call into C++. */
const shortText = 8

export function readText(tap: Tap): string {
  const length = readLength(tap)
  const { buf, pos: start } = tap
  tap.pos = start + length
  return (length <= shortText ? shortAscii(buf, start, start + length) : undefined) ?? buf.utf8Slice(start, start + length)
}

/** undefined when it is another text. */
function shortAscii(buf: Buffer, start: number, end: number): string | undefined {
  let text = ''
  let pos = start
  for (; pos + 4 <= end; pos += 4) {
    const [a, b, c, d] = [buf[pos] ?? 0, buf[pos + 1] ?? 0, buf[pos + 2] ?? 0, buf[pos + 3] ?? 0]
    if ((a | b | c | d) > 0x7f) return undefined
    text += String.fromCharCode(a, b, c, d)
  }
  for (; pos < end; pos++) {
    const code = buf[pos] ?? 0
    if (code > 0x7f) return undefined
    text += String.fromCharCode(code)
  }
  return text
}

/** Length of a text or of bytes. */
export function readLength(tap: Tap): number {
  const length = readLong(tap)
  if (length < 0) throw new Error('a length is negative')
  if (length > tap.buf.length - tap.pos) throw new Error('a length reaches beyond the end')
  return length
}

/** Items of a block of an array or map; 0 ends it. An item takes a byte at least, so more items than bytes are a lie. */
export function readCount(tap: Tap): number {
  let count = readLong(tap)
  if (count < 0) {
    count = -count
    readLong(tap) // the block's size in bytes: not needed, and not to be trusted
  }
  if (count > tap.buf.length - tap.pos) throw new Error('a count of items reaches beyond the end')
  return count
}
