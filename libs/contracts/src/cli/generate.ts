import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { libraryFolder, newestSchemas } from '../schema-files.js'
import { generateSchemaConstants, generateTypes } from '../type-generator.js'

/** Files of src/generated/ and what they must hold. */
export function generatedFiles(folder = libraryFolder): { file: string; content: string }[] {
  const sources = newestSchemas(folder)
  return [
    { file: 'src/generated/types.ts', content: generateTypes(sources) },
    { file: 'src/generated/schemas.ts', content: generateSchemaConstants(sources) },
  ]
}

/** Names of the generated files that are missing or differ from what the schemas say. */
export function driftedFiles(folder = libraryFolder): string[] {
  return generatedFiles(folder)
    .filter(({ file, content }) => contentOf(join(folder, file)) !== content)
    .map(({ file }) => file)
}

/** Writes what drifted; the names of the files written. */
export function generate(folder = libraryFolder): string[] {
  const drifted = new Set(driftedFiles(folder))
  for (const { file, content } of generatedFiles(folder)) {
    if (drifted.has(file)) writeFileSync(join(folder, file), content)
  }
  return [...drifted]
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
