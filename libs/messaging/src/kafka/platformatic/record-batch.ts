import { compressionsAlgorithms, crc32c, IS_TRANSACTIONAL, Writer } from '@platformatic/kafka'
import type { Compression, RecordToSend } from '../ports.js'

/** Where the records begin; the checksum covers what comes after it. */
const [head, checksumAt, afterChecksum] = [61, 17, 21]
/** Bytes of the numbers of a record, and of one of its headers, at the most. */
const [recordNumbers, headerNumbers] = [40, 10]
/** A record's length comes before it, and is known after it: so much room is left, right for 64 to 8,191 bytes. */
const lengthRoom = 2

export interface BatchOf {
  readonly producerId: bigint
  readonly epoch: number
  /** Number of the first record in what the producer writes to the partition: repeated with it, so that it is written once. */
  readonly sequence: number
  readonly transactional: boolean
  readonly compression: Compression
  /** Milliseconds since the Unix epoch, of all records. */
  readonly timestamp: number
}

/**
 * Batches are put together here: what they need is not known before. Small ones, and those that are compressed, are
 * copied. A large one takes the page with it, until it is recycled: each megabyte that is made anew outside of the heap
 * brings the engine closer to collecting all garbage, which was a fifth of what sending cost.
 */
const pageBytes = 1 << 20
const copiedBytes = 64 << 10
let page: Buffer = Buffer.allocUnsafeSlow(pageBytes)
let at = 0
/** Pages that are free, and those that went with a batch. */
const free: Buffer[] = []
const mostFree = 4
const taken = new WeakSet<ArrayBufferLike>()

/**
 * Records as Kafka stores them: a record batch v2 (Kafka's protocol documentation, "Record Batch"). The client's own
 * writer makes several objects and buffers for every record, which was most of what sending cost.
 */
export async function recordBatch(records: readonly RecordToSend[], batch: BatchOf): Promise<Buffer> {
  at = head
  for (let i = 0; i < records.length; i++) putRecord(records[i] as RecordToSend, i)
  const algorithm = compressionsAlgorithms[batch.compression]
  const bytes = batch.compression === 'none' && at > copiedBytes ? takePage() : await copied(algorithm)
  bytes.writeBigInt64BE(0n, 0) // the broker sets the offset
  bytes.writeInt32BE(bytes.length - 12, 8)
  bytes.writeInt32BE(-1, 12) // the leader's epoch, the broker's too
  bytes.writeInt8(2, 16)
  bytes.writeInt16BE(algorithm.bitmask | (batch.transactional ? IS_TRANSACTIONAL : 0), 21)
  bytes.writeInt32BE(records.length - 1, 23)
  bytes.writeBigInt64BE(BigInt(batch.timestamp), 27)
  bytes.writeBigInt64BE(BigInt(batch.timestamp), 35)
  bytes.writeBigInt64BE(batch.producerId, 43)
  bytes.writeInt16BE(batch.epoch, 51)
  bytes.writeInt32BE(batch.sequence, 53)
  bytes.writeInt32BE(records.length, 57)
  seal(bytes)
  return bytes
}

/** Of a batch that was answered, whose bytes nobody has any more: its memory may be used by the next. */
export function recycle({ buffer }: Buffer): void {
  if (taken.delete(buffer) && free.length < mostFree) free.push(Buffer.from(buffer))
}

function takePage(): Buffer {
  const bytes = page.subarray(0, at)
  taken.add(page.buffer)
  page = free.pop() ?? Buffer.allocUnsafeSlow(pageBytes)
  return bytes
}

async function copied(algorithm: (typeof compressionsAlgorithms)[Compression]): Promise<Buffer> {
  const plain = page.subarray(head, at)
  // Another batch may be put together while one is compressed elsewhere; where nothing is waited for, none is.
  const compressed = 'compress' in algorithm ? await algorithm.compress(Buffer.from(plain)) : algorithm.compressSync(plain)
  const bytes = Buffer.allocUnsafe(head + compressed.length)
  compressed.copy(bytes, head)
  return bytes
}

