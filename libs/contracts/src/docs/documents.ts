import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { libraryFolder } from '../schema-files.js'
import { asyncApi } from './asyncapi.js'
import { catalogue } from './catalogue.js'
import { cataloguePage } from './page/page.js'

/** From the root of the repository. */
const folder = 'docs/contracts'
const root = join(libraryFolder, '../..')

/** The documents that are made from the topics and their schemas, and what they must hold; files from the root of the repository. */
export function documents(): { file: string; content: string }[] {
  const topics = catalogue()
  return [
    { file: `${folder}/asyncapi.json`, content: `${JSON.stringify(asyncApi(topics), null, 2)}\n` },
    { file: `${folder}/index.html`, content: cataloguePage(topics) },
  ]
}

/** Names of the documents that are missing or differ from what they must hold. */
export function driftedDocuments(): string[] {
  return documents()
    .filter(({ file, content }) => !existsSync(join(root, file)) || readFileSync(join(root, file), 'utf8') !== content)
    .map(({ file }) => file)
}

/** Writes what drifted; the names of the files written. */
export function writeDocuments(): string[] {
  const drifted = driftedDocuments()
  mkdirSync(join(root, folder), { recursive: true })
  for (const { file, content } of documents()) if (drifted.includes(file)) writeFileSync(join(root, file), content)
  return drifted
}
