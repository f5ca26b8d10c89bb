import type { MessagingError } from '../errors.js'
import { FetchLoop } from './fetch-loop.js'
import type { FetchSource } from './fetch-source.js'
import { endedWithin } from './patience.js'
import type { Follower, FollowerSink, TopicPartition } from './ports.js'
import { Troubles } from './troubles.js'

/** A broker that does not answer must not hold up the end of the process. */
const closePatienceMs = 2_000

/** Follows partitions by a client's way to ask its cluster. */
export class LogFollower implements Follower {
  readonly #fetching: FetchLoop
  readonly #release: () => Promise<unknown>
  readonly #troubles: Troubles
  #sink: FollowerSink | null
  #closed: Promise<void> | undefined

  /** @param release closes what the source works with */
  constructor(source: FetchSource, sink: FollowerSink, release: () => Promise<unknown>) {
    this.#sink = sink
    this.#release = release
    this.#troubles = new Troubles((error) => this.#sink?.health(error))
    this.#fetching = new FetchLoop({
      source: fromTheFirst(source),
      records: (...read) => this.#sink?.records(...read),
      trouble: (part: string, error: MessagingError | null) => (error ? this.#troubles.set(part, error) : this.#troubles.clear(part)),
    })
  }

  follow(partition: TopicPartition, from?: bigint): void {
    if (this.#fetching.has(partition)) return
    this.#fetching.add(partition)
    this.#fetching.seek(partition, from ?? null)
  }

  unfollow(partition: TopicPartition): void {
    this.#fetching.remove(partition)
  }

  close(): Promise<void> {
    this.#sink = null
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<void> {
    await endedWithin(this.#fetching.close(), closePatienceMs)
    await endedWithin(this.#release(), closePatienceMs)
  }
}

/** No group has left off anywhere. */
function fromTheFirst(source: FetchSource): FetchSource {
  return {
    committed: () => Promise.resolve(new Map()),
    firstOffsets: (topic) => source.firstOffsets(topic),
    leaders: (partitions) => source.leaders(partitions),
    fetch: (node, partitions) => source.fetch(node, partitions),
    failed: (error, doing) => source.failed(error, doing),
  }
}
