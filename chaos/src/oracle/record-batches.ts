/**
 * Kafka's log as it stands on the disk: record batches of version 2, one after the other
 * (https://kafka.apache.org/documentation/#messageformat). Read here by hand, so that what is held against the clients
 * comes through none of them.
 */
export interface RecordBatch {
  readonly baseOffset: number
  readonly count: number
  /** null: not part of a transaction. */
  readonly transactionOf: bigint | null
  /** A marker: how the transaction of its producer ended. */
  readonly marker: 'commit' | 'abort' | null
  /** Its records' bytes. */
  readonly body: Buffer
}

export interface LoggedRecord {
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
}

const headerLength = 61
const compressionMask = 0x07
const transactionalBit = 0x10
const controlBit = 0x20

/** The batches of a segment file; one that is not yet wholly there, at its end, is left out. */
export function* recordBatches(segment: Buffer): Generator<RecordBatch> {
  for (let at = 0; at + headerLength <= segment.length; ) {
    const end = at + 12 + segment.readInt32BE(at + 8)
    // What is being written, or space that is reserved.
    if (end > segment.length || end === at + 12) return
    const magic = segment.readInt8(at + 16)
    if (magic !== 2) throw new Error(`A record batch of version ${magic} at byte ${at}: only version 2 is known here`)
    const attributes = segment.readInt16BE(at + 21)
    if ((attributes & compressionMask) !== 0) throw new Error(`A compressed record batch at byte ${at}: the run's producers do not compress`)
    const control = (attributes & controlBit) !== 0
    const body = segment.subarray(at + headerLength, end)
    yield {
      baseOffset: Number(segment.readBigInt64BE(at)),
      count: control ? 0 : segment.readInt32BE(at + 57),
      transactionOf: (attributes & transactionalBit) === 0 ? null : segment.readBigInt64BE(at + 43),
      marker: control ? markerOf(body) : null,
      body,
    }
    at = end
  }
}

export function* recordsOf({ baseOffset, count, body }: RecordBatch): Generator<LoggedRecord> {
  const bytes = new Fields(body)
  for (let i = 0; i < count; i++) {
    const end = bytes.varint() + bytes.at
    bytes.at += 1 // attributes: none are defined
    bytes.varlong() // time
    const offset = baseOffset + bytes.varint()
    yield { offset, key: bytes.text(), value: bytes.text() }
    bytes.at = end
  }
}

/** A control record's key is its version and its type, 2 bytes each. */
function markerOf(body: Buffer): 'commit' | 'abort' {
  const bytes = new Fields(body)
  bytes.varint()
  bytes.at += 1
  bytes.varlong()
  bytes.varint()
  const key = bytes.text()
  const type = key?.readInt16BE(2)
  if (type !== 0 && type !== 1) throw new Error(`A control record of type ${type}: known are 0, abort, and 1, commit`)
  return type === 1 ? 'commit' : 'abort'
}

/** Numbers are as in Protocol Buffers: 7 bits a byte, zigzag. */
class Fields {
  at = 0

  constructor(private readonly bytes: Buffer) {}

  varint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes.readUInt8(this.at++)
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
  }

  /** Passed over: no time is needed here. */
  varlong(): void {
    while (this.bytes.readUInt8(this.at++) >= 0x80);
  }

  text(): Buffer | null {
    const length = this.varint()
    if (length < 0) return null
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }
}
