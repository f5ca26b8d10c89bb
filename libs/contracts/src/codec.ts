import type avro from 'avsc'
import type { AvroDefinition, AvroSchema } from './avro-schema.js'
import { isUnion } from './avro-schema.js'
import { checkedType } from './checked-types.js'
import { incompatibilities } from './compatibility.js'
import { ContractError } from './errors.js'

/** Bytes before the Avro value in Confluent's wire format: magic byte 0, schema id as 4 bytes, big-endian. */
const headerLength = 5
/** A scratch buffer grown beyond this by one big record is given back. */
const keptScratch = 1 << 20

/** Writes a value as the schema with this id in the registry. The bytes are the caller's own. */
export type Encode<T> = (schemaId: number, value: T) => Buffer

export interface Decoder<T> {
  /**
   * Reads a value written with any version of the schema.
   *
   * @param writer gives the schema of an id; called once an id.
   * @throws ContractError AVRO_NOT_FRAMED, AVRO_UNDECODABLE, or AVRO_SCHEMA_INVALID when the writer's schema cannot be
   *   read as the reader's; all are poison. What `writer` throws passes through.
   */
  decode(bytes: Buffer, writer: (id: number) => AvroSchema): T
}

/**
 * Compiles a writer of values in Confluent's wire format.
 *
 * Every value is checked while it is written: each field must be there (also one that has a default: a default is for
 * readers of old data), a long is a whole number within ±(2^53 - 1), a double is finite, a text is well-formed Unicode.
 *
 * @throws ContractError AVRO_SCHEMA_INVALID here, AVRO_INVALID_VALUE (naming the field's path, never its value) when called.
 */
export function encoder<T>(schema: AvroSchema): Encode<T> {
  return encoderOf(compiled(withoutDefaults(schema), ownType))
}

/** The writer of a compiled type. */
export function encoderOf<T>(type: avro.Type): Encode<T> {
  let scratch = Buffer.allocUnsafeSlow(1024)

  return (schemaId, value) => {
    let end: number
    try {
      end = type.encode(value, scratch, headerLength)
      while (end < 0) {
        // A negative end is the number of bytes that were missing.
        scratch = Buffer.allocUnsafeSlow(2 * (scratch.length - end))
        end = type.encode(value, scratch, headerLength)
      }
    } catch {
      // Not kept as the cause: it can hold the value.
      throw invalidValue(type, value)
    }
    const bytes = Buffer.allocUnsafe(end)
    scratch.copy(bytes, 0, 0, end)
    bytes[0] = 0
    bytes.writeUInt32BE(schemaId, 1)
    if (scratch.length > keptScratch) scratch = Buffer.allocUnsafeSlow(1024)
    return bytes
  }
}

/**
 * Compiles a reader that sees every value as of its own schema, whatever version it was written with.
 *
 * @throws ContractError AVRO_SCHEMA_INVALID when Avro does not allow the schema.
 */
export function decoder<T>(readerSchema: AvroSchema): Decoder<T> {
  const reader = compiled(readerSchema, ownType)
  type Resolver = ReturnType<avro.Type['createResolver']>
  /** undefined: the writer's schema is the reader's own. */
  const resolvers = new Map<number, Resolver | undefined>()

  function resolverOf(id: number, writerSchema: AvroSchema): Resolver | undefined {
    // A writer's defaults say nothing about its bytes, and Java takes some that avsc does not.
    const writer = compiled(withoutDefaults(writerSchema), anyType)
    const [obstacle] = incompatibilities(readerSchema, writerSchema)
    if (obstacle !== undefined) throw unreadable(id, `${obstacle.path || 'the value'}: ${obstacle.message}`)
    let resolver: Resolver | undefined
    try {
      // Names are compared above, by the registry's rule: without their namespace.
      resolver = writer.equals(reader) ? undefined : reader.createResolver(writer, { ignoreNamespaces: true })
    } catch (cause) {
      throw unreadable(id, messageOf(cause), cause)
    }
    resolvers.set(id, resolver)
    return resolver
  }

  return {
    decode(bytes, writer) {
      const id = schemaIdOf(bytes)
      const known = resolvers.get(id)
      const resolver = known !== undefined || resolvers.has(id) ? known : resolverOf(id, writer(id))
      return valueOf<T>(reader, bytes, resolver)
    },
  }

  function unreadable(id: number, reason: string, cause?: unknown): ContractError {
    return new ContractError('AVRO_SCHEMA_INVALID', `schema ${id} cannot be read as ${reader.name ?? reader.typeName}: ${reason}`, { cause })
  }
}

