/** Bytes as a broker writes them, for tests. */
export interface BatchToWrite {
  readonly offset: number
  readonly producer?: bigint
  readonly transactional?: boolean
  readonly marker?: 'commit' | 'abort'
  readonly compression?: number
  readonly records?: readonly { readonly key: string | null; readonly value: string | null; readonly headers?: Readonly<Record<string, string>> }[]
}

export function batchBytes({ offset, producer = -1n, transactional = false, marker, compression = 0, records = [] }: BatchToWrite): Buffer {
  const markerKey = Buffer.from([0, 0, 0, marker === 'commit' ? 1 : 0])
  const written = marker === undefined ? records.map(({ key, value, headers = {} }) => ({ key: bytesOf(key), value: bytesOf(value), headers })) : [{ key: markerKey, value: Buffer.alloc(6), headers: {} }]
  const body = Buffer.concat(written.map((record, i) => recordBytes(i, record)))
  const header = Buffer.alloc(61)
  header.writeBigInt64BE(BigInt(offset), 0)
  header.writeInt32BE(61 - 12 + body.length, 8)
  header.writeInt8(2, 16)
  header.writeInt16BE(compression | (transactional || marker ? 0x10 : 0) | (marker ? 0x20 : 0), 21)
  header.writeInt32BE(written.length - 1, 23)
  header.writeBigInt64BE(producer, 43)
  header.writeInt32BE(written.length, 57)
  return Buffer.concat([header, body])
}

function recordBytes(i: number, { key, value, headers }: { key: Buffer | null; value: Buffer | null; headers: Readonly<Record<string, string>> }): Buffer {
  const entries = Object.entries(headers)
  const body = Buffer.concat([
    Buffer.from([0]), zigzag(1_000 * i), zigzag(i), sized(key), sized(value), zigzag(entries.length),
    ...entries.flatMap(([name, text]) => [sized(Buffer.from(name)), sized(Buffer.from(text))]),
  ])
  return Buffer.concat([zigzag(body.length), body])
}

const bytesOf = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text))
const sized = (bytes: Buffer | null): Buffer => (bytes ? Buffer.concat([zigzag(bytes.length), bytes]) : zigzag(-1))

function zigzag(value: number): Buffer {
  const bytes: number[] = []
  let left = value < 0 ? -2 * value - 1 : 2 * value
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80)
  return Buffer.from([...bytes, left])
}
