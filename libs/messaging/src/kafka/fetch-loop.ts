import { MessagingError } from '../errors.js'
import type { Answer, FetchSource, Read } from './fetch-source.js'
import { type ConsumerSink, nameOf, type PartitionOffset, type TopicPartition } from './ports.js'
import { retryDelay } from './retry-delay.js'

interface Position extends TopicPartition {
  /** Whether it was said where to begin: until then nothing is read. */
  readonly sought: boolean
  /** null: begin where the group left off. */
  next: bigint | null
  /** Begin at the first record there, not where the group left off. */
  fromStart: boolean
  paused: boolean
  /** Something was read of it, be it that there is nothing. */
  told: boolean
  /** Of the topic that `next` is an offset of. */
  topicId: string | null
}

/** A partition in a request, as it was then. */
interface Asked extends PartitionOffset {
  readonly position: Position
}

export interface FetchParts {
  readonly source: FetchSource
  /** Called before anything is done with an answer: partitions may have gone while the broker held it. */
  readonly followAssignment?: () => void
  readonly records: ConsumerSink['records']
  /** What does not work, by the part of the work; null: it does (again). */
  readonly trouble: (part: string, error: MessagingError | null) => void
}

/** Reads the partitions of a member, each from where the group left off: one request to each of their leaders at a time. */
export class FetchLoop {
  readonly #parts: FetchParts
  readonly #positions = new Map<string, Position>()
  readonly #fetching = new Set<number>()
  /** Parts of the work that failed, and how often in a row. */
  readonly #failures = new Map<string, number>()
  /** Those of them that wait before they are tried again. */
  readonly #resting = new Set<string>()
  readonly #closing = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #queued = false

  constructor(parts: FetchParts) {
    this.#parts = parts
  }

  has(partition: TopicPartition): boolean {
    return this.#positions.has(nameOf(partition))
  }

  get partitions(): TopicPartition[] {
    return [...this.#positions.values()].map(({ topic, partition }) => ({ topic, partition }))
  }

  add({ topic, partition }: TopicPartition): void {
    this.#positions.set(nameOf({ topic, partition }), { topic, partition, sought: false, next: null, fromStart: false, paused: false, told: false, topicId: null })
  }

  remove(partition: TopicPartition): void {
    this.#positions.delete(nameOf(partition))
    this.#well(nameOf(partition))
  }

  seek(partition: TopicPartition, offset: bigint | null): void {
    const before = this.#positions.get(nameOf(partition))
    if (!before) return
    this.#place(before, { next: offset, fromStart: false })
    this.run()
  }

  pause(partition: TopicPartition): void {
    const position = this.#positions.get(nameOf(partition))
    if (position) position.paused = true
  }

  resume(partition: TopicPartition): void {
    const position = this.#positions.get(nameOf(partition))
    if (!position?.paused) return
    position.paused = false
    this.run()
  }

  /** Takes up what changed and asks every leader that is not asked already. Runs once at a time. */
  run(): void {
    if (this.#queued || this.#closing.signal.aborted) return
    this.#queued = true
    this.#running = this.#running.then(async () => {
      this.#queued = false
      await this.#attempt('finding where the group left off', () => this.#locate())
      await this.#attempt('finding the leaders', () => this.#fetchFromIdleNodes())
    })
  }

