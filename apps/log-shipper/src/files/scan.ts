import type { Dirent, readdir as readdirOf } from 'node:fs'
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { callbackify } from 'node:util'
import { type FileSystemAdapter, glob } from 'tinyglobby'
import type { Place } from '../domain/file-identity.js'
import { isAway } from './away.js'
import { type Refusal, refusalOf } from './log-content.js'

export interface FoundFile {
  readonly path: string
  readonly place: Place
  readonly size: number
}

export interface Scanned {
  /** Each file once, under the first of its names. */
  readonly files: readonly FoundFile[]
  /** What matches and is no file that can be looked at, with the reason. */
  readonly refused: ReadonlyMap<string, Refusal>
}

/** Of a directory, all that is in it: pipes, devices, and links that lead nowhere would be passed over, and nobody would know. */
const listed = callbackify(async (path: string, options: { withFileTypes: true }): Promise<Dirent[]> => {
  const entries = await readdir(path, options)
  await Promise.all(entries.map((entry) => showAsFile(path, entry)))
  return entries
})

async function showAsFile(directory: string, entry: Dirent): Promise<void> {
  if (entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToDirectory(join(directory, entry.name))))) return
  entry.isFile = () => true
}

/** Of a link that leads nowhere, or to itself, `lookAt` tells. */
async function leadsToDirectory(link: string): Promise<boolean> {
  return (await stat(link).catch(() => undefined))?.isDirectory() ?? false
}

// Of the many ways to call it, the one by which directories are crawled.
const everything: FileSystemAdapter = { readdir: listed as unknown as typeof readdirOf }

/**
 * What the patterns lead to. Symbolic links are followed; a file under several names (links of both kinds, patterns that
 * overlap) is given once, by its real name where that is among them.
 *
 * @param exclude patterns of what is left out
 */
export async function scan(paths: readonly string[], exclude: readonly string[]): Promise<Scanned> {
  // Directories are told of as well: a pattern that matches one is a mistake somebody should see. Each pattern by itself:
  // together they would be looked up from the directory that they have in common, which may be the root.
  const matches = await Promise.all(paths.map((path) => glob(path, { absolute: true, onlyFiles: false, expandDirectories: false, ignore: [...exclude], cwd: '/', fs: everything })))
  const found = [...new Set(matches.flat())]
  const refused = new Map<string, Refusal>()
  const files = new Map<string, FoundFile>()
  for (const match of found.sort()) {
    const path = match.endsWith('/') ? match.slice(0, -1) : match
    const looked = await lookAt(path)
    if (looked === 'missing') {
      // Renamed or deleted since the directory was read, if it is no link that leads nowhere.
      if (await isLink(path)) refused.set(path, 'unreadable')
      continue
    }
    if (typeof looked === 'string') {
      refused.set(path, looked)
      continue
    }
    const name = placeName(looked.place)
    const known = files.get(name)
    if (known === undefined || ((await isReal(path)) && !(await isReal(known.path)))) files.set(name, looked)
  }
  return { files: [...files.values()], refused }
}

/** The files in the directory of a path; null where it cannot be looked at. */
export async function siblingsOf(path: string): Promise<FoundFile[] | null> {
  const directory = dirname(path)
  let names: string[]
  try {
    names = await readdir(directory)
  } catch (error) {
    if (isAway(error)) return null
    throw error
  }
  const looked = await Promise.all(names.sort().map((name) => lookAt(join(directory, name))))
  return looked.filter((found) => typeof found !== 'string')
}

/** The file at a path, or why there is none to read. */
export async function lookAt(path: string): Promise<FoundFile | Refusal> {
  try {
    const found = await stat(path, { bigint: true })
    return refusalOf(found) ?? { path, place: { device: String(found.dev), inode: String(found.ino) }, size: Number(found.size) }
  } catch (error) {
    if (!isAway(error)) throw error
    return error.code === 'ENOENT' ? 'missing' : 'unreadable'
  }
}

/** The name of a place in maps. */
export function placeName({ device, inode }: Place): string {
  return `${device}:${inode}`
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink()
  } catch (error) {
    if (isAway(error)) return false
    throw error
  }
}

async function isReal(path: string): Promise<boolean> {
  try {
    return (await realpath(path)) === path
  } catch (error) {
    if (isAway(error)) return false
    throw error
  }
}
