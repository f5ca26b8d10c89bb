import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const patienceMs = 300_000

/** Where unpacked packages are kept from one run to the next. */
const cache = fileURLToPath(new URL('../../.stack/debian', import.meta.url))

/** Packages that are unpacked, and not installed. */
export interface Unpacked {
  /** Stands for `/`. */
  readonly root: string
  /** Where their programs find their libraries. */
  readonly libraries: readonly string[]
}

/** Thrown when packages cannot be had here; the message says why, in one line. */
export class PackagesMissing extends Error {}

/**
 * Fetches Debian packages and what they need that is not installed, and unpacks them into a directory of their own: what
 * may not be installed together can be had side by side. The package lists must be there (`apt-get update`).
 *
 * @param name of the directory
 * @throws PackagesMissing where there is no apt or dpkg, the lists have no such packages, or the mirror cannot be reached
 */
export async function unpacked(name: string, packages: readonly string[]): Promise<Unpacked> {
  const root = join(cache, name)
  if (!(await isThere(root))) await fetched(root, packages)
  // Programs that are linked statically bring none.
  const system = (await isThere(join(root, 'usr/lib'))) ? await readdir(join(root, 'usr/lib')) : []
  const libraries = system.filter((each) => each.endsWith('-linux-gnu')).flatMap((each) => [join(root, 'usr/lib', each), join(root, 'lib', each)])
  return { root, libraries }
}

async function fetched(root: string, packages: readonly string[]): Promise<void> {
  await mkdir(dirname(root), { recursive: true })
  const draft = await mkdtemp(`${root}-`)
  try {
    const { stdout } = await run('apt-get', ['install', '--simulate', '--yes', '--no-install-recommends', ...packages], { timeout: patienceMs })
    const needed = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, found]) => found as string)
    const archives = join(draft, 'archives')
    await mkdir(archives)
    await run('apt-get', ['download', ...new Set([...packages, ...needed])], { cwd: archives, timeout: patienceMs })
    for (const archive of await readdir(archives)) await run('dpkg', ['-x', join(archives, archive), draft], { timeout: patienceMs })
    await rm(archives, { recursive: true })
    await rename(draft, root)
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    throw new PackagesMissing(`the Debian packages ${packages.join(', ')} cannot be had here: ${reasonOf(cause)}`, { cause })
  }
}

/** The last thing a program said, or why it could not be run. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : undefined
  return said !== undefined && said !== '' ? said : error instanceof Error ? error.message : String(error)
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
