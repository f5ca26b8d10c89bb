import { incompatibilities } from '../compatibility.js'
import { releaseFaults, releasesOf } from '../releases.js'
import { libraryFolder, newestSchemas } from '../schema-files.js'
import { meaningChanges, ruleBreaches } from '../schema-rules.js'
import { driftedFiles } from './generate.js'

/** A promise of this library that does not hold. */
export interface Finding {
  /** Schema or file. */
  readonly schema: string
  /** Released version that it concerns. */
  readonly version?: number
  /** Field, '' for the whole schema. */
  readonly path: string
  readonly rule: string
  readonly message: string
}

/** What `check` reports: rules of the house, compatibility with every released version, released files, generated types. */
export function allFindings(folder = libraryFolder): Finding[] {
  return [...releaseFindings(folder), ...schemaFindings(folder), ...driftFindings(folder)]
}

/** What must not be before a schema may be released. */
export function schemaFindings(folder = libraryFolder): Finding[] {
  return newestSchemas(folder).flatMap(({ name, schema }) => {
    const breaches = ruleBreaches(schema).map((breach): Finding => ({ schema: name, ...breach }))
    // One that Avro does not allow cannot be compared.
    if (breaches.some(({ rule }) => rule === 'AVRO_VALID')) return breaches
    const incompatible = releasesOf(name, folder).flatMap(({ version, schema: released }): Finding[] => [
      ...incompatibilities(schema, released).map((found) => ({ schema: name, version, ...found, message: `the newest cannot read v${version}: ${found.message}` })),
      ...incompatibilities(released, schema).map((found) => ({ schema: name, version, ...found, message: `v${version} cannot read the newest: ${found.message}` })),
      ...meaningChanges(schema, released).map((found) => ({ schema: name, version, ...found })),
    ])
    return [...breaches, ...incompatible]
  })
}

/** What was done to released files. */
export function releaseFindings(folder = libraryFolder): Finding[] {
  return releaseFaults(folder).map(({ file, rule, message }) => ({ schema: `schemas/${file}`, path: '', rule, message }))
}

function driftFindings(folder: string): Finding[] {
  return driftedFiles(folder).map((file) => ({ schema: file, path: '', rule: 'GENERATED_FILE_DRIFTED', message: 'is not what the schemas say: run `npm run contracts -- generate`' }))
}

/** One line for people. */
export function lineOf({ schema, path, rule, message }: Finding): string {
  return `${schema}${path === '' ? '' : ` ${path}`}: ${rule}: ${message}`
}
