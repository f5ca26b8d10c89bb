import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { WarehouseTable } from '../domain/warehouse-table.js'
import { EtlError } from '../errors.js'

/** A file that counts. */
export interface LakeFile {
  /** Below the topic's folder, such as `date=2026-01-05/0-17-41.parquet`. */
  readonly path: string
  /** UTC, of the arrival of its records on the topic. */
  readonly date: string
  readonly rows: number
}

/**
 * What a topic's folder holds: a file that is not named here does not count. Written as `manifest.json` of that folder,
 * offsets as decimal texts.
 */
export interface Manifest {
  readonly topic: string
  /** null until there was a row. */
  readonly table: WarehouseTable | null
  /** Next offset to read, by partition. */
  readonly offsets: Readonly<Record<string, string>>
  readonly files: readonly LakeFile[]
  /** Counts the rewritings, so that each file has a name of its own. */
  readonly revision: number
}

/** The manifest of a topic's folder; undefined when there is none. @throws EtlError ETL_LAKE_BROKEN */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, 'manifest.json')
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return JSON.parse(text) as Manifest
  } catch (cause) {
    throw new EtlError('ETL_LAKE_BROKEN', `${path} is not JSON: bring it back from a copy, or remove the folder and load the topic again`, { cause })
  }
}

/** Puts a manifest in the place of the one before, in one step: whoever reads sees one of the two. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await mkdir(folder, { recursive: true })
  const part = join(folder, `.manifest-${randomUUID()}`)
  const file = await open(part, 'w')
  try {
    await file.writeFile(JSON.stringify(manifest))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(part, join(folder, 'manifest.json'))
  await synced(folder)
}

/** Makes sure that what was written is on the disk, be it a file or the names in a folder. */
export async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The same of a file and its folder. */
export async function syncedFile(path: string): Promise<void> {
  await synced(path)
  await synced(dirname(path))
}
