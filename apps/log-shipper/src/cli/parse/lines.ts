/** A line of a file. */
export interface Line {
  /** Without its end, decoded from UTF-8; bytes that are none are U+FFFD. */
  readonly text: string
  /** Byte at which it begins. */
  readonly offset: number
  /** Whether it was longer than the limit, and its end was left out. */
  readonly truncated: boolean
}

const lineFeed = 10
const carriageReturn = 13

/** Splits a stream into lines, of which the last one need not be ended; so much of a line is held in memory as the limit says. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Line[]> {
  let kept: Buffer[] = []
  let keptBytes = 0
  let length = 0
  let offset = 0
  const keep = (piece: Buffer) => {
    length += piece.length
    const room = limit - keptBytes
    if (room <= 0 || piece.length === 0) return
    const part = piece.length > room ? piece.subarray(0, room) : piece
    kept.push(part)
    keptBytes += part.length
  }
  const finish = (ended: boolean): Line => {
    const bytes = kept.length === 1 && kept[0] !== undefined ? kept[0] : Buffer.concat(kept)
    const end = bytes.length > 0 && bytes[bytes.length - 1] === carriageReturn ? bytes.length - 1 : bytes.length
    const line = { text: bytes.toString('utf8', 0, end), offset, truncated: length > limit }
    offset += length + (ended ? 1 : 0)
    kept = []
    keptBytes = 0
    length = 0
    return line
  }
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const lines: Line[] = []
    let from = 0
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, from)) {
      keep(bytes.subarray(from, end))
      lines.push(finish(true))
      from = end + 1
    }
    // The stream may use the memory of a chunk again.
    if (from < bytes.length) keep(Buffer.from(bytes.subarray(from)))
    yield lines
  }
  if (length > 0) yield [finish(false)]
}
