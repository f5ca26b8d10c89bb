import { compressionsAlgorithmsByBitmask, IS_COMPRESSED, IS_CONTROL, IS_TRANSACTIONAL, UnsupportedCompressionError } from '@platformatic/kafka'
import type { KafkaRecord, TopicPartition } from '../ports.js'

/** Where the records begin; what comes before a batch's length, and the length itself, does not count into it. */
const [head, uncounted] = [61, 12]
/** Bit of a batch's attributes: the broker stamped it on arrival. */
const logAppendTime = 0b1000
/** First field but one of a control record's key: 0 ends a transaction by abort, 1 by commit. */
const abortMarker = 0

/** A record batch v2 (Kafka's protocol documentation, "Record Batch"), its records still bytes. */
export interface FetchedBatch {
  readonly firstOffset: bigint
  readonly lastOffset: bigint
  readonly producerId: bigint
  readonly transactional: boolean
  /** Ends a transaction: it has no records for anybody. */
  readonly control: 'commit' | 'abort' | null
  /** Appends its records at or after an offset: a broker answers whole batches. */
  records(to: KafkaRecord[], partition: TopicPartition, from: bigint): void
}

/** The whole batches there are: a broker cuts the last one off where an answer is full. */
export function* fetchedBatches(bytes: Buffer): Generator<FetchedBatch> {
  for (let begin = 0; begin + head <= bytes.length; ) {
    const end = begin + uncounted + bytes.readInt32BE(begin + 8)
    if (end > bytes.length) return
    yield batchAt(bytes, begin, end)
    begin = end
  }
}

function batchAt(bytes: Buffer, begin: number, end: number): FetchedBatch {
  const attributes = bytes.readInt16BE(begin + 21)
  const firstOffset = bytes.readBigInt64BE(begin)
  const plain = () => plainRecords(bytes.subarray(begin + head, end), attributes)
  return {
    firstOffset,
    lastOffset: firstOffset + BigInt(bytes.readInt32BE(begin + 23)),
    producerId: bytes.readBigInt64BE(begin + 43),
    transactional: (attributes & IS_TRANSACTIONAL) !== 0,
    control: attributes & IS_CONTROL ? endOfTransaction(plain()) : null,
    records: (to, partition, from) => {
      const stamped = attributes & logAppendTime ? Number(bytes.readBigInt64BE(begin + 35)) : null
      appendRecords(to, plain(), bytes.readInt32BE(begin + 57), { ...partition, firstOffset, firstTimestamp: Number(bytes.readBigInt64BE(begin + 27)), stamped, from })
    },
  }
}

function plainRecords(bytes: Buffer, attributes: number): Buffer {
  const codec = attributes & IS_COMPRESSED
  if (codec === 0) return bytes
  const algorithm = compressionsAlgorithmsByBitmask[codec]
  if (!algorithm) throw new UnsupportedCompressionError(`Records are compressed by an unknown codec (${codec})`)
  return algorithm.decompressSync(bytes)
}

/** What is read, and where. One at a time: nothing is waited for between the first byte of a batch and its last. */
let page: Buffer
let at = 0

interface InBatch extends TopicPartition {
  readonly firstOffset: bigint
  readonly firstTimestamp: number
  /** The broker's time of the whole batch. */
  readonly stamped: number | null
  readonly from: bigint
}

function appendRecords(to: KafkaRecord[], bytes: Buffer, count: number, { topic, partition, firstOffset, firstTimestamp, stamped, from }: InBatch): void {
  page = bytes
  at = 0
  const skipped = Number(from - firstOffset)
  for (let i = 0; i < count; i++) {
    const end = takeInt() + at
    at++ // attributes: none are defined
    const timestamp = firstTimestamp + takeLong()
    const delta = takeInt()
    if (delta >= skipped) {
      to.push({ topic, partition, offset: firstOffset + BigInt(delta), timestamp: stamped ?? timestamp, key: takeBytes(), value: takeBytes(), headers: takeHeaders() })
    }
    at = end
  }
}

function endOfTransaction(bytes: Buffer): 'commit' | 'abort' {
  page = bytes
  at = 0
  takeInt()
  at++
  takeLong()
  takeInt()
  return takeBytes()?.readInt16BE(2) === abortMarker ? 'abort' : 'commit'
}

const noBytes = Buffer.alloc(0)

function takeHeaders(): Record<string, Buffer> {
  const headers: Record<string, Buffer> = {}
  const count = takeInt()
  for (let i = 0; i < count; i++) {
    const name = takeName(i)
    headers[name] = takeBytes() ?? noBytes
  }
  return headers
}

/** Names of the headers before, by their place: those of the next record are mostly the same. */
const names: { text: string; bytes: Buffer }[] = []
const mostNames = 32

function takeName(place: number): string {
  const length = takeInt()
  const known = names[place]
  if (known && isNext(known.bytes, length)) {
    at += length
    return known.text
  }
  const bytes = Buffer.from(page.subarray(at, at + length))
  const text = bytes.toString()
  at += length
  if (place < mostNames) names[place] = { text, bytes }
  return text
}

function isNext(bytes: Buffer, length: number): boolean {
  if (bytes.length !== length) return false
  for (let i = 0; i < length; i++) if (bytes[i] !== page[at + i]) return false
  return true
}

function takeBytes(): Buffer | null {
  const length = takeInt()
  if (length < 0) return null
  const begin = at
  at += length
  return page.subarray(begin, at)
}

/** A variable-length number of 32 bits, zigzag encoded. */
function takeInt(): number {
  let byte = page[at++] as number
  let value = byte & 127
  for (let shift = 7; byte > 127; shift += 7) {
    byte = page[at++] as number
    value |= (byte & 127) << shift
  }
  return (value >>> 1) ^ -(value & 1)
}

/** One of 64 bits; of a time, which is far within what a number holds. */
function takeLong(): number {
  let value = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = page[at++] as number
    value += (byte & 127) * factor
    if (byte < 128) break
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
