import { type AvroSchema, ContractError, decoder, schemaIdOf, type SchemaRegistry, type Topic } from '@swipestream/contracts'
import type { KafkaRecord } from '@swipestream/messaging'

/** A record with what it says, or why it says nothing. */
export type Decoded<T> = { readonly record: KafkaRecord; readonly value: T } | { readonly record: KafkaRecord; readonly reason: string }

/**
 * Decodes records of a topic, written with any version of its schema.
 *
 * @returns throws ContractError REGISTRY_UNAVAILABLE, REGISTRY_REFUSED; what is wrong with a record is its own
 */
export function recordDecoder<T>({ schema }: Pick<Topic<T>, 'schema'>, registry: Pick<SchemaRegistry, 'schemaById'>): (records: readonly KafkaRecord[]) => Promise<Decoded<T>[]> {
  const { decode } = decoder<T>(schema)
  const writers = new Map<number, AvroSchema>()
  return async (records) => {
    const all: Decoded<T>[] = []
    for (const record of records) {
      const { value } = record
      if (value === null) {
        all.push({ record, reason: 'it has no value' })
        continue
      }
      try {
        const id = schemaIdOf(value)
        // nothing is waited for once a schema is known: most of a log is of one
        const writer = writers.get(id) ?? await registry.schemaById(id)
        writers.set(id, writer)
        all.push({ record, value: decode(value, () => writer) })
      } catch (error) {
        if (!(error instanceof ContractError) || error.kind !== 'poison') throw error
        all.push({ record, reason: `${error.code}: ${error.message}` })
      }
    }
    return all
  }
}
