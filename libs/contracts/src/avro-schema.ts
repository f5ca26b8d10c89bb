/**
 * An Avro schema as the JSON of its `.avsc` file (Avro 1.11 specification, "Schema Declaration").
 *
 * Attributes that Avro does not know (`pii`, `closed`) are kept: Avro allows them as metadata.
 */
export type AvroSchema = string | readonly AvroSchema[] | AvroDefinition

/** A schema written as a JSON object: a named type, an array, a map, or a primitive with attributes. */
export interface AvroDefinition {
  readonly type: AvroSchema
  readonly name?: string
  readonly namespace?: string
  readonly aliases?: readonly string[]
  readonly doc?: string
  readonly logicalType?: string
  /** Of a record. */
  readonly fields?: readonly AvroField[]
  /** Of an enum. */
  readonly symbols?: readonly string[]
  /** Of an enum: the symbol a reader sees instead of one that it does not know. */
  readonly default?: unknown
  /** Of an enum without a default on purpose: no symbol may stand for an unknown one. */
  readonly closed?: boolean
  /** Of an array. */
  readonly items?: AvroSchema
  /** Of a map. */
  readonly values?: AvroSchema
  /** Of a fixed: bytes. */
  readonly size?: number
}

/** A record's field. */
export interface AvroField {
  readonly name: string
  readonly type: AvroSchema
  readonly doc?: string
  readonly default?: unknown
  readonly aliases?: readonly string[]
  readonly order?: 'ascending' | 'descending' | 'ignore'
  /** Personal data: see `piiTags`. */
  readonly pii?: string
}

/**
 * What a `pii` tag may say: `direct` names or reaches a person by itself, `pseudonymous` stands for one person through a
 * key held elsewhere, `quasi` narrows down to a person together with other fields; `none` says that a field is not
 * personal where its name lets one think so.
 */
export const piiTags = ['direct', 'pseudonymous', 'quasi', 'none'] as const

const primitives = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'])

/** Whether a schema given as a word is a primitive, not the name of a type defined elsewhere. */
export function isPrimitive(name: string): boolean {
  return primitives.has(name)
}

export function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema)
}

/**
 * Full name by Avro's rules: a name with a dot is full already, else its own namespace counts, else the enclosing one.
 */
export function fullName(name: string, namespace: string | undefined): string {
  return name.includes('.') || !namespace ? name : `${namespace}.${name}`
}

/** Namespace in force inside a definition: that of its full name. */
export function namespaceOf(definition: AvroDefinition, enclosing: string | undefined): string | undefined {
  if (definition.name === undefined) return enclosing
  const dot = definition.name.lastIndexOf('.')
  return dot >= 0 ? definition.name.slice(0, dot) : (definition.namespace ?? enclosing)
}
