import { type KafkaRecord, nameOf, type Reader, type TopicPartition } from '../../kafka/ports.js'
import { begunBy, letterOf, markerOf, type Redrive } from './letter.js'

/** A letter among many: what filters and counts need of it. */
export interface LetterSummary {
  /** On the dead-letter topic. */
  readonly offset: number
  readonly key: string | null
  readonly code: string
  readonly group: string
  /** When it was given up. Milliseconds since the Unix epoch. */
  readonly failedAt: number
  readonly redriveCount: number
}

/** What a dead-letter topic holds. */
export class DeadLetters {
  readonly letters: LetterSummary[] = []
  /** By the offset of the letter. */
  readonly redrives = new Map<number, Redrive[]>()
  /** Ids of redrives that have begun. */
  readonly begun = new Set<string>()
  /** Records that are neither letters nor the marks of redrives. */
  strangers = 0

  constructor(
    private readonly reader: Reader,
    readonly at: TopicPartition,
  ) {}

  /** Up to here it was read. */
  next = 0n

  /** Reads on to the end of the committed records. @throws MessagingError */
  async read(): Promise<void> {
    const { first, end } = (await this.reader.bounds(this.at.topic))[this.at.partition] ?? { first: 0n, end: 0n }
    const from = this.next > first ? this.next : first
    for await (const batch of this.reader.read(this.at, from, end)) {
      for (const record of batch) this.#add(record)
    }
    this.next = end > this.next ? end : this.next
  }

  /** The records of letters that were read, in their order. @param offsets ascending */
  async *records(offsets: readonly number[]): AsyncGenerator<KafkaRecord> {
    const [first, last] = [offsets[0], offsets.at(-1)]
    if (first === undefined || last === undefined) return
    const wanted = new Set(offsets)
    for await (const batch of this.reader.read(this.at, BigInt(first), BigInt(last) + 1n)) {
      for (const record of batch) if (wanted.delete(Number(record.offset))) yield record
    }
    // Retention has taken them meanwhile.
    if (wanted.size > 0) throw new Error(`${wanted.size} letter(s) of ${nameOf(this.at)} are no longer there`)
  }

  isOpen({ offset }: { readonly offset: number }): boolean {
    return !this.redrives.has(offset)
  }

  #add(record: KafkaRecord): void {
    const letter = letterOf(record)
    if (letter) {
      const { code, consumer_group: group, failed_at: failedAt, redriveCount } = letter
      this.letters.push({ offset: Number(record.offset), key: record.key?.toString('utf8') ?? null, code, group, failedAt, redriveCount })
      return
    }
    const marker = markerOf(record)
    const begun = begunBy(record)
    if (marker) this.redrives.set(marker.letter, [...(this.redrives.get(marker.letter) ?? []), marker])
    else if (begun !== null) this.begun.add(begun)
    else this.strangers++
  }
}
