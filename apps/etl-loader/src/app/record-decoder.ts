import { type AvroSchema, type DecodedRow, RowDecoder, schemaIdOf, type SchemaRegistry } from '@swipestream/contracts'

/** Reads values of any schema; the registry is asked once a schema. */
export class RecordDecoder {
  readonly #registry: Pick<SchemaRegistry, 'schemaById'>
  readonly #schemas = new Map<number, AvroSchema>()
  readonly #rows = new RowDecoder()

  constructor(registry: Pick<SchemaRegistry, 'schemaById'>) {
    this.#registry = registry
  }

  /** @throws ContractError AVRO_NOT_FRAMED, AVRO_UNDECODABLE, AVRO_SCHEMA_INVALID, SCHEMA_UNKNOWN, REGISTRY_UNAVAILABLE, REGISTRY_REFUSED */
  async decode(bytes: Buffer): Promise<DecodedRow> {
    const id = schemaIdOf(bytes)
    if (!this.#schemas.has(id)) this.#schemas.set(id, await this.#registry.schemaById(id))
    return this.#decode(bytes)
  }

  /** The same without waiting; undefined where the registry must be asked first. */
  decodeKnown(bytes: Buffer): DecodedRow | undefined {
    return this.#schemas.has(schemaIdOf(bytes)) ? this.#decode(bytes) : undefined
  }

  #decode(bytes: Buffer): DecodedRow {
    return this.#rows.decode(bytes, (id) => this.#schemas.get(id) as AvroSchema)
  }
}
