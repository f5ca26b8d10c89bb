import { type AvroDefinition, type AvroField, type AvroSchema, fullName, isPrimitive, isUnion, namespaceOf } from './avro-schema.js'

/** A schema whose names are looked up: a tree, or a graph where a type holds itself. */
export type ResolvedSchema = ResolvedPrimitive | ResolvedUnion | ResolvedArray | ResolvedMap | ResolvedRecord | ResolvedEnum | ResolvedFixed

export interface ResolvedPrimitive {
  readonly kind: 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'
  readonly logicalType: string | undefined
}
export interface ResolvedUnion {
  readonly kind: 'union'
  readonly branches: readonly ResolvedSchema[]
}
export interface ResolvedArray {
  readonly kind: 'array'
  readonly items: ResolvedSchema
}
export interface ResolvedMap {
  readonly kind: 'map'
  readonly values: ResolvedSchema
}
interface Named {
  /** Without its namespace. */
  readonly shortName: string
  readonly fullName: string
  /** Full names. */
  readonly aliases: readonly string[]
  readonly definition: AvroDefinition
}
export interface ResolvedRecord extends Named {
  readonly kind: 'record'
  readonly fields: readonly ResolvedField[]
}
export interface ResolvedEnum extends Named {
  readonly kind: 'enum'
  readonly symbols: readonly string[]
  readonly fallback: string | undefined
}
export interface ResolvedFixed extends Named {
  readonly kind: 'fixed'
  readonly size: number
}
export interface ResolvedField {
  readonly name: string
  readonly aliases: readonly string[]
  readonly hasDefault: boolean
  readonly type: ResolvedSchema
  readonly definition: AvroField
}

/** @throws Error when a name is defined nowhere, or a definition lacks what its type needs. */
export function resolveSchema(schema: AvroSchema): ResolvedSchema {
  const named = new Map<string, ResolvedSchema>()
  return resolve(schema, undefined)

  function resolve(part: AvroSchema, namespace: string | undefined, logicalType?: string): ResolvedSchema {
    if (typeof part === 'string') {
      if (isPrimitive(part)) return { kind: part as ResolvedPrimitive['kind'], logicalType }
      const known = named.get(fullName(part, namespace))
      if (known === undefined) throw new Error(`the type ${part} is defined nowhere before its use`)
      return known
    }
    if (isUnion(part)) return { kind: 'union', branches: part.map((branch) => resolve(branch, namespace)) }
    switch (part.type) {
      case 'array':
        return { kind: 'array', items: resolve(needed(part, 'items'), namespace) }
      case 'map':
        return { kind: 'map', values: resolve(needed(part, 'values'), namespace) }
      case 'record':
      case 'error':
        return record(part, namespace)
      case 'enum': {
        const { name, inner } = names(part, namespace)
        const fallback = typeof part.default === 'string' ? part.default : undefined
        return register({ kind: 'enum', ...nameParts(part, name, inner), symbols: needed(part, 'symbols'), fallback })
      }
      case 'fixed': {
        const { name, inner } = names(part, namespace)
        return register({ kind: 'fixed', ...nameParts(part, name, inner), size: needed(part, 'size') })
      }
      default:
        return resolve(part.type, namespace, part.logicalType)
    }
  }

  function record(part: AvroDefinition, namespace: string | undefined): ResolvedRecord {
    const { name, inner } = names(part, namespace)
    const fields: ResolvedField[] = []
    const resolved = register({ kind: 'record', ...nameParts(part, name, inner), fields })
    for (const definition of needed(part, 'fields')) {
      fields.push({
        name: definition.name,
        aliases: definition.aliases ?? [],
        hasDefault: definition.default !== undefined,
        type: resolve(definition.type, inner),
        definition,
      })
    }
    return resolved
  }

  function register<T extends ResolvedRecord | ResolvedEnum | ResolvedFixed>(type: T): T {
    if (named.has(type.fullName)) throw new Error(`the type ${type.fullName} is defined twice`)
    named.set(type.fullName, type)
    return type
  }
}

function names(part: AvroDefinition, enclosing: string | undefined): { name: string; inner: string | undefined } {
  const inner = namespaceOf(part, enclosing)
  return { name: fullName(needed(part, 'name'), inner), inner }
}

function nameParts(definition: AvroDefinition, name: string, namespace: string | undefined): Named {
  const aliases = (definition.aliases ?? []).map((alias) => fullName(alias, namespace))
  return { shortName: name.slice(name.lastIndexOf('.') + 1), fullName: name, aliases, definition }
}

function needed<K extends 'name' | 'fields' | 'symbols' | 'items' | 'values' | 'size'>(part: AvroDefinition, key: K): NonNullable<AvroDefinition[K]> {
  const value = part[key]
  if (value === undefined) throw new Error(`a definition of type ${JSON.stringify(part.type)} has no "${key}"`)
  return value
}