  /** No records are handed on after this call. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  /** A new one: an answer that is under way belongs to the old. */
  #place(before: Position, where: Pick<Position, 'next' | 'fromStart'>): void {
    this.#positions.set(nameOf(before), { ...before, ...where, sought: true, told: false, topicId: null })
  }

  /** Whether it is still the one that was asked for. */
  #isNow(position: Position): boolean {
    return this.#positions.get(nameOf(position)) === position
  }

  async #attempt(part: string, work: () => Promise<void>): Promise<void> {
    if (this.#resting.has(part) || this.#closing.signal.aborted) return
    try {
      await work()
      this.#well(part)
    } catch (error) {
      this.#failed(part, error)
    }
  }

  /** Says so, and tries that part of the work again after a while. */
  #failed(part: string, error: unknown): void {
    if (this.#closing.signal.aborted) return
    this.#parts.trouble(part, this.#parts.source.failed(error, `Consuming (${part})`))
    const failures = (this.#failures.get(part) ?? 0) + 1
    this.#failures.set(part, failures)
    this.#resting.add(part)
    void retryDelay(failures, this.#closing.signal).then(() => {
      this.#resting.delete(part)
      this.run()
    })
  }

  #well(part: string): void {
    if (this.#failures.delete(part)) this.#parts.trouble(part, null)
  }

  /** Finds where to begin. */
  async #locate(): Promise<void> {
    const unknown = [...this.#positions.values()].filter((position) => position.sought && position.next === null && !this.#resting.has(nameOf(position)))
    if (unknown.length === 0) return
    const { source } = this.#parts
    const committed = await source.committed(unknown)
    for (const [topic, positions] of Map.groupBy(unknown, (position) => position.topic)) {
      const leftOff = (position: Position) => (position.fromStart ? undefined : committed.get(nameOf(position)))
      try {
        const first = positions.some((position) => leftOff(position) === undefined) ? await source.firstOffsets(topic) : []
        for (const position of positions) {
          position.next = leftOff(position) ?? first[position.partition] ?? 0n
          position.fromStart = false
        }
      } catch (error) {
        // A topic that is gone must not hold up the others.
        for (const position of positions) if (this.#isNow(position)) this.#failed(nameOf(position), error)
      }
    }
  }

  async #fetchFromIdleNodes(): Promise<void> {
    const wanted = [...this.#positions.values()].filter((position) => position.next !== null && !position.paused && !this.#resting.has(nameOf(position)))
    const leaders = wanted.length > 0 ? await this.#parts.source.leaders(wanted) : new Map<string, never>()
    if (this.#closing.signal.aborted) return
    const byNode = new Map<number, Asked[]>()
    for (const position of wanted) {
      const leader = leaders.get(nameOf(position))
      if (!leader || position.next === null || !this.#isNow(position)) continue
      // The others have their leaders.
      if (leader instanceof Error) this.#failed(nameOf(position), leader)
      else if (position.topicId !== null && position.topicId !== leader.topicId) this.#beginAnew(position)
      else {
        position.topicId = leader.topicId
        const asked = byNode.get(leader.node) ?? []
        byNode.set(leader.node, asked)
        asked.push({ topic: position.topic, partition: position.partition, offset: position.next, position })
      }
    }
    this.#forgetBrokersBut(new Set([...byNode.keys()].map(brokerPart)))
    for (const [node, asked] of byNode) {
      if (!this.#fetching.has(node) && !this.#resting.has(brokerPart(node))) void this.#fetch(node, asked)
    }
  }

  /** One that led partitions of ours and does not any more is no trouble. */
  #forgetBrokersBut(leaders: ReadonlySet<string>): void {
    for (const part of this.#failures.keys()) if (part.startsWith(brokerPart('')) && !leaders.has(part)) this.#well(part)
  }

  async #fetch(node: number, asked: readonly Asked[]): Promise<void> {
    this.#fetching.add(node)
    try {
      this.#deliver(asked, await this.#parts.source.fetch(node, asked))
      this.#well(brokerPart(node))
    } catch (error) {
      this.#failed(brokerPart(node), error)
    } finally {
      this.#fetching.delete(node)
      this.run()
    }
  }

  #deliver(asked: readonly Asked[], answers: ReadonlyMap<string, Answer>): void {
    if (this.#closing.signal.aborted) return
    this.#parts.followAssignment?.()
    for (const { position, offset } of asked) {
      const answer = answers.get(nameOf(position))
      // Gone, gone and come again, or sought anew, while the broker held the answer; or another leader was asked, and faster.
      if (answer === undefined || !this.#isNow(position) || position.next !== offset) continue
      if (answer === 'gone') this.#beginAnew(position)
      else if (answer instanceof Error) this.#failed(nameOf(position), answer)
      else this.#take(position, offset, answer)
    }
  }

  #take(position: Position, from: bigint, { records, next, end }: Read): void {
    const name = nameOf(position)
    position.next = next
    this.#well(name)
    if (next === from && position.told) return
    position.told = true
    // To the end of the line: a broker fills its answer from the first partition it is asked for.
    this.#positions.delete(name)
    this.#positions.set(name, position)
    this.#parts.records(position, records, { next, end })
  }

  /** The records at the offset asked for are gone (retention, or the topic was made anew): reading goes on from what is there. */
  #beginAnew(position: Position): void {
    const name = nameOf(position)
    const lost = `${name} has no offset ${position.next} any more: records were lost to retention, or the topic was made anew`
    this.#place(position, { next: null, fromStart: true })
    this.#failed(name, new MessagingError('KAFKA_CLIENT', `${lost}. Reading goes on from its beginning`))
  }
}

function brokerPart(node: number | ''): string {
  return `reading from broker ${node}`
}
