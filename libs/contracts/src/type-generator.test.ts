import { describe, expect, test } from 'vitest'
import type { AvroSchema } from './avro-schema.js'
import { generateSchemaConstants, generateTypes } from './type-generator.js'

const place: AvroSchema = { type: 'record', name: 'Place', doc: 'A point.', fields: [{ name: 'latitude', type: 'double', doc: 'Degrees north.', pii: 'quasi' }] }

function recordOf(name: string, ...types: AvroSchema[]): AvroSchema {
  return { type: 'record', name, namespace: 'io.example', fields: types.map((type, i) => ({ name: `f${i}`, type })) }
}

function typesOf(...schemas: AvroSchema[]): string {
  return generateTypes(schemas.map((schema, i) => ({ name: `schema-${i}`, schema })))
}

describe('generated types', () => {
  test('carry docs and pii tags as TSDoc', () => {
    expect(typesOf(place)).toContain('/** A point. */\nexport interface Place {\n  /** Degrees north. Personal data: quasi. */\n  latitude: number\n}\n')
  })

  test.each<[AvroSchema, string]>([
    ['int', 'number'],
    [{ type: 'long', logicalType: 'timestamp-millis' }, 'number'],
    ['bytes', 'Buffer'],
    [['null', 'string'], 'string | null'],
    [['double', 'string'], 'number | string'],
    [{ type: 'array', items: 'string' }, 'string[]'],
    [{ type: 'array', items: ['null', 'int'] }, '(number | null)[]'],
    [{ type: 'map', values: 'int' }, 'Record<string, number>'],
    [['null', place], 'Place | null'],
  ])('%j is %s', (schema, type) => {
    expect(typesOf(recordOf('R', schema))).toContain(`  f0: ${type}\n`)
  })

  test('an enum is a union of its symbols', () => {
    expect(typesOf({ type: 'enum', name: 'Outcome', symbols: ['approve', 'decline'] })).toContain("export type Outcome = 'approve' | 'decline'\n")
  })

  test('a type that two schemas define alike is written once', () => {
    const types = typesOf(recordOf('A', place), recordOf('B', place, 'Place'))
    expect(types.match(/interface Place /g)).toHaveLength(1)
    expect(types).toContain('f1: Place')
  })

  test('a type that two schemas define differently is refused, naming both', () => {
    const other: AvroSchema = { ...(place as object), doc: 'Another point.' } as AvroSchema
    expect(() => typesOf(recordOf('A', place), recordOf('B', other))).toThrow('io.example.Place is defined differently in schema-0 and in schema-1')
  })

  test('two full names that would be one TypeScript type are refused', () => {
    expect(() => typesOf({ type: 'record', name: 'a.Place', fields: [] }, { type: 'record', name: 'b.Place', fields: [] })).toThrow('rename one')
  })

  test('a type that holds itself ends', () => {
    expect(typesOf({ type: 'record', name: 'Node', fields: [{ name: 'next', type: ['null', 'Node'] }] })).toContain('next: Node | null')
  })

  test('a doc cannot end its comment', () => {
    expect(typesOf({ type: 'record', name: 'R', doc: 'a */ b', fields: [] })).toContain('/** a *\\/ b */')
  })
})

test('generated constants are the schemas', async () => {
  const schema: AvroSchema = { type: 'record', name: 'R', doc: "it's a \\ \n line", fields: [{ name: 'a', type: ['null', place], default: null }, { name: 'n', type: 'int', default: -1 }] }
  const code = generateSchemaConstants([{ name: 'fraud-alert', schema }])
  const script = code.replace(/import .*\n/, '').replace('export const fraudAlertSchema: AvroSchema =', 'export default')
  const module = (await import(`data:text/javascript,${encodeURIComponent(script)}`)) as { default: unknown }
  expect(module.default).toEqual(schema)
})
