import type { AvroSchema } from './avro-schema.js'
import { rowType } from './checked-types.js'
import { compiled, type Encode, encoderOf, schemaIdOf, valueOf, withoutDefaults } from './codec.js'

/**
 * A value of a schema that is known at run time only, such as one derived from a table. A long is a number where that is
 * exact and a bigint beyond; bytes and fixed are Buffers; records and maps are objects; a null branch is null.
 */
export type RowValue = null | boolean | number | bigint | string | Buffer | readonly RowValue[] | { readonly [name: string]: RowValue }

/** A record of such a schema. */
export type Row = Readonly<Record<string, RowValue>>

/** What was read, and the schema it was written with. */
export interface DecodedRow {
  readonly schemaId: number
  readonly schema: AvroSchema
  readonly value: RowValue
}

/**
 * Compiles a writer of rows in Confluent's wire format; each value is checked as by `encoder`.
 *
 * @throws ContractError AVRO_SCHEMA_INVALID here, AVRO_INVALID_VALUE (naming the field's path, never its value) when called.
 */
export function rowEncoder(schema: AvroSchema): Encode<RowValue> {
  return encoderOf<RowValue>(compiled(withoutDefaults(schema), rowType))
}

/** Reads values as their writer wrote them, whatever their schema; one compiled reader is kept for each schema. */
export class RowDecoder {
  readonly #readers = new Map<number, { readonly schema: AvroSchema; readonly type: ReturnType<typeof rowType> }>()

  /**
   * @param writer gives the schema of an id; called once an id.
   * @throws ContractError AVRO_NOT_FRAMED, AVRO_UNDECODABLE, AVRO_SCHEMA_INVALID; what `writer` throws passes through.
   */
  decode(bytes: Buffer, writer: (id: number) => AvroSchema): DecodedRow {
    const schemaId = schemaIdOf(bytes)
    let reader = this.#readers.get(schemaId)
    if (reader === undefined) {
      const schema = writer(schemaId)
      this.#readers.set(schemaId, (reader = { schema, type: compiled(withoutDefaults(schema), rowType) }))
    }
    return { schemaId, schema: reader.schema, value: valueOf<RowValue>(reader.type, bytes) }
  }
}
