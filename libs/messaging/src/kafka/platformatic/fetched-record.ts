import type { KafkaRecord, RecordTexts, TopicPartition } from '../ports.js'

/** What the records of a batch are counted from. */
export interface BatchOrigin extends TopicPartition {
  readonly firstOffset: bigint
  /** Milliseconds since the Unix epoch. */
  readonly firstTimestamp: number
  /** When the broker took the whole batch, where the topic wants that instead of the records' own times. */
  readonly arrived: number | null
}

/**
 * The records of a batch at or after an offset. Record v2, of Kafka's protocol documentation, "Record".
 *
 * @param unpacked the batch's records, no longer compressed
 */
export function recordsIn(unpacked: Buffer, count: number, { topic, partition, firstOffset, firstTimestamp, arrived }: BatchOrigin, from: bigint): FetchedRecord[] {
  const records: FetchedRecord[] = []
  // A broker answers whole batches.
  const skipped = Number(from - firstOffset)
  bytes = unpacked as typeof bytes
  at = 0
  for (let i = 0; i < count; i++) {
    const length = nextInt()
    const end = at + length
    at++ // attributes: none are defined
    const timestamp = firstTimestamp + nextLong()
    const delta = nextInt()
    if (delta >= skipped) records.push(new FetchedRecord(topic, partition, firstOffset + BigInt(delta), arrived ?? timestamp, unpacked, at, end))
    at = end
  }
  return records
}

/**
 * A record where it lies in an answer. Its parts become objects when they are asked for: most records wait to be
 * handled for longer than the collector takes to come by, and what it finds then it copies.
 */
class FetchedRecord implements KafkaRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly timestamp: number
  readonly #bytes: Buffer
  readonly #start: number
  readonly #end: number

  constructor(topic: string, partition: number, offset: bigint, timestamp: number, unpacked: Buffer, start: number, end: number) {
    this.topic = topic
    this.partition = partition
    this.offset = offset
    this.timestamp = timestamp
    this.#bytes = unpacked as typeof bytes
    this.#start = start
    this.#end = end
  }

  get size(): number {
    return this.#end - this.#start
  }

  get key(): Buffer | null {
    this.#begin()
    return nextBytes()
  }

  get value(): Buffer | null {
    this.#begin()
    skipBytes()
    return nextBytes()
  }

  get headers(): Readonly<Record<string, Buffer>> {
    this.#begin()
    skipBytes()
    skipBytes()
    return nextHeaders(nextHeader)
  }

  texts(): RecordTexts {
    this.#begin()
    const key = nextText()
    skipBytes()
    return { key, headers: nextHeaders(nextHeaderText) }
  }

  #begin(): void {
    bytes = this.#bytes as typeof bytes
    at = this.#start
  }
}

/** What is read, and how far it is read. */
let bytes = Buffer.alloc(0) as Buffer & { utf8Slice(start: number, end: number): string }
let at = 0

function nextHeaders<T>(next: () => T): Record<string, T> {
  const headers: Record<string, T> = {}
  const count = nextInt()
  for (let i = 0; i < count; i++) {
    const name = nextName(i)
    const of = next()
    // Anybody may write a record: a header of this name must not become what the object inherits from.
    if (name === '__proto__') Object.defineProperty(headers, name, { value: of, enumerable: true, configurable: true, writable: true })
    else headers[name] = of
  }
  return headers
}

/** A variable-length number of 32 bits, zigzag encoded. */
function nextInt(): number {
  let byte = bytes[at++] as number
  let value = byte & 127
  for (let shift = 7; byte > 127; shift += 7) {
    byte = bytes[at++] as number
    value |= (byte & 127) << shift
  }
  return (value >>> 1) ^ -(value & 1)
}

/** One of 64 bits, of a time, which is far within what a number holds. */
function nextLong(): number {
  let value = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++] as number
    value += (byte & 127) * scale
    if (byte < 128) break
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

function nextBytes(): Buffer | null {
  const length = nextInt()
  if (length < 0) return null
  const from = at
  at += length
  return bytes.subarray(from, at)
}

function nextHeader(): Buffer {
  return nextBytes() ?? Buffer.alloc(0)
}

function nextHeaderText(): string {
  return nextText() ?? ''
}

function nextText(): string | null {
  const length = nextInt()
  if (length < 0) return null
  const from = at
  at += length
  return bytes.utf8Slice(from, at)
}

function skipBytes(): void {
  const length = nextInt()
  if (length > 0) at += length
}

/** Names of the headers that came last, by their place: those of the next record are the same, most of the time. */
const names: { readonly bytes: Buffer; readonly text: string }[] = []
const mostNames = 32

function nextName(place: number): string {
  const length = nextInt()
  const known = names[place]
  if (known && isNext(known.bytes, length)) {
    at += length
    return known.text
  }
  // Copied: the answer it came in need not be kept for it.
  const name = Buffer.from(bytes.subarray(at, at + length))
  const text = name.toString()
  if (place < mostNames) names[place] = { bytes: name, text }
  at += length
  return text
}

function isNext(name: Buffer, length: number): boolean {
  if (name.length !== length) return false
  // A call into the engine costs more than a few bytes.
  for (let i = 0; i < length; i++) if (name[i] !== bytes[at + i]) return false
  return true
}
