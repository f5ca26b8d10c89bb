import { type AvroSchema, ContractError, type DecodedRow, RowDecoder, type SchemaRegistry } from '@swipestream/contracts'

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
    return this.decodeKnown(bytes) ?? this.#ask(bytes)
  }

  /** The same without waiting; undefined where the registry must be asked first. */
  decodeKnown(bytes: Buffer): DecodedRow | undefined {
    let missing = false
    try {
      return this.#rows.decode(bytes, (id) => {
        const schema = this.#schemas.get(id)
        if (schema !== undefined) return schema
        missing = true
        throw new ContractError('SCHEMA_UNKNOWN', `schema ${id} has not been asked for yet`)
      })
    } catch (error) {
      if (missing) return undefined
      throw error
    }
  }

  async #ask(bytes: Buffer): Promise<DecodedRow> {
    // The decoder knows where the id stands.
    let wanted = 0
    try {
      return this.#rows.decode(bytes, (id) => {
        wanted = id
        const schema = this.#schemas.get(id)
        if (schema === undefined) throw new ContractError('SCHEMA_UNKNOWN', `schema ${id} has not been asked for yet`)
        return schema
      })
    } catch (error) {
      if (wanted === 0 || this.#schemas.has(wanted)) throw error
    }
    this.#schemas.set(wanted, await this.#registry.schemaById(wanted))
    return this.decode(bytes)
  }
}