/**
 * The value behind the header.
 *
 * @param resolver when the bytes are of another schema than the type's
 * @throws ContractError AVRO_UNDECODABLE
 */
export function valueOf<T>(type: avro.Type, bytes: Buffer, resolver?: ReturnType<avro.Type['createResolver']>): T {
  const undecodable = (reason: string, cause?: unknown) =>
    new ContractError('AVRO_UNDECODABLE', `the bytes are not a ${type.name ?? type.typeName} of schema ${schemaIdOf(bytes)}: ${reason}`, { cause })
  let decoded: { value: T; offset: number }
  try {
    decoded = type.decode(bytes, headerLength, resolver)
  } catch (cause) {
    throw undecodable(messageOf(cause), cause)
  }
  if (decoded.offset === bytes.length) return decoded.value
  throw undecodable(decoded.offset < 0 ? 'the bytes end too early' : `${bytes.length - decoded.offset} bytes follow the value`)
}

/**
 * Id of the schema that a record was written with.
 *
 * @throws ContractError AVRO_NOT_FRAMED when the bytes are not in Confluent's wire format.
 */
export function schemaIdOf(bytes: Buffer): number {
  if (bytes.length < headerLength || bytes[0] !== 0) {
    throw new ContractError('AVRO_NOT_FRAMED', 'the bytes are not Confluent-framed Avro: a byte 0 and a schema id of 4 bytes must come first')
  }
  return bytes.readUInt32BE(1)
}

const ownType = (schema: AvroSchema) => checkedType(schema, 'never')
const anyType = (schema: AvroSchema) => checkedType(schema, 'auto')

/** @throws ContractError AVRO_SCHEMA_INVALID */
export function compiled(schema: AvroSchema, compile: (schema: AvroSchema) => avro.Type): avro.Type {
  try {
    return compile(schema)
  } catch (cause) {
    throw new ContractError('AVRO_SCHEMA_INVALID', `Avro does not allow this schema: ${messageOf(cause)}`, { cause })
  }
}

/** The schema with no default on any field, so that a missing field is refused instead of filled in. */
export function withoutDefaults(schema: AvroSchema): AvroSchema {
  if (typeof schema === 'string') return schema
  if (isUnion(schema)) return schema.map(withoutDefaults)
  const copy: { -readonly [K in keyof AvroDefinition]: AvroDefinition[K] } = { ...schema, type: withoutDefaults(schema.type) }
  if (schema.items !== undefined) copy.items = withoutDefaults(schema.items)
  if (schema.values !== undefined) copy.values = withoutDefaults(schema.values)
  if (schema.fields !== undefined) {
    copy.fields = schema.fields.map(({ default: _default, ...field }) => ({ ...field, type: withoutDefaults(field.type) }))
  }
  return copy
}

const expectations: Record<string, string> = {
  int: 'a whole number of 32 bits',
  long: 'a whole number within ±(2^53 - 1)',
  float: 'a finite number of 32 bits',
  double: 'a finite number',
  string: 'a text of well-formed Unicode',
  bytes: 'a Buffer',
  record: 'an object',
  map: 'an object',
}

/** Looks for the first field that does not fit. */
function invalidValue(type: avro.Type, value: unknown): ContractError {
  let found: string | undefined
  try {
    type.isValid(value, {
      errorHook: (path, at, expected) => {
        found ??= `${path.join('.') || 'the value'} ${at === undefined ? 'is missing' : 'is wrong'}: it must be ${expectationOf(expected)}`
      },
    })
  } catch {
    // A getter of the value that throws, for one. Its message can hold the value.
    found ??= 'it cannot be read'
  }
  return new ContractError('AVRO_INVALID_VALUE', `not a ${type.name ?? type.typeName}: ${found ?? 'it has a field that does not fit'}`)
}

function expectationOf(type: avro.Type): string {
  const { symbols, types } = type as avro.Type & { symbols?: string[]; types?: avro.Type[] }
  if (types) return types.map(expectationOf).join(' or ')
  if (symbols) return `one of ${symbols.join(', ')}`
  return expectations[type.typeName] ?? (type.typeName === 'null' ? 'null' : `of type ${type.typeName}`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
