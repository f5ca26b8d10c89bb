import { writeDocuments } from '../docs/documents.js'
import { connectRegistry } from '../registry.js'
import { type Registration, registerContracts } from '../registration.js'
import { release as releaseOne, releasesOf, unreleasedSchemas } from '../releases.js'
import { libraryFolder, newestSchemas } from '../schema-files.js'
import { type RegisterConfig, UsageError } from './config.js'
import { allFindings, type Finding, lineOf, releaseFindings, schemaFindings } from './findings.js'
import { generate as generateFiles } from './generate.js'

/** What a command found out: lines for people, and the object that `--json` prints. Broken promises make it exit with 1. */
export interface Outcome {
  readonly lines: readonly string[]
  readonly json: { readonly broken: readonly unknown[]; readonly [key: string]: unknown }
}

export function check(folder = libraryFolder): Outcome {
  const broken = allFindings(folder)
  const schemas = newestSchemas(folder)
  const released = schemas.reduce((sum, { name }) => sum + releasesOf(name, folder).length, 0)
  const unreleased = unreleasedSchemas(folder)
  const summary = `${schemas.length} schemas, ${released} released versions, ${broken.length} broken promises`
  return {
    lines: [...broken.map(lineOf), ...(unreleased.length ? [`not released as they are now: ${unreleased.join(', ')}`] : []), summary],
    json: { broken, schemas: schemas.length, released, unreleased },
  }
}

export function generate(folder = libraryFolder): Outcome {
  const written = generateFiles(folder)
  return { lines: written.length ? written.map((file) => `wrote ${file}`) : ['nothing to do'], json: { broken: [], written } }
}

/** Writes docs/contracts/: the AsyncAPI document and the page of all topics. */
export function docs(): Outcome {
  const written = writeDocuments()
  return { lines: written.length ? written.map((file) => `wrote ${file}`) : ['nothing to do'], json: { broken: [], written } }
}

/** Releases the schemas named, or all that changed since their last release; none when one of them breaks a rule. */
export function release(names: readonly string[], folder = libraryFolder): Outcome {
  const known = newestSchemas(folder).map(({ name }) => name)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length) throw new UsageError(`no schema is named ${unknown.join(', ')}; there are ${known.join(', ')}`)
  const chosen = unreleasedSchemas(folder).filter((name) => names.length === 0 || names.includes(name))
  const broken: Finding[] = [...releaseFindings(folder), ...schemaFindings(folder).filter(({ schema }) => chosen.includes(schema))]
  if (broken.length) return { lines: [...broken.map(lineOf), 'nothing was released'], json: { broken, released: [] } }
  const released = chosen.map((name) => ({ schema: name, version: releaseOne(name, folder).version }))
  const lines = released.map(({ schema, version }) => `released ${schema} v${version}: commit its files in schemas/`)
  return { lines: lines.length ? lines : ['nothing to do: every schema is released as it is'], json: { broken: [], released } }
}

/** @throws ContractError when the registry is away, refuses, or finds a schema incompatible. */
export async function register({ namespace, ...connection }: RegisterConfig): Promise<Outcome> {
  const registrations = await registerContracts(connectRegistry(connection), namespace)
  return { lines: tableOf(registrations), json: { broken: [], registrations } }
}

function tableOf(registrations: readonly Registration[]): string[] {
  const rows = [['subject', 'version', 'id', ''], ...registrations.map(({ subject, version, id, added }) => [subject, version, String(id), added ? 'added' : 'was there'])]
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
}
