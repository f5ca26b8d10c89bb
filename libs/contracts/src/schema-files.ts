import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AvroSchema } from './avro-schema.js'
import type { SchemaSource } from './type-generator.js'

/** The library's folder, from src/ under the test runner and from dist/ when built. */
export const libraryFolder = fileURLToPath(new URL('..', import.meta.url))

/** Every schema as it is now, in schemas/NAME/NAME.avsc, by name. */
export function newestSchemas(folder = libraryFolder): SchemaSource[] {
  return readdirSync(join(folder, 'schemas'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => ({ name, schema: readSchema(join(folder, 'schemas', name, `${name}.avsc`)) }))
}

/** @throws Error naming the file when it is missing or is not JSON. */
export function readSchema(file: string): AvroSchema {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as AvroSchema
  } catch (cause) {
    throw new Error(`cannot read the schema ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
