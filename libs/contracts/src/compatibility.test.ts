import { describe, expect, test } from 'vitest'
import type { AvroSchema } from './avro-schema.js'
import { decoder, encoder } from './codec.js'
import { schemaChanges } from './compatibility.cases.js'
import { breaksWith, incompatibilities } from './compatibility.js'
import { goldenValues } from './golden-values.js'

describe.each(schemaChanges)('$name', ({ older, newer, backward, forward }) => {
  test(`the newer ${backward ? 'reads' : 'cannot read'} the older, the older ${forward ? 'reads' : 'cannot read'} the newer`, () => {
    expect(breaksWith(newer, older, 'BACKWARD').length === 0).toBe(backward)
    expect(breaksWith(newer, older, 'FORWARD').length === 0).toBe(forward)
    expect(breaksWith(newer, older, 'FULL').length === 0).toBe(backward && forward)
  })

  test('what is called readable, our decoder reads', () => {
    if (backward) expect(() => readAll(newer, older)).not.toThrow()
    if (forward) expect(() => readAll(older, newer)).not.toThrow()
  })

  test('what is called unreadable, our decoder refuses before it reads a byte', () => {
    if (!backward) expect(() => readAll(newer, older)).toThrow(expect.objectContaining({ code: 'AVRO_SCHEMA_INVALID' }))
    if (!forward) expect(() => readAll(older, newer)).toThrow(expect.objectContaining({ code: 'AVRO_SCHEMA_INVALID' }))
  })
})

/** Reads the edges of what the writer can write. */
function readAll(reader: AvroSchema, writer: AvroSchema): void {
  const encode = encoder<unknown>(writer)
  const { decode } = decoder<unknown>(reader)
  for (const value of goldenValues(writer)) decode(encode(1, value), () => writer)
}

describe('a break is told with', () => {
  const reason = (fields: AvroSchema): AvroSchema => ({
    type: 'record',
    name: 'Alert',
    fields: [{ name: 'reasons', type: { type: 'array', items: { type: 'record', name: 'Reason', fields: [{ name: 'limits', type: { type: 'map', values: fields } }] } } }],
  })

  test('the path of the field', () => {
    expect(incompatibilities(reason('int'), reason('string'))).toEqual([
      { path: 'reasons[].limits{}', rule: 'TYPE_MISMATCH', message: "the reader's int cannot hold the writer's string" },
    ])
  })

  test.each<[string, AvroSchema, AvroSchema]>([
    ['TYPE_MISMATCH', 'int', 'string'],
    ['MISSING_UNION_BRANCH', ['null', 'int'], 'string'],
    ['NAME_MISMATCH', { type: 'fixed', name: 'A', size: 1 }, { type: 'fixed', name: 'B', size: 1 }],
    ['FIXED_SIZE_MISMATCH', { type: 'fixed', name: 'A', size: 1 }, { type: 'fixed', name: 'A', size: 2 }],
    ['MISSING_ENUM_SYMBOLS', { type: 'enum', name: 'E', symbols: ['a'] }, { type: 'enum', name: 'E', symbols: ['a', 'b'] }],
    ['READER_FIELD_MISSING_DEFAULT_VALUE', { type: 'record', name: 'R', fields: [{ name: 'a', type: 'int' }] }, { type: 'record', name: 'R', fields: [] }],
    [
      'AMBIGUOUS_ALIASES',
      { type: 'record', name: 'R', fields: [{ name: 'c', type: 'int', aliases: ['a', 'b'] }] },
      { type: 'record', name: 'R', fields: [{ name: 'a', type: 'int' }, { name: 'b', type: 'int' }] },
    ],
  ])('the rule %s', (rule, reader, writer) => {
    expect(incompatibilities(reader, writer).map((found) => found.rule)).toEqual([rule])
  })

  test('every break at once, not only the first', () => {
    const reader: AvroSchema = { type: 'record', name: 'R', fields: [{ name: 'a', type: 'int' }, { name: 'b', type: 'int' }] }
    expect(incompatibilities(reader, { type: 'record', name: 'R', fields: [] }).map(({ path }) => path)).toEqual(['a', 'b'])
  })
})
