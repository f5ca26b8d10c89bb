/** A file is known by so many of its first bytes, at the most. */
export const headBytes = 1024
/** So many bytes before a place in a file show that two files have the same content up to there, at the most. */
export const tailBytes = 256

/** Short text of bytes that others do not have: a cryptographic hash. */
export type Digest = (bytes: Uint8Array) => string

/** Some bytes of a file, known by their hash. */
export interface Fingerprint {
  readonly length: number
  readonly digest: string
}

/** Where the system keeps a file; renaming does not change it. Decimal digits. */
export interface Place {
  readonly device: string
  readonly inode: string
}

/** A file's content from one beginning to the next truncation, and how far it was shipped. */
export interface FileRecord {
  readonly fileId: string
  /** How often the place had other content before. */
  readonly generation: number
  /** Where the content was found first; its generation counts there. */
  readonly origin: Place
  /** Where it is now; null when it is nowhere: it was truncated, deleted or replaced. */
  at: Place | null
  path: string
  /** Name of the configured input that it belongs to. */
  readonly input: string
  /** Of its content, which is not that of the file when it is compressed. Grows up to `headBytes`. */
  head: Fingerprint
  /** Byte at which the first entry begins that the topic does not have, and the bytes before it. */
  offset: number
  tail: Fingerprint
  /** Byte at which an entry ends though no end of line stands there, or more lines might have come: decided by time. */
  cut: number | null
  /** The content of a compressed file was read to its end. */
  finished: boolean
  /** When it was last seen in its place. Milliseconds since the Unix epoch. */
  seenAt: number
}

export interface Seen {
  readonly place: Place
  readonly path: string
  readonly size: number
  /** The first bytes, `headBytes` where there are so many. */
  readonly head: Buffer
}

/** What became of a file that is known; `another` where it stood is a file that is not the known one. */
export type Change = 'same' | 'grown' | 'renamed' | 'truncated' | 'replaced' | 'another'

/** What became of a known file, as its place, size and head tell. @param read bytes of it that were read */
export function changeOf(known: Pick<FileRecord, 'at' | 'path' | 'head'>, read: number, seen: Seen, digest: Digest): Change {
  if (known.at === null || !samePlace(known.at, seen.place)) return 'another'
  if (seen.size < read) return 'truncated'
  // The inode of a deleted file is given to a new one, and a file can be truncated and filled again between two looks.
  if (!beginsWith(seen.head, known.head, digest)) return 'replaced'
  if (seen.path !== known.path) return 'renamed'
  return seen.size > read ? 'grown' : 'same'
}

export function samePlace(a: Place, b: Place): boolean {
  return a.inode === b.inode && a.device === b.device
}

/** Whether a file that begins with these bytes can be the one that has this head: a file grows, and its head with it. */
export function beginsWith(bytes: Buffer, head: Fingerprint, digest: Digest): boolean {
  return bytes.length >= head.length && digest(bytes.subarray(0, head.length)) === head.digest
}

export function fingerprint(bytes: Uint8Array, digest: Digest): Fingerprint {
  return { length: bytes.length, digest: digest(bytes) }
}

/** Identity of new content in a place: which generation it is there, and 32 hexadecimal digits. */
export function identify(place: Place, head: Buffer, records: Iterable<Pick<FileRecord, 'origin' | 'generation'>>, digest: Digest): Pick<FileRecord, 'fileId' | 'generation'> {
  let generation = 0
  for (const record of records) if (samePlace(record.origin, place)) generation = Math.max(generation, record.generation + 1)
  const fileId = digest(Buffer.concat([Buffer.from(`${place.device}:${place.inode}:${generation}:`), head])).slice(0, 32)
  return { fileId, generation }
}

/** The end that a rotation gives a name: `.1`, `-20261129`, `.2026-11-29`, `-20261129-1764400000`, `.gz`, `.old`. */
const rotation = /(?:[.-](?:\d{1,3}|\d{8}(?:[-.]?\d{1,10})?|\d{4}-\d\d-\d\d(?:[-T_.]?\d{2}[-:.]?\d{2}(?:[-:.]?\d{2})?)?|\d{10}|old|bak|gz|gzip|z))+$/i

/** A file's name without what a rotation has put behind it. */
export function rotationStem(name: string): string {
  const stem = name.replace(rotation, '')
  return stem === '' ? name : stem
}

/**
 * Whether a file can be an archive of known content by its name and its first bytes: it bears the known file's name with
 * an end that a rotation gives, and begins as the known one. The bytes before the place that was read up to must be the
 * same as well: `tail`.
 */
export function maybeArchiveOf(known: Pick<FileRecord, 'path' | 'head' | 'offset'>, name: string, head: Buffer, digest: Digest): boolean {
  const stem = rotationStem(name)
  // A few bytes alone are no proof: many logs begin with the same greeting.
  const telling = known.head.length === headBytes || (known.offset > 0 && known.head.length > 0)
  return stem !== name && telling && stem === rotationStem(baseName(known.path)) && beginsWith(head, known.head, digest)
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
