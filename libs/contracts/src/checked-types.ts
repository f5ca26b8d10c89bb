import avro from 'avsc'
import {
  isWideLong, readCount, readLength, readLong, readText, readWideLong, type Tap, Unwritable, writeLong, writeShortAscii, writeText, writeWideLong,
} from './avro-binary.js'

/**
 * Avro types that hold what avsc's own do not, at the same speed. Each was seen to go wrong with avsc 5.7.9:
 *
 * - a `long` below -2^52 is written as another number (its zigzag form needs 54 bits of a double's 53);
 * - an `enum` takes `'toString'`, a name that every object has, and writes the first symbol;
 * - a `double` takes NaN and infinities, which JSON, SQL and most readers have no word for;
 * - a `string` with half a surrogate pair is written as bytes that are not UTF-8;
 * - an `int` is read beyond 32 bits, and a length of more than 10 bytes becomes NaN, which breaks a pool that all share;
 * - a `map` takes a Map and a Date and writes nothing of them;
 * - an `array` or `map` believes its count: 5 bytes make it allocate 16 GB, a negative block size makes it loop for ever.
 *
 * The classes override avsc's internal `_read`, `_skip`, `_write` and `_check`; the version of avsc is pinned, and
 * `codec.property.test.ts` holds each of these promises.
 */

interface Readable {
  _read(tap: Tap): unknown
  _skip(tap: Tap): void
}

interface Writable {
  _write(tap: Tap, value: unknown): void
  _check(value: unknown, flags: number, hook: Hook, path: string[] | undefined): boolean
}

/** Called with the value that does not fit and its type; avsc adds the path. */
type Hook = ((value: unknown, type: avro.Type) => void) | undefined

/** Compiles a schema. `unions`: `never` wrapped in an object, as our own types have them, or `auto`matically. */
export function checkedType(schema: unknown, unions: 'never' | 'auto'): avro.Type {
  return avro.Type.forSchema(schema as avro.Type, { typeHook, wrapUnions: unions, omitRecordMethods: true })
}

/** Compiles a schema of rows: its longs have all 64 bits, as a number where that is exact, else as a bigint. */
export function rowType(schema: unknown): avro.Type {
  const type = avro.Type.forSchema(schema as avro.Type, { typeHook: rowTypeHook, wrapUnions: 'auto', omitRecordMethods: true })
  takeBigints(type, new Set())
  return type
}

/** A union tells its branch by what `typeof` says of a value, and knows no bigint: they go where numbers go. */
function takeBigints(type: avro.Type, seen: Set<avro.Type>): void {
  if (seen.has(type)) return
  seen.add(type)
  const { _bucketIndices: branches, types, fields, itemsType, valuesType } = type as avro.Type & {
    _bucketIndices?: Record<string, number>; types?: avro.Type[]; fields?: { type: avro.Type }[]; itemsType?: avro.Type; valuesType?: avro.Type
  }
  if (branches?.number !== undefined) branches.bigint = branches.number
  const inner = [...(types ?? []), ...(fields ?? []).map((field) => field.type), ...[itemsType, valuesType].filter((one) => one !== undefined)]
  for (const one of inner) takeBigints(one, seen)
}

function rowTypeHook(schema: unknown, options: unknown): avro.Type | undefined {
  const type = typeof schema === 'string' ? schema : (schema as { type?: unknown }).type
  return type === 'long' ? wideLong : typeHook(schema, options)
}

function typeHook(schema: unknown, options: unknown): avro.Type | undefined {
  const type = typeof schema === 'string' ? schema : (schema as { type?: unknown }).type
  switch (type) {
    case 'int':
      return checkedInt
    case 'long':
      return checkedLong
    case 'float':
      return checkedFloat
    case 'double':
      return checkedDouble
    case 'string':
      return checkedString
    case 'bytes':
      return checkedBytes
    case 'enum':
      return new CheckedEnum(schema as avro.Type, options)
    case 'array':
      return new CheckedArray(schema as avro.Type, options)
    case 'map':
      return new CheckedMap(schema as avro.Type, options)
    default:
      return undefined
  }
}

class CheckedInt extends avro.types.IntType {
  _read(tap: Tap): number {
    const n = readLong(tap)
    if (n !== (n | 0)) throw new Error('an int is outside 32 bits')
    return n
  }

  _write(tap: Tap, value: unknown): void {
    if (!isInt(value)) throw new Unwritable()
    writeLong(tap, value as number)
  }

  _check(value: unknown, _flags: number, hook: Hook): boolean {
    return verdict(isInt(value), value, this, hook)
  }
}

function isInt(value: unknown): boolean {
  return typeof value === 'number' && value === (value | 0)
}

class CheckedLong extends avro.types.LongType {
  _read(tap: Tap): number {
    return readLong(tap)
  }

  _write(tap: Tap, value: unknown): void {
    if (!Number.isSafeInteger(value)) throw new Unwritable()
    writeLong(tap, value as number)
  }

  _check(value: unknown, _flags: number, hook: Hook): boolean {
    return verdict(Number.isSafeInteger(value), value, this, hook)
  }
}

class WideLong extends avro.types.LongType {
  _read(tap: Tap): number {
    return readWideLong(tap) as number
  }

  _write(tap: Tap, value: unknown): void {
    writeWideLong(tap, value)
  }

  _check(value: unknown, _flags: number, hook: Hook): boolean {
    return verdict(Number.isSafeInteger(value) || isWideLong(value), value, this, hook)
  }
}

class CheckedFloat extends avro.types.FloatType {
  _read(tap: Tap): number {
    return finite(tap.readFloat())
  }

