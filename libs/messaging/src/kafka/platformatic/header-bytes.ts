/** So many different names are remembered; records given up may bring any. */
const most = 1_000

interface Header {
  readonly name: Buffer
  text: string
  bytes: Buffer
}

const known = new Map<string, Header>()

/**
 * Headers as the client wants them. Their names come again with every record, and most values with the next one (who
 * produced it, the trace of a batch): what is the same has the same bytes.
 */
export function headerBytes(headers: Readonly<Record<string, Buffer | string>>): Map<Buffer, Buffer> {
  const bytes = new Map<Buffer, Buffer>()
  for (const name in headers) {
    const value = headers[name] ?? ''
    let header = known.get(name)
    if (!header) {
      header = { name: Buffer.from(name), text: '', bytes: Buffer.alloc(0) }
      if (known.size < most) known.set(name, header)
    }
    if (typeof value === 'string' && header.text !== value) {
      header.text = value
      header.bytes = Buffer.from(value)
    }
    bytes.set(header.name, typeof value === 'string' ? header.bytes : value)
  }
  return bytes
}
