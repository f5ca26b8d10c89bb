import fc from 'fast-check'
import type { AvroSchema } from './avro-schema.js'
import { type ResolvedSchema, resolveSchema } from './resolved-schema.js'

/** Any value of a schema that does not hold itself, for property tests. */
export function anyValueOf(schema: AvroSchema): fc.Arbitrary<unknown> {
  return arbitrary(resolveSchema(schema))
}

// A decoded number is never -0 where it was an integer, and JSON has none: leave it out.
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n))

function arbitrary(schema: ResolvedSchema): fc.Arbitrary<unknown> {
  switch (schema.kind) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'int':
      return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
    case 'long':
      return fc.maxSafeInteger()
    case 'float':
      return fc.float({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n))
    case 'double':
      return finite
    case 'string':
      return fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ unit: 'binary-ascii', maxLength: 100 }))
    case 'bytes':
      return fc.uint8Array().map((bytes) => Buffer.from(bytes))
    case 'fixed':
      return fc.uint8Array({ minLength: schema.size, maxLength: schema.size }).map((bytes) => Buffer.from(bytes))
    case 'enum':
      return fc.constantFrom(...schema.symbols)
    case 'union':
      return fc.oneof(...schema.branches.map(arbitrary))
    case 'array':
      return fc.array(arbitrary(schema.items), { maxLength: 5 })
    case 'map':
      return fc.dictionary(fc.string(), arbitrary(schema.values), { maxKeys: 5, noNullPrototype: true })
    case 'record':
      return fc.record(Object.fromEntries(schema.fields.map(({ name, type }) => [name, arbitrary(type)])), { noNullPrototype: true })
  }
}