  _write(tap: Tap, value: unknown): void {
    if (!isFloat(value)) throw new Unwritable()
    tap.writeFloat(value as number)
  }

  _check(value: unknown, _flags: number, hook: Hook): boolean {
    return verdict(isFloat(value), value, this, hook)
  }
}

/** Refused on the way in too: what was read can always be written again. */
function finite(n: number): number {
  if (!Number.isFinite(n)) throw new Error('a number is not finite')
  return n
}

/** Finite, also once rounded to 32 bits. */
function isFloat(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(Math.fround(value))
}

class CheckedDouble extends avro.types.DoubleType {
  _read(tap: Tap): number {
    return finite(tap.readDouble())
  }

  _write(tap: Tap, value: unknown): void {
    if (!Number.isFinite(value)) throw new Unwritable()
    tap.writeDouble(value as number)
  }

  _check(value: unknown, _flags: number, hook: Hook): boolean {
    return verdict(Number.isFinite(value), value, this, hook)
  }
}

class CheckedString extends avro.types.StringType {
  _read(tap: Tap): string {
    return readText(tap)
  }

  _write(tap: Tap, value: unknown): void {
    if (typeof value !== 'string') throw new Unwritable()
    if (!writeShortAscii(tap, value)) writeText(tap, value)
  }

  _check(value: unknown, _flags: number, hook: Hook): boolean {
    return verdict(typeof value === 'string' && value.isWellFormed(), value, this, hook)
  }
}

class CheckedBytes extends avro.types.BytesType {
  _read(tap: Tap): Buffer | undefined {
    return tap.readFixed(readLength(tap))
  }
}

class CheckedEnum extends avro.types.EnumType {
  declare readonly _indices: Record<string, number>

  _write(tap: Tap, value: unknown): void {
    if (typeof value !== 'string' || !Object.hasOwn(this._indices, value)) throw new Unwritable()
    writeLong(tap, this._indices[value] as number)
  }

  _check(value: unknown, _flags: number, hook: Hook): boolean {
    return verdict(typeof value === 'string' && Object.hasOwn(this._indices, value), value, this, hook)
  }
}

const plainArray = avro.types.ArrayType.prototype as unknown as Writable

class CheckedArray extends avro.types.ArrayType {
  // Rings and lists of numbers are the most of a card's profile: a call by type for each would take longer than the number.
  _write(tap: Tap, value: unknown): void {
    if (this.itemsType !== checkedLong || !Array.isArray(value)) return plainArray._write.call(this, tap, value)
    if (value.length > 0) {
      writeLong(tap, value.length)
      for (let i = 0; i < value.length; i++) {
        if (!Number.isSafeInteger(value[i])) throw new Unwritable()
        writeLong(tap, value[i] as number)
      }
    }
    writeLong(tap, 0)
  }

  // Also called on a resolver, whose itemsType reads the writer's items as the reader's: only itemsType may be used.
  _read(tap: Tap): unknown[] {
    const items = this.itemsType as unknown as Readable
    const values: unknown[] = []
    for (let count = readCount(tap); count > 0; count = readCount(tap)) {
      while (count-- > 0) values.push(items._read(tap))
    }
    return values
  }

  _skip(tap: Tap): void {
    const items = this.itemsType as unknown as Readable
    for (let count = readCount(tap); count > 0; count = readCount(tap)) {
      while (count-- > 0) items._skip(tap)
    }
  }
}

class CheckedMap extends avro.types.MapType {
  _write(tap: Tap, value: unknown): void {
    if (!isPlainObject(value)) throw new Unwritable()
    const items = this.valuesType as Writable
    const keys = Object.keys(value)
    if (keys.length > 0) {
      writeLong(tap, keys.length)
      for (const key of keys) {
        checkedString._write(tap, key)
        items._write(tap, value[key])
      }
    }
    writeLong(tap, 0)
  }

  _check(value: unknown, flags: number, hook: Hook, path: string[] | undefined): boolean {
    if (!isPlainObject(value)) return verdict(false, value, this, hook)
    return Object.keys(value).reduce((fits, key) => {
      path?.push(key)
      // A key is text too, and may hold half a surrogate pair.
      const keyFits = checkedString._check(key, flags, hook)
      const valueFits = (this.valuesType as Writable)._check(value[key], flags, hook, path)
      path?.pop()
      return fits && keyFits && valueFits
    }, true)
  }

  _read(tap: Tap): Record<string, unknown> {
    const items = this.valuesType as Readable
    const values: Record<string, unknown> = {}
    for (let count = readCount(tap); count > 0; count = readCount(tap)) {
      while (count-- > 0) {
        const key = checkedString._read(tap)
        const value = items._read(tap)
        if (key === '__proto__') Object.defineProperty(values, key, { value, enumerable: true, configurable: true, writable: true })
        else values[key] = value
      }
    }
    return values
  }

  _skip(tap: Tap): void {
    const items = this.valuesType as Readable
    for (let count = readCount(tap); count > 0; count = readCount(tap)) {
      while (count-- > 0) {
        const length = readLength(tap)
        tap.pos += length
        items._skip(tap)
      }
    }
  }
}

/** Not a Map or a Date, which have no entries of their own and would be written as empty. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function verdict(fits: boolean, value: unknown, type: avro.Type, hook: Hook): boolean {
  if (!fits) hook?.(value, type)
  return fits
}

const checkedInt = new CheckedInt()
const checkedLong = new CheckedLong()
const wideLong = new WideLong()
const checkedFloat = new CheckedFloat()
const checkedDouble = new CheckedDouble()
const checkedString = new CheckedString()
const checkedBytes = new CheckedBytes()
