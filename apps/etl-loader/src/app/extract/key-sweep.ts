import type { KafkaRecord, Reader } from '@swipestream/messaging'
import { MissingKeys } from './missing-keys.js'
import { recordsOf, type TopicRows } from './topic-keys.js'
import type { TableWork } from './table-work.js'

/** How long a sweep keeps other tables waiting, in milliseconds. */
const sliceMs = 300

/** Looks for deleted rows of a table whose changes are followed by their time: in slices, between which changes are read. */
export class KeySweep {
  readonly #work: TableWork
  readonly #missing: MissingKeys
  readonly #records: AsyncGenerator<readonly KafkaRecord[]>

  /** @param onRemoved told of each key that is removed */
  constructor(work: TableWork, reader: Reader, rows: TopicRows, onRemoved: (key: string) => void) {
    this.#work = work
    this.#missing = new MissingKeys(work, rows, onRemoved)
    this.#records = recordsOf(reader, work.topic.physicalName)
  }

  /** Goes on for a slice. Gives whether the sweep has ended. */
  async goOn(): Promise<boolean> {
    const until = performance.now() + sliceMs
    // What this run has written must be on the topic before it is read.
    await this.#work.settled()
    while (performance.now() < until) {
      const { done, value } = await this.#records.next()
      if (done === true) {
        await this.#missing.remove()
        await this.#work.moveTo(this.#work.position)
        return true
      }
      await this.#missing.take(value)
    }
    return false
  }
}
