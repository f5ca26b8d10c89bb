import {
  type AvroSchema, type Decoder, decoder, type Encode, encoder, schemaIdOf, type SchemaRegistry, subjectOf, type Topic,
} from '@swipestream/contracts'
import { pause } from '@swipestream/platform'
import { failureKind } from './consumer/failure.js'
import { backoff } from './consumer/recovery.js'
import { MessagingError } from './errors.js'

const waiting = { firstDelayMs: 200, maxDelayMs: 3_000 }

interface Written {
  readonly encode: Encode<unknown>
  id: number | null
}

/**
 * The bytes of every topic of a service: compiled once, with ids from the registry. Ids to write with are fetched once,
 * at start; the registry may then go away. Schemas to read with are fetched when an id is first met.
 */
export class Schemas {
  readonly #registry: SchemaRegistry
  readonly #namespace: string
  readonly #written = new Map<string, Written>()
  readonly #produces: readonly Topic<unknown>[]
  readonly #decoders = new Map<string, Decoder<unknown>>()
  readonly #writers = new Map<number, AvroSchema>()

  constructor(registry: SchemaRegistry, namespace: string, produces: readonly Topic<unknown>[]) {
    this.#registry = registry
    this.#namespace = namespace
    this.#produces = produces
    for (const topic of produces) this.#written.set(topic.name, { encode: encoder(topic.schema), id: null })
  }

  /**
   * Waits for the registry and takes the ids to write with.
   *
   * @param onWait told, with the reason, each time it does not answer or a schema is not yet registered.
   * @throws ContractError REGISTRY_REFUSED
   */
  async load(onWait: (reason: Error) => void, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await Promise.all(this.#produces.map(async (topic) => {
          const written = this.#written.get(topic.name)
          if (written) written.id ??= await this.#registry.idOf(subjectOf(topic, this.#namespace), topic.schema)
        }))
        return
      } catch (error) {
        if (failureKind(error) !== 'transient' || !(error instanceof Error)) throw error
        onWait(error)
        await pause(backoff(attempt, waiting, Math.random()), signal)
      }
    }
  }

  /**
   * A value in Confluent's wire format.
   *
   * @throws ContractError AVRO_INVALID_VALUE; MessagingError TOPIC_NOT_DECLARED, SCHEMAS_PENDING
   */
  encode(topic: Topic<unknown>, value: unknown): Buffer {
    const written = this.#written.get(topic.name)
    if (!written) throw new MessagingError('TOPIC_NOT_DECLARED', `List ${topic.name} under \`produces\` of MessagingModule.forRoot`)
    if (written.id === null) throw new MessagingError('SCHEMAS_PENDING', `The schema registry has not yet told the id of ${topic.name}'s schema`)
    return written.encode(written.id, value)
  }

  /**
   * Makes sure that the schemas these bytes were written with are known.
   *
   * @throws ContractError AVRO_NOT_FRAMED, SCHEMA_UNKNOWN, REGISTRY_UNAVAILABLE, REGISTRY_REFUSED
   */
  prepare(bytes: Buffer): Promise<void> | undefined {
    const id = schemaIdOf(bytes)
    if (this.#writers.has(id)) return undefined
    return this.#registry.schemaById(id).then((schema) => {
      this.#writers.set(id, schema)
    })
  }

  /** Reads bytes whose schema is prepared, as the topic's newest schema. @throws ContractError; MessagingError SCHEMAS_PENDING when it is not */
  decode<T>(topic: Topic<T>, bytes: Buffer): T {
    let reader = this.#decoders.get(topic.name)
    if (!reader) this.#decoders.set(topic.name, (reader = decoder<unknown>(topic.schema)))
    return reader.decode(bytes, (id) => {
      const writer = this.#writers.get(id)
      if (!writer) throw new MessagingError('SCHEMAS_PENDING', `Schema ${id} was not prepared before a record of it was decoded`)
      return writer
    }) as T
  }
}