/** Writes a batch's checksum. */
export function seal(batch: Buffer): void {
  batch.writeUInt32BE(checksumOf(batch), checksumAt)
}

/** Whether a batch is what was written: its checksum is right. */
export function isIntact(batch: Buffer): boolean {
  return batch.readUInt32BE(checksumAt) === checksumOf(batch)
}

function checksumOf(batch: Buffer): number {
  // Bytes alone would be copied first.
  return crc32c(Writer.create().append(batch.subarray(afterChecksum)).dynamicBuffer)
}

/** The sequence number after so many records: it begins anew after 2^31 - 1. */
export function sequenceAfter(sequence: number, records: number): number {
  return (sequence + records) % 2 ** 31
}

function putRecord({ key, value, headers }: RecordToSend, index: number): void {
  let count = 0
  let most = recordNumbers + (key?.length ?? 0) + (value?.length ?? 0)
  for (const name in headers) {
    count++
    const of = headers[name] ?? ''
    // A character has three bytes at the most.
    most += headerNumbers + 3 * name.length + (typeof of === 'string' ? 3 * of.length : of.length)
  }
  makeRoom(most)
  const begin = at
  at += lengthRoom
  page[at++] = 0 // attributes: none are defined
  page[at++] = 0 // time since the batch's
  putInt(index)
  putBytes(key)
  putBytes(value)
  putInt(count)
  for (const name in headers) {
    putBytes(nameBytes(name))
    const of = headers[name] ?? ''
    if (typeof of === 'string') putText(of)
    else putBytes(of)
  }
  putLengthBefore(begin)
}

function putLengthBefore(begin: number): void {
  const from = begin + lengthRoom
  const length = at - from
  const end = at
  at = begin
  if (length < 64 || length > 8_191) {
    const room = length < 64 ? 1 : varintLength(length)
    page.copyWithin(begin + room, from, end)
    putInt(length)
    at = begin + room + length
  } else {
    putInt(length)
    at = end
  }
}

function putBytes(bytes: Buffer | null): void {
  if (bytes === null) return putInt(-1)
  putInt(bytes.length)
  // A call into the engine costs more than a few bytes.
  if (bytes.length > 24) page.set(bytes, at)
  else for (let i = 0; i < bytes.length; i++) page[at + i] = bytes[i] as number
  at += bytes.length
}

function putText(text: string): void {
  if (putShortAscii(text)) return
  const length = Buffer.byteLength(text)
  putInt(length)
  page.write(text, at)
  at += length
}

/** Ids and traces, without a call into the engine. false, with nothing written, when it is another text. */
function putShortAscii(text: string): boolean {
  const { length } = text
  if (length > 63) return false // else the length takes more than one byte
  const to = page
  let end = at
  to[end++] = length << 1
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return false
    to[end++] = code
  }
  at = end
  return true
}

/** A variable-length number, zigzag encoded. */
function putInt(value: number): void {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  while (rest > 127) {
    page[at++] = (rest & 127) | 128
    rest >>>= 7
  }
  page[at++] = rest
}

function varintLength(value: number): number {
  let length = 1
  for (let rest = (value << 1) >>> 7; rest > 0; rest >>>= 7) length++
  return length
}

function makeRoom(bytes: number): void {
  if (at + bytes <= page.length) return
  const larger = Buffer.allocUnsafeSlow(Math.max(page.length * 2, at + bytes))
  page.copy(larger, 0, 0, at)
  page = larger
}

/** So many different names are remembered; records given up may bring any. */
const mostNames = 1_000
const names = new Map<string, Buffer>()

/** A header's name: the same come again with every record. */
function nameBytes(name: string): Buffer {
  let bytes = names.get(name)
  if (!bytes) {
    bytes = Buffer.from(name)
    if (names.size < mostNames) names.set(name, bytes)
  }
  return bytes
}
