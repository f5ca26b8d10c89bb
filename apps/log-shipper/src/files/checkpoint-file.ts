import { type FileHandle, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { toError } from '@swipestream/platform'
import { z } from 'zod'
import type { FileRecord } from '../domain/file-identity.js'
import { LogError } from '../errors.js'

const place = z.object({ device: z.string(), inode: z.string() })
const fingerprint = z.object({ length: z.int().min(0), digest: z.string() })
const offset = z.int().min(0)

const checkpoint = z.object({
  version: z.literal(1),
  files: z.array(
    z.object({
      fileId: z.string(),
      generation: z.int().min(0),
      origin: place,
      at: place.nullable(),
      path: z.string(),
      input: z.string(),
      head: fingerprint,
      offset,
      tail: fingerprint,
      cut: offset.nullable(),
      finished: z.boolean(),
      seenAt: z.number(),
    }),
  ),
})

/** Remembers how far files were shipped, in one file of the state directory. */
export class CheckpointFile {
  readonly #path: string
  #saved: string | null = null

  constructor(directory: string) {
    this.#path = join(directory, 'checkpoint.json')
  }

  /** @throws LogError LOG_CHECKPOINT_INVALID: it was damaged by others, as it is only ever replaced as a whole */
  async load(): Promise<FileRecord[]> {
    let text: string
    try {
      text = await readFile(this.#path, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
      throw error
    }
    try {
      return checkpoint.parse(JSON.parse(text)).files
    } catch (cause) {
      throw new LogError('LOG_CHECKPOINT_INVALID', `${this.#path} is not a checkpoint: restore it, or remove it to ship every file from its beginning again`, { cause })
    }
  }

  /**
   * Replaces the file: after this, or after a kill or a loss of power at any moment, the old or the new one is there as a
   * whole.
   *
   * @throws LogError LOG_CHECKPOINT_UNWRITABLE
   */
  async save(files: readonly FileRecord[]): Promise<void> {
    const text = JSON.stringify({ version: 1, files: [...files] } satisfies z.input<typeof checkpoint>)
    if (text === this.#saved) return
    const draft = `${this.#path}.new`
    try {
      await synced(await open(draft, 'w', 0o640), (handle) => handle.writeFile(text))
      await rename(draft, this.#path)
      await synced(await open(dirname(this.#path), 'r'), () => Promise.resolve())
    } catch (cause) {
      throw new LogError('LOG_CHECKPOINT_UNWRITABLE', `${this.#path} cannot be written: ${toError(cause).message}`, { cause })
    }
    this.#saved = text
  }
}

async function synced(handle: FileHandle, work: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(handle)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
