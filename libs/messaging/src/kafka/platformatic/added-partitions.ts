import type { Consumer as Client } from '@platformatic/kafka'

/** How often it is looked whether partitions were added, in milliseconds. */
const lookEveryMs = 10_000

/**
 * Tells when topics of a group have other partitions than when it was joined. The client looks only when somebody joins,
 * so that partitions added meanwhile would be nobody's. As in Java's clients, the member that shares them out looks.
 */
export class AddedPartitions {
  readonly #client: Client
  readonly #topics: readonly string[]
  readonly #onChange: () => void
  readonly #timer: NodeJS.Timeout
  /** null: not known. Then it is joined anew when it is. */
  #joinedWith: Promise<string | null> = Promise.resolve(null)
  #leads = false

  constructor(client: Client, topics: readonly string[], onChange: () => void) {
    this.#client = client
    this.#topics = topics
    this.#onChange = onChange
    this.#timer = setInterval(() => void this.#look(), lookEveryMs).unref()
  }

  joined(isLeader: boolean): void {
    this.#leads = isLeader
    if (isLeader) this.#joinedWith = this.#partitions(false)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    if (!this.#leads) return
    const before = await this.#joinedWith
    const now = await this.#partitions(true)
    if (this.#leads && now !== null && now !== before) this.#onChange()
  }

  /** null: not known, for a broker is away or a topic is gone. Whoever reads tells of that. */
  #partitions(forceUpdate: boolean): Promise<string | null> {
    return this.#client.metadata({ topics: [...this.#topics], forceUpdate }).then(
      ({ topics }) => this.#topics.map((topic) => topics.get(topic)?.partitionsCount).join(','),
      () => null,
    )
  }
}
