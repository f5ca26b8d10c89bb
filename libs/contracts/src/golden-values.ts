import type { AvroSchema } from './avro-schema.js'
import { type ResolvedRecord, type ResolvedSchema, resolveSchema } from './resolved-schema.js'

const numbers: Record<string, readonly number[]> = {
  int: [0, -1, 63, -64, 64, 8_191, 8_192, 2_147_483_647, -2_147_483_648],
  // Around every border of the encoding and of a double's exactness.
  long: [0, -1, 1_700_000_000_000, 4_294_967_296, -4_503_599_627_370_497, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  float: [0, -1.5, 3.4028234663852886e38],
  double: [0, -90, 180, 0.1, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE],
}

const texts: readonly string[] = [
  'plain',
  '',
  'Zürich Straße',
  '東京 🏦 e\u0301',
  '\u0000\t"\\\n',
  // The first lengths that take two bytes, in one-byte and in longer characters.
  'x'.repeat(64),
  'ж'.repeat(64),
]

/**
 * Values at the edges of a schema, the same for the same schema: nulls, each branch of a union, each enum symbol, the
 * extremes of numbers, Unicode, empty and longer arrays and maps. As many values as its richest field has alternatives;
 * each field goes through all of its own. A Buffer stands for bytes and fixed.
 *
 * @throws Error when a type holds itself without end.
 */
export function goldenValues(schema: AvroSchema): unknown[] {
  return alternatives(resolveSchema(schema), [])
}

function alternatives(schema: ResolvedSchema, outer: readonly ResolvedRecord[]): unknown[] {
  switch (schema.kind) {
    case 'null':
      return [null]
    case 'boolean':
      return [true, false]
    case 'string':
      return [...texts]
    case 'bytes':
      return [Buffer.alloc(0), Buffer.from([0, 127, 128, 255])]
    case 'fixed':
      return [Buffer.alloc(schema.size), Buffer.alloc(schema.size, 255)]
    case 'enum':
      return [...schema.symbols]
    case 'union':
      return schema.branches.filter((branch) => !outer.includes(branch as ResolvedRecord)).flatMap((branch) => alternatives(branch, outer))
    case 'array': {
      const items = outer.includes(schema.items as ResolvedRecord) ? [] : alternatives(schema.items, outer)
      return [[], items, ...items.map((item) => [item])]
    }
    case 'map': {
      const items = outer.includes(schema.values as ResolvedRecord) ? [] : alternatives(schema.values, outer)
      return [{}, ...items.map((item, i) => ({ [`${texts[i % texts.length]}${i}`]: item }))]
    }
    case 'record': {
      if (outer.includes(schema)) throw new Error(`${schema.fullName} holds itself without end`)
      const columns = schema.fields.map((field) => [field.name, alternatives(field.type, [...outer, schema])] as const)
      const rows = Math.max(1, ...columns.map(([, column]) => column.length))
      return Array.from({ length: rows }, (_, row) => Object.fromEntries(columns.map(([name, column]) => [name, column[row % column.length]])))
    }
    default:
      return [...(numbers[schema.kind] ?? [])]
  }
}
