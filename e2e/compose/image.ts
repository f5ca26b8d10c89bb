import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** What `docker image inspect` says. */
export interface ImageConfig {
  readonly User: string
  readonly Env: readonly string[]
}

export interface Ended {
  readonly code: number
  /** Standard output and standard error. */
  readonly said: string
}

/** A package's entry in the lock of what npm has installed (node_modules/.package-lock.json). */
export interface LockedPackage {
  readonly version?: string
  readonly license?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly link?: boolean
}

/** What lies in /app of an image. */
export interface Inventory {
  readonly uid: number
  /** Entries of the lock by path, `node_modules/x/node_modules/y`. */
  readonly locked: Readonly<Record<string, LockedPackage>>
  /** `name@version` of every package that is there, by path. */
  readonly present: Readonly<Record<string, string>>
  /** Files outside of node_modules. */
  readonly files: readonly string[]
}

export async function inspect(image: string): Promise<{ readonly Config: ImageConfig; readonly Size: number }> {
  const { stdout } = await execute('docker', ['image', 'inspect', image])
  const [found] = JSON.parse(stdout) as [{ Config: ImageConfig; Size: number }]
  return found
}

/** Runs an image as docker compose does, but without any server: read-only, without rights, without a network. */
export async function runConfined(image: string, ...command: string[]): Promise<Ended> {
  const args = ['run', '--rm', '--read-only', '--tmpfs', '/tmp', '--network', 'none', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges:true', '--env', 'HOME=/tmp', image, ...command]
  try {
    const { stdout, stderr } = await execute('docker', args, { maxBuffer: 64 * 1024 * 1024 })
    return { code: 0, said: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout: string; stderr: string }
    if (typeof code !== 'number') throw error
    return { code, said: stdout + stderr }
  }
}

export async function inventory(image: string): Promise<Inventory> {
  const { said } = await runConfined(image, 'node', '--input-type=module', '--eval', LOOK_AROUND)
  return JSON.parse(said) as Inventory
}

/** Runs in the container. */
const LOOK_AROUND = `
import { existsSync, readdirSync, readFileSync } from 'node:fs'
const read = (path) => JSON.parse(readFileSync(path, 'utf8'))
const present = {}
function packages(directory) {
  for (const name of existsSync('/app/' + directory) ? readdirSync('/app/' + directory) : []) {
    const path = directory + '/' + name
    if (name.startsWith('.')) continue
    if (name.startsWith('@')) packages(path)
    else if (existsSync('/app/' + path + '/package.json')) {
      const { name, version } = read('/app/' + path + '/package.json')
      present[path] = name + '@' + version
      packages(path + '/node_modules')
    }
  }
}
packages('node_modules')
const files = readdirSync('/app', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => entry.parentPath + '/' + entry.name)
  .filter((path) => !path.includes('/node_modules/'))
console.log(JSON.stringify({ uid: process.getuid(), locked: read('/app/node_modules/.package-lock.json').packages, present, files }))
`

/** The bill of materials that npm makes of the lock in an image, as CycloneDX: `name@version` of its components. */
export async function billOfMaterials(image: string): Promise<string[]> {
  const { code, said } = await runConfined(image, 'sh', '-c', `node --eval "$0" && cd /tmp/bill && npm sbom --package-lock-only --sbom-format=cyclonedx --loglevel=error --no-update-notifier`, COPY_LOCK)
  if (code !== 0) throw new Error(said)
  const { components } = JSON.parse(said) as { components: { name: string; version: string }[] }
  return components.map(({ name, version }) => `${name}@${version}`)
}

/** The lock that npm keeps of what it has installed lacks the root, which npm wants to begin with: one that asks for everything. */
const COPY_LOCK = `
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const { packages } = JSON.parse(readFileSync('/app/node_modules/.package-lock.json', 'utf8'))
const installed = Object.entries(packages).filter(([path, { link }]) => path.startsWith('node_modules/') && !link)
const name = (path) => path.slice('node_modules/'.length)
const { overrides } = JSON.parse(readFileSync('/app/package.json', 'utf8'))
const root = { name: 'image', version: '0.0.0', overrides, dependencies: Object.fromEntries(installed.filter(([path]) => !name(path).includes('node_modules/')).map(([path, { version }]) => [name(path), version])) }
mkdirSync('/tmp/bill')
writeFileSync('/tmp/bill/package.json', JSON.stringify(root))
writeFileSync('/tmp/bill/package-lock.json', JSON.stringify({ ...root, lockfileVersion: 3, packages: { '': root, ...Object.fromEntries(installed) } }))
`

/** The paths in every layer of images, also of files that a later layer removes. Layers that images share are read once. */
export async function pathsInLayers(images: readonly string[]): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'layers-'))
  try {
    await execute('bash', ['-o', 'pipefail', '-c', 'docker save "${@:2}" | tar --extract --directory="$1"', 'save', directory, ...images])
    const manifest = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as { Layers: string[] }[]
    const paths = new Set<string>()
    for (const layer of new Set(manifest.flatMap(({ Layers }) => Layers))) {
      const { stdout } = await execute('tar', ['--list', '--file', join(directory, layer)], { maxBuffer: 256 * 1024 * 1024 })
      for (const path of stdout.split('\n')) paths.add(`/${path.replace(/^\.?\//, '')}`)
    }
    return [...paths]
  } finally {
    await rm(directory, { recursive: true })
  }
}
