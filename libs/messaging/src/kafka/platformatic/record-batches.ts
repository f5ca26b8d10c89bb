import { compressionsAlgorithms } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'

/** A record batch as it stands in a log: its numbers, and its records as bytes. */
export interface RecordBatch {
  readonly firstOffset: bigint
  readonly lastOffset: bigint
  readonly attributes: number
  /** Milliseconds since the Unix epoch. */
  readonly firstTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: bigint
  readonly count: number
  readonly bytes: Buffer
}

/** A record of a batch. */
export interface BatchRecord {
  readonly offsetDelta: number
  readonly timestampDelta: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Record<string, Buffer>
}

/** First bits of a batch's attributes: how it is compressed. */
const compression = 0b111
const [lengthEnd, head] = [12, 61]
const decompress = new Map<number, (packed: Buffer) => Buffer>(Object.values(compressionsAlgorithms).map(({ bitmask, decompressSync }) => [bitmask, decompressSync]))

/**
 * The batches in what a broker has answered, each whole; a part of one at the end is left out. Record batch v2, of
 * Kafka's protocol documentation, "Record Batch".
 *
 * @throws MessagingError KAFKA_UNSUPPORTED: older formats, which no broker has written since Kafka 0.11
 */
export function* batchesIn(fetched: Buffer): Generator<RecordBatch> {
  for (let at = 0; at + head <= fetched.length; ) {
    const end = at + lengthEnd + fetched.readInt32BE(at + 8)
    if (end > fetched.length) return
    const magic = fetched[at + 16]
    if (magic !== 2) throw new MessagingError('KAFKA_UNSUPPORTED', `The log has records of format ${magic}: only format 2 is read`)
    const firstOffset = fetched.readBigInt64BE(at)
    yield {
      firstOffset,
      lastOffset: firstOffset + BigInt(fetched.readInt32BE(at + 23)),
      attributes: fetched.readInt16BE(at + 21),
      firstTimestamp: Number(fetched.readBigInt64BE(at + 27)),
      maxTimestamp: Number(fetched.readBigInt64BE(at + 35)),
      producerId: fetched.readBigInt64BE(at + 43),
      count: fetched.readInt32BE(at + 57),
      bytes: fetched.subarray(at + head, end),
    }
    at = end
  }
}

/** The records of a batch. @throws MessagingError KAFKA_UNSUPPORTED for a compression that is not known */
export function recordsOf({ attributes, count, bytes: packed }: RecordBatch): BatchRecord[] {
  const unpack = decompress.get(attributes & compression)
  if (!unpack) throw new MessagingError('KAFKA_UNSUPPORTED', `The log has records compressed in way ${attributes & compression}, which is not known`)
  bytes = (attributes & compression) === 0 ? packed : unpack(packed)
  at = 0
  const records: BatchRecord[] = []
  for (let i = 0; i < count; i++) records.push(nextRecord())
  return records
}

/** What is read, and how far it is read. */
let bytes: Buffer = Buffer.alloc(0)
let at = 0

function nextRecord(): BatchRecord {
  const length = nextInt()
  const end = at + length
  at++ // attributes: none are defined
  const timestampDelta = nextLong()
  const offsetDelta = nextInt()
  const key = nextBytes()
  const value = nextBytes()
  const headers: Record<string, Buffer> = {}
  const count = nextInt()
  for (let i = 0; i < count; i++) {
    const name = nextName(i)
    const of = nextBytes() ?? Buffer.alloc(0)
    // Anybody may write a record: a header of this name must not become what the object inherits from.
    if (name === '__proto__') Object.defineProperty(headers, name, { value: of, enumerable: true, configurable: true, writable: true })
    else headers[name] = of
  }
  at = end
  return { offsetDelta, timestampDelta, key, value, headers }
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
