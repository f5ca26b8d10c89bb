import { describe, expect, test } from 'vitest'
import type { AvroSchema } from './avro-schema.js'
import { decoder, encoder } from './codec.js'
import { goldenValues } from './golden-values.js'
import { goldenFixtures, releasesOf } from './releases.js'
import { newestSchemas } from './schema-files.js'

describe.each(newestSchemas())('$name', ({ name, schema: newest }) => {
  const releases = releasesOf(name)
  const readers = [...releases.map(({ version, schema }) => [`v${version}`, schema] as const), ['the newest', newest] as const]

  test('was released', () => {
    expect(releases.length).toBeGreaterThan(0)
  })

  describe.each(releases)('v$version', (release) => {
    const fixtures = goldenFixtures(release)
    const writer = () => release.schema

    test('reads its own bytes as the values they were, and writes the same bytes again', () => {
      const { decode } = decoder<unknown>(release.schema)
      const encode = encoder<unknown>(release.schema)
      for (const { value, hex } of fixtures) {
        expect(decode(Buffer.from(hex, 'hex'), writer)).toEqual(value)
        expect(encode(release.version, value).toString('hex')).toBe(hex)
      }
    })

    test.each(readers)('is read by %s, every field that both have as it was', (_, reader) => {
      const { decode } = decoder<Record<string, unknown>>(reader)
      const encode = encoder<unknown>(reader)
      for (const { value, hex } of fixtures) {
        const read = decode(Buffer.from(hex, 'hex'), writer)
        for (const [field, was] of Object.entries(value as object)) {
          if (field in read && sameType(reader, release.schema, field)) expect(read[field]).toEqual(was)
        }
        // What was read is a whole value of the reader's version.
        expect(() => encode(1, read)).not.toThrow()
      }
    })
  })
})

/** Whether a field's type is to the letter the same in both; where it is not, values may rightly differ (enum symbols). */
function sameType(a: AvroSchema, b: AvroSchema, field: string): boolean {
  const typeIn = (schema: AvroSchema) => (schema as { fields?: readonly { name: string; type: AvroSchema }[] }).fields?.find(({ name }) => name === field)?.type
  return JSON.stringify(typeIn(a)) === JSON.stringify(typeIn(b))
}

describe('the values that a release is frozen with', () => {
  const schema: AvroSchema = {
    type: 'record',
    name: 'R',
    fields: [
      { name: 'a_long', type: 'long' },
      { name: 'an_enum', type: { type: 'enum', name: 'E', symbols: ['a', 'b', 'c'] } },
      { name: 'a_union', type: ['null', 'double', 'string'] },
      { name: 'a_list', type: { type: 'array', items: 'string' } },
      { name: 'a_map', type: { type: 'map', values: 'int' } },
      { name: 'some_bytes', type: 'bytes' },
    ],
  }
  const values = goldenValues(schema) as Record<string, unknown>[]
  const of = (field: string) => values.map((value) => value[field])

  test('go through the edges of each field', () => {
    expect(of('a_long')).toEqual(expect.arrayContaining([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -(2 ** 52) - 1]))
    expect(new Set(of('an_enum'))).toEqual(new Set(['a', 'b', 'c']))
    expect(new Set(of('a_union').map((value) => (value === null ? 'null' : typeof value)))).toEqual(new Set(['null', 'number', 'string']))
    expect(of('a_list')).toEqual(expect.arrayContaining([[], ['']]))
    expect(of('a_map')).toContainEqual({})
  })

  test('are the same each time', () => {
    expect(goldenValues(schema)).toEqual(values)
  })

  test('end for a type that holds itself through null or a list, and are refused where it never ends', () => {
    const node = (type: AvroSchema): AvroSchema => ({ type: 'record', name: 'Node', fields: [{ name: 'next', type }] })
    expect(goldenValues(node(['null', 'Node']))).toEqual([{ next: null }])
    expect(goldenValues(node({ type: 'array', items: 'Node' }))).toEqual([{ next: [] }, { next: [] }])
    expect(() => goldenValues(node('Node'))).toThrow('Node holds itself without end')
  })
})
