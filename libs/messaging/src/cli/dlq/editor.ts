import type { Topic } from '@swipestream/contracts'
import { toError } from '@swipestream/platform'
import { failureCode, failureKind } from '../../consumer/failure.js'
import { MessagingError } from '../../errors.js'
import type { KafkaRecord } from '../../kafka/ports.js'
import type { Schemas } from '../../schemas.js'
import { type Change, changed } from './patch.js'

/** Edits the values of a topic's records. */
export class Editor {
  /** What it changes, such as `place.latitude`. */
  readonly fields: readonly string[]

  constructor(
    private readonly topic: Topic<unknown>,
    private readonly changes: readonly Change[],
    private readonly schemas: Schemas,
  ) {
    this.fields = [...new Set(changes.map(({ path }) => path.join('.')))]
  }

  /**
   * The record's value, edited, as bytes of the topic's newest schema.
   *
   * @throws ContractError AVRO_INVALID_VALUE, naming the field; MessagingError EDIT_REFUSED; and what is wrong with the registry
   */
  async edited({ key, value }: KafkaRecord): Promise<Buffer> {
    if (value === null) throw new MessagingError('EDIT_REFUSED', 'a record without a value, a tombstone, cannot be edited')
    const before = await this.#decode(value)
    const after = this.changes.reduce(changed, before)
    const keyAfter = this.#keyIn(after)
    if (keyAfter !== this.#keyIn(before) && keyAfter !== key?.toString('utf8')) {
      throw new MessagingError('EDIT_REFUSED', `${this.topic.key} is the record's key: it can be made equal to that, and nothing else, for it says where the record goes`)
    }
    return this.schemas.encode(this.topic, after)
  }

  #keyIn(value: unknown): unknown {
    return (value as Readonly<Record<string, unknown>>)[this.topic.key]
  }

  async #decode(value: Buffer): Promise<unknown> {
    try {
      await this.schemas.prepare(value)
      return this.schemas.decode(this.topic, value)
    } catch (error) {
      if (failureKind(error) !== 'poison') throw error
      throw new MessagingError('EDIT_REFUSED', `it cannot be decoded, and so not be edited (${failureCode(error)}: ${toError(error).message})`, { cause: error })
    }
  }
}
