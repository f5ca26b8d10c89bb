/**
 * An integer as Avro's `decimal` has it: two's complement, big-endian, in as few bytes as hold it (Avro 1.11
 * specification, "Decimal"; java.math.BigInteger.toByteArray).
 */
export function integerBytes(value: bigint): Buffer {
  if (value >= -0x80n && value <= 0x7fn) return Buffer.from([Number(value) & 0xff])
  if (value >= -0x8000_0000_0000n && value <= 0x7fff_ffff_ffffn) {
    const n = Number(value)
    let length = 2
    for (let limit = 0x8000; n < -limit || n >= limit; limit *= 256) length++
    const bytes = Buffer.allocUnsafe(length)
    bytes.writeIntBE(n, 0, length)
    return bytes
  }
  const magnitude = value < 0n ? -value - 1n : value
  const digits = magnitude.toString(16)
  // One more bit than the magnitude has, for the sign.
  const length = Math.floor((digits.length * 4 - leadingZeroBits(digits)) / 8) + 1
  const hex = BigInt.asUintN(length * 8, value).toString(16).padStart(length * 2, '0')
  return Buffer.from(hex, 'hex')
}

/** The integer of such bytes. */
export function integerOf(bytes: Buffer): bigint {
  if (bytes.length === 0) return 0n
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))
}

/** The unscaled integer of a decimal text such as `-12.50`: -1250. Its scale is the column's. */
export function unscaled(text: string): bigint {
  return BigInt(text.replace('.', ''))
}

/** The decimal text of an unscaled integer: `-12.50` of -1250 and 2. */
export function decimalText(value: bigint, scale: number): string {
  if (scale === 0) return value.toString()
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function leadingZeroBits(hex: string): number {
  return Math.clz32(Number.parseInt(hex[0] as string, 16)) - 28
}
