import type { Cell, WarehouseType } from './warehouse-type.js'

/**
 * The canonical text of a row, and the checksum of rows: what source, topic and warehouse compute each by its own means
 * (MySQL's SQL, this file, the warehouse's SQL), and compare.
 *
 * **A value's text** is by the type of its column:
 *
 * - null: `~`, and nothing else;
 * - any other value: the number of bytes of its text in UTF-8, decimal, `:`, and the text, which is
 *   - boolean: `1` or `0`; int, long: decimal digits with `-` where negative;
 *   - decimal: digits, `-` where negative, with exactly `scale` digits behind a point, and none without a scale;
 *   - float, double: with x the value as a double: floor(x × 2^20) where |x| < 2^33, else floor(x) where |x| < 2^53,
 *     else `+` or `-`. Each step is exact in IEEE 754, while no two servers write the same digits of a double;
 *   - text, json: the text itself; blob: lower-case hexadecimal;
 *   - date: days since 1970-01-01; time: microseconds since midnight; timestamp, datetime: microseconds since
 *     1970-01-01T00:00:00, decimal, `-` where earlier;
 *   - struct: the texts of its fields' values in the order of the fields, one after another, without anything between;
 *   - list: the same of its items; map: its entries, each the text of the key and of the value, in ascending order of
 *     the entries' bytes.
 *
 * **A row's text** is its columns' texts one after another, columns in ascending order of their lower-case names. No two
 * different rows have the same text, as each value says where it ends.
 *
 * **The checksum of rows** is made of the MD5 of each row's text (RFC 1321): the first 8 of its 16 bytes as a big-endian
 * number, and the last 8. It is the sum of the first numbers modulo 2^64, and that of the last, as 16 hexadecimal digits
 * each, lower case. The order of rows has no part in it, and a row that is there twice counts twice.
 */
export function canonicalValue(type: WarehouseType, cell: Cell): string {
  if (cell === null) return '~'
  const written = canonicalText(type, cell)
  return `${utf8Length(written)}:${written}`
}

/** Text of a value that is not null, without its length. */
export function canonicalText(type: WarehouseType, cell: Exclude<Cell, null>): string {
  switch (type.kind) {
    case 'boolean':
      return cell === true ? '1' : '0'
    case 'decimal':
      return decimalText(cell as bigint, type.scale)
    case 'float':
    case 'double':
      return doubleText(cell as number)
    case 'blob':
      return hex(cell as Uint8Array)
    case 'struct':
      return type.fields.map((field, i) => canonicalValue(field.type, (cell as readonly Cell[])[i] ?? null)).join('')
    case 'list':
      return (cell as readonly Cell[]).map((item) => canonicalValue(type.item, item)).join('')
    case 'map':
      return (cell as readonly (readonly [string, Cell])[])
        .map(([key, value]) => canonicalValue({ kind: 'text' }, key) + canonicalValue(type.value, value))
        .sort(byBytes)
        .join('')
    default:
      return String(cell)
  }
}

/** Text of a row: `types` and `cells` in the order of the columns' lower-case names. */
export function canonicalRow(types: readonly WarehouseType[], cells: readonly Cell[]): string {
  let row = ''
  for (let i = 0; i < types.length; i++) row += canonicalValue(types[i] as WarehouseType, cells[i] ?? null)
  return row
}

/** The order in which columns come in a row's text. */
export function canonicalOrder<T extends { readonly name: string }>(columns: readonly T[]): T[] {
  return [...columns].sort((a, b) => byBytes(a.name.toLowerCase(), b.name.toLowerCase()))
}

const mask = (1n << 64n) - 1n

/** Adds up rows by the MD5 of their texts. */
export class Checksum {
  #rows = 0
  #high = 0n
  #low = 0n

  /** @param md5 of the row's text: 32 hexadecimal digits, as every server gives it */
  add(md5: string): void {
    this.#rows += 1
    this.#high = (this.#high + BigInt(`0x${md5.slice(0, 16)}`)) & mask
    this.#low = (this.#low + BigInt(`0x${md5.slice(16)}`)) & mask
  }

  /** Takes away a row that was added. */
  subtract(md5: string): void {
    this.#rows -= 1
    this.#high = (this.#high - BigInt(`0x${md5.slice(0, 16)}`)) & mask
    this.#low = (this.#low - BigInt(`0x${md5.slice(16)}`)) & mask
  }

  /** Adds rows whose two sums are known, which may be beyond 64 bits, as servers add them up. */
  addSums(rows: number, high: bigint, low: bigint): void {
    this.#rows += rows
    this.#high = (this.#high + high) & mask
    this.#low = (this.#low + low) & mask
  }

  addAll(other: Checksum): void {
    this.addSums(other.#rows, other.#high, other.#low)
  }

  get rows(): number {
    return this.#rows
  }

  /** 32 hexadecimal digits; zeros when there was no row. */
  get text(): string {
    return checksumText(this.#high, this.#low)
  }
}

/** Digits of a bucket's name: there are 4,096. */
export const bucketDigits = 3

/** The part of a table that a row is in, by its key and nothing else: source, topic and warehouse divide it alike. @param key MD5 of the key's canonical text */
export function bucketOf(key: string): string {
  return key.slice(0, bucketDigits)
}

/** A checksum of its two sums, which may be beyond 64 bits, as servers add them up. */
export function checksumText(high: bigint, low: bigint): string {
  return [high, low].map((sum) => (sum & mask).toString(16).padStart(16, '0')).join('')
}

/** `-1.50` of -150n and scale 2. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled)
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function doubleText(x: number): string {
  const size = Math.abs(x)
  if (size < 2 ** 33) return String(BigInt(Math.floor(x * 2 ** 20)))
  if (size < 2 ** 53) return String(BigInt(Math.floor(x)))
  return x < 0 ? '-' : '+'
}

function hex({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('hex')
}

/** By UTF-8, which is by code points: JavaScript compares UTF-16, where what is beyond 16 bits comes before U+E000. */
export function byBytes(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

function utf8Length(written: string): number {
  let length = written.length
  for (let i = 0; i < written.length; i++) {
    const unit = written.charCodeAt(i)
    if (unit < 0x80) continue
    // A pair of surrogates is 4 bytes: 2 each.
    length += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2
  }
  return length
}
