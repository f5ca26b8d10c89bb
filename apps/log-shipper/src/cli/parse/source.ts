import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

const chunkBytes = 262_144

/** The bytes of a file, or of standard input for `-`; unpacked when they are gzip's. Rejects while it is read when there is no such file. */
export async function* bytesOf(path: string, stdin: Readable): AsyncGenerator<Uint8Array> {
  const raw = path === '-' ? stdin : createReadStream(path, { highWaterMark: chunkBytes })
  const chunks: AsyncIterator<Uint8Array> = raw[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done) return
  const all = joined(first.value, chunks)
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) yield* all
  else yield* unpacked(Readable.from(all, { objectMode: false }))
}

async function* joined(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

async function* unpacked(packed: Readable): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: chunkBytes })
  packed.on('error', (error) => gunzip.destroy(error))
  yield* packed.pipe(gunzip)
}
