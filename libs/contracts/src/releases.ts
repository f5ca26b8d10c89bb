import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AvroSchema } from './avro-schema.js'
import { encoder } from './codec.js'
import { goldenValues } from './golden-values.js'
import { libraryFolder, newestSchemas, readSchema } from './schema-files.js'

/** A version that was released: producers may have written with it, so its file never changes. */
export interface Release {
  /** Name of the schema's folder, such as `transaction`. */
  readonly name: string
  readonly version: number
  readonly schema: AvroSchema
}

/** A value and the exact bytes that the release's own encoder wrote for it, framed with the version as schema id. */
export interface GoldenFixture {
  readonly value: unknown
  readonly hex: string
}

/** Something wrong with the released files. */
export interface ReleaseFault {
  readonly rule: 'RELEASED_FILE_CHANGED' | 'RELEASED_FILE_MISSING' | 'RELEASED_FILE_NOT_LOCKED' | 'RELEASED_VERSION_SKIPPED'
  /** Below schemas/. */
  readonly file: string
  readonly message: string
}

const lockFile = 'released.json'

/** Released versions of a schema, oldest first. */
export function releasesOf(name: string, folder = libraryFolder): Release[] {
  return versionsIn(name, folder).map((version) => ({
    name,
    version,
    schema: readSchema(join(folder, 'schemas', schemaFile(name, version))),
  }))
}

/** @throws Error when the file is missing or is not JSON. */
export function goldenFixtures({ name, version }: Release, folder = libraryFolder): GoldenFixture[] {
  return JSON.parse(readFileSync(join(folder, 'schemas', goldenFile(name, version)), 'utf8'), revived) as GoldenFixture[]
}

/** SHA-256 of a released schema's file, hexadecimal, as schemas/released.json has it. @throws Error when it is not there */
export function releasedDigest({ name, version }: Pick<Release, 'name' | 'version'>, folder = libraryFolder): string {
  const digest = readLock(folder)[schemaFile(name, version)]
  if (digest === undefined) throw new Error(`${schemaFile(name, version)} is not in ${lockFile}`)
  return digest
}

/** Names of the schemas whose newest file is not what was released last; new ones too. */
export function unreleasedSchemas(folder = libraryFolder): string[] {
  return newestSchemas(folder)
    .filter(({ name, schema }) => JSON.stringify(releasesOf(name, folder).at(-1)?.schema) !== JSON.stringify(schema))
    .map(({ name }) => name)
}

/**
 * Freezes the newest file of a schema as its next version: the schema, its golden fixtures, and the SHA-256 of both in
 * schemas/released.json. The caller has checked the schema.
 */
export function release(name: string, folder = libraryFolder): Release {
  const version = (versionsIn(name, folder).at(-1) ?? 0) + 1
  const text = readFileSync(join(folder, 'schemas', name, `${name}.avsc`), 'utf8')
  const schema = JSON.parse(text) as AvroSchema
  const encode = encoder<unknown>(schema)
  const fixtures = goldenValues(schema).map((value): GoldenFixture => ({ value, hex: encode(version, value).toString('hex') }))
  const files = { [schemaFile(name, version)]: text, [goldenFile(name, version)]: `[\n${fixtures.map((f) => `  ${JSON.stringify(f)}`).join(',\n')}\n]\n` }
  const lock = readLock(folder)
  for (const [file, content] of Object.entries(files)) {
    writeFileSync(join(folder, 'schemas', file), content)
    lock[file] = sha256(content)
  }
  const sorted = Object.fromEntries(Object.entries(lock).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(join(folder, 'schemas', lockFile), `${JSON.stringify(sorted, null, 2)}\n`)
  return { name, version, schema }
}

/** What was done to released files since; empty when nothing was. */
export function releaseFaults(folder = libraryFolder): ReleaseFault[] {
  const faults: ReleaseFault[] = []
  const lock = readLock(folder)
  for (const [file, hash] of Object.entries(lock)) {
    const path = join(folder, 'schemas', file)
    if (!existsSync(path)) {
      faults.push({ rule: 'RELEASED_FILE_MISSING', file, message: 'was released and is gone: bring it back, records written with it may exist' })
    } else if (sha256(readFileSync(path)) !== hash) {
      faults.push({ rule: 'RELEASED_FILE_CHANGED', file, message: 'was released and must stay as it was: change the newest file and release it as the next version' })
    }
  }
  for (const { name } of newestSchemas(folder)) {
    versionsIn(name, folder).forEach((version, i) => {
      const file = schemaFile(name, version)
      if (version !== i + 1) faults.push({ rule: 'RELEASED_VERSION_SKIPPED', file, message: `comes where version ${i + 1} should be` })
      for (const known of [file, goldenFile(name, version)]) {
        if (lock[known] === undefined) faults.push({ rule: 'RELEASED_FILE_NOT_LOCKED', file: known, message: `is not in ${lockFile}: versions are made by \`npm run contracts -- release\`` })
      }
    })
  }
  return faults
}

function versionsIn(name: string, folder: string): number[] {
  return readdirSync(join(folder, 'schemas', name))
    .map((file) => /^v(\d+)\.avsc$/.exec(file)?.[1])
    .filter((version) => version !== undefined)
    .map(Number)
    .sort((a, b) => a - b)
}

function readLock(folder: string): Record<string, string> {
  const path = join(folder, 'schemas', lockFile)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>) : {}
}

function schemaFile(name: string, version: number): string {
  return `${name}/v${version}.avsc`
}

function goldenFile(name: string, version: number): string {
  return `${name}/v${version}.golden.json`
}

/** The same on a checkout that turned line ends into CRLF. */
function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content.toString('utf8').replaceAll('\r\n', '\n')).digest('hex')
}

/** Buffers are in JSON as Node writes them. */
function revived(_key: string, value: unknown): unknown {
  const buffer = value as { type?: unknown; data?: unknown } | null
  return typeof buffer === 'object' && buffer?.type === 'Buffer' && Array.isArray(buffer.data) ? Buffer.from(buffer.data as number[]) : value
}
