import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { AvroSchema } from './avro-schema.js'
import { anyValueOf } from './codec.arbitrary.js'
import { decoder, encoder, schemaIdOf } from './codec.js'
import { ContractError } from './errors.js'
import { newestSchemas } from './schema-files.js'

// Thousands of cases each, on a machine that may be busy with other things.
vi.setConfig({ testTimeout: 60_000 })

const everyKind = {
  type: 'record',
  name: 'EveryKind',
  fields: [
    { name: 'a_null', type: 'null' },
    { name: 'a_boolean', type: 'boolean' },
    { name: 'an_int', type: 'int' },
    { name: 'a_long', type: 'long' },
    { name: 'a_float', type: 'float' },
    { name: 'a_double', type: 'double' },
    { name: 'a_string', type: 'string' },
    { name: 'some_bytes', type: 'bytes' },
    { name: 'a_fixed', type: { type: 'fixed', name: 'Four', size: 4 } },
    { name: 'an_enum', type: { type: 'enum', name: 'Colour', symbols: ['red', 'green'] } },
    { name: 'an_array', type: { type: 'array', items: { type: 'array', items: 'long' } } },
    { name: 'a_map', type: { type: 'map', values: ['null', 'string'] } },
    { name: 'a_union', type: ['null', 'double', 'string', { type: 'array', items: 'int' }] },
  ],
} satisfies AvroSchema

/** A reader that knows the last field of EveryKind: all before it is skipped. */
const lastOfEveryKind: AvroSchema = { type: 'record', name: 'EveryKind', fields: everyKind.fields.slice(-1) }

const schemas = [...newestSchemas(), { name: 'every-kind', schema: everyKind }]

describe.each(schemas)('$name', ({ schema }) => {
  const encode = encoder<unknown>(schema)
  const { decode } = decoder<unknown>(schema)
  const writer = () => schema

  test('every value comes back as it was, under its schema id', () => {
    fc.assert(
      fc.property(anyValueOf(schema), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value, id) => {
        const bytes = encode(id, value)
        expect(schemaIdOf(bytes)).toBe(id)
        expect(decode(bytes, writer)).toEqual(value)
      }),
      { numRuns: 200 },
    )
  })

  test('bytes that end early or go on are refused as poison', () => {
    fc.assert(
      fc.property(anyValueOf(schema), fc.nat(), (value, cut) => {
        const bytes = encode(1, value)
        expect(outcome(() => decode(bytes.subarray(0, cut % bytes.length), writer))).toMatch(/^AVRO_(NOT_FRAMED|UNDECODABLE)$/)
        expect(outcome(() => decode(Buffer.concat([bytes, Buffer.alloc(1)]), writer))).toBe('AVRO_UNDECODABLE')
      }),
      { numRuns: 100 },
    )
  })

  test('random and damaged bytes are poison, or give a value that can be written again, and never anything else', () => {
    const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from([0, 0, 0, 0, 1, ...bytes]))
    const damaged = fc.tuple(anyValueOf(schema), fc.nat(), fc.integer({ min: 0, max: 255 })).map(([value, at, byte]) => {
      const bytes = encode(1, value)
      bytes[5 + (at % (bytes.length - 5))] = byte
      return bytes
    })
    fc.assert(
      fc.property(fc.oneof(random, damaged, hostile), (bytes) => {
        expect(outcome(() => encode(1, decode(bytes, writer)))).toMatch(/^(a value|AVRO_UNDECODABLE)$/)
      }),
      { numRuns: 500 },
    )
  })
})

test('whatever is given for a field is refused, or comes back as it was given', () => {
  const encode = encoder<unknown>(everyKind)
  const { decode } = decoder<unknown>(everyKind)
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withSparseArray: true, withNullPrototype: true })
  const nearlyRight = fc.constantFrom<unknown>(1.5, -0.5, 2 ** 31, 2 ** 53, Number.NaN, Infinity, 1e39, '\ud800', `${'x'.repeat(70)}\udfff`, 'toString', '__proto__', [undefined], [[1.5]], { a: 1 }, new Uint8Array(4))
  const fields = everyKind.fields.map(({ name }) => name)
  fc.assert(
    fc.property(anyValueOf(everyKind), fc.constantFrom(...fields), fc.oneof(anything, nearlyRight), (value, field, replacement) => {
      const given = { ...(value as object), [field]: replacement }
      let bytes: Buffer
      try {
        bytes = encode(1, given)
      } catch (error) {
        expect(error).toMatchObject({ code: 'AVRO_INVALID_VALUE' })
        expect((error as Error).message).toContain(`EveryKind: ${field}`)
        return
      }
      expect(decode(bytes, () => everyKind)).toEqual({ ...given, [field]: asWritten(replacement, field) })
    }),
    { numRuns: 5_000 },
  )
})

/** What Avro has no word for: the sign of an integer 0, the digits of a double in 32 bits, the class of a map. */
function asWritten(value: unknown, field: string): unknown {
  if (field === 'a_float') return Math.fround(value as number)
  if ((field === 'an_int' || field === 'a_long') && value === 0) return 0
  if (field === 'an_array') return (value as number[][]).map((list) => list.map((n) => n + 0))
  return field === 'a_map' ? { ...(value as object) } : value
}

test('a reader that skips most of what was written finds the rest, and is no easier to crash', () => {
  const { decode } = decoder<unknown>(lastOfEveryKind)
  fc.assert(
    fc.property(anyValueOf(everyKind), (value) => {
      expect(decode(encoder<unknown>(everyKind)(1, value), () => everyKind)).toEqual({ a_union: (value as { a_union: unknown }).a_union })
    }),
  )
  const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from([0, 0, 0, 0, 1, ...bytes]))
  fc.assert(
    fc.property(fc.oneof(random, hostile), (bytes) => {
      expect(outcome(() => decode(bytes, () => everyKind))).toMatch(/^(a value|AVRO_UNDECODABLE)$/)
    }),
    { numRuns: 2_000 },
  )
})

/** Bytes made of what integers, lengths and counts are made of when somebody means harm. */
const hostile = fc
  .array(
    fc.constantFrom(
      [0x00],
      [0x01], // -1: a negative length or block
      [0x02],
      [0x80], // goes on
      [0xff, 0xff, 0xff, 0xff, 0x0f], // -2^31
      [0xfe, 0xff, 0xff, 0xff, 0x0f], // 2^31 - 1
      [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], // 2^63 - 1
      Array<number>(200).fill(0x80), // an integer without end
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.from([0, 0, 0, 0, 1, ...parts.flat()]))

function outcome(run: () => unknown): string {
  try {
    run()
    return 'a value'
  } catch (error) {
    return error instanceof ContractError && error.kind === 'poison' ? error.code : `unexpected: ${String(error)}`
  }
}
