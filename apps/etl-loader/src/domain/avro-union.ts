import type { AvroDefinition, AvroSchema, RowValue } from '@swipestream/contracts'
import { definitionOf, nameOf, type Scope } from './avro-scope.js'

/** What JavaScript says of a decoded value: by this a decoder tells the branches of a union apart. */
export type Shape = 'number' | 'string' | 'boolean' | 'buffer' | 'array' | 'object'

const primitives = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'])

function baseOf(schema: AvroSchema, scope: Scope): string {
  if (typeof schema !== 'string') return Array.isArray(schema) ? 'union' : baseOf((schema as AvroDefinition).type, scope)
  if (primitives.has(schema) || ['array', 'map', 'record', 'enum', 'fixed'].includes(schema)) return schema
  const definition = definitionOf(schema, scope)
  return definition === undefined ? 'record' : baseOf(definition.type, scope)
}

export function shapeOf(schema: AvroSchema, scope: Scope): Shape {
  switch (baseOf(schema, scope)) {
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return 'number'
    case 'string':
    case 'enum':
      return 'string'
    case 'boolean':
      return 'boolean'
    case 'bytes':
    case 'fixed':
      return 'buffer'
    case 'array':
      return 'array'
    default:
      return 'object'
  }
}

export function shapeOfValue(value: Exclude<RowValue, null>): Shape {
  if (Array.isArray(value)) return 'array'
  if (value instanceof Uint8Array) return 'buffer'
  return typeof value === 'bigint' ? 'number' : (typeof value as Shape)
}

/** By which a decoder names a branch where shapes do not tell: a named type's full name, any other's kind. */
export function branchName(schema: AvroSchema, scope: Scope): string {
  if (typeof schema === 'object' && !Array.isArray(schema) && (schema as AvroDefinition).name !== undefined) return nameOf(schema as AvroDefinition, scope)
  if (typeof schema === 'string' && !primitives.has(schema)) {
    return definitionOf(schema, scope)?.name ?? schema
  }
  return baseOf(schema, scope)
}
