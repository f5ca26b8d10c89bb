/** A value of a database of MaxMind's format. */
export type MmdbValue = string | number | readonly MmdbValue[] | { readonly [name: string]: MmdbValue }

/** Type and size before a value (MaxMind DB File Format Specification 2.0): sizes below 285 and types up to 15 are enough here. */
function control(type: number, size: number): Buffer {
  const [short, rest] = size < 29 ? [size, []] : [29, [size - 29]]
  return Buffer.from(type < 8 ? [(type << 5) | short, ...rest] : [short, type - 7, ...rest])
}

function encoded(value: MmdbValue): Buffer {
  if (typeof value === 'string') return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === 'number' && !Number.isInteger(value)) {
    const double = Buffer.alloc(8)
    double.writeDoubleBE(value)
    return Buffer.concat([control(3, 8), double])
  }
  if (typeof value === 'number') {
    const uint32 = Buffer.alloc(4)
    uint32.writeUInt32BE(value)
    return Buffer.concat([control(6, 4), uint32])
  }
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...(value as readonly MmdbValue[]).map(encoded)])
  const entries = Object.entries(value)
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([name, inner]) => [encoded(name), encoded(inner)])])
}

/** A database in which every IPv4 address of the upper half (128.0.0.0/1) has one record, and no other has any. */
export function mmdb(type: string, record: MmdbValue): Buffer {
  const nodes = 1
  const node = Buffer.alloc(6)
  node.writeUIntBE(nodes, 0, 3)
  node.writeUIntBE(nodes + 16, 3, 3)
  const metadata = encoded({ node_count: nodes, record_size: 24, ip_version: 4, database_type: type, languages: ['en'], binary_format_major_version: 2, binary_format_minor_version: 0, build_epoch: 1_780_000_000, description: { en: 'of a test' } })
  return Buffer.concat([node, Buffer.alloc(16), encoded(record), Buffer.from('abcdef4d61784d696e642e636f6d', 'hex'), metadata])
}
