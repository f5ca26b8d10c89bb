import { readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')

/** A project and all that it is built from, as folders from the root. */
function withReferences(project: string): string[] {
  const { references = [] } = JSON.parse(text(join(project, 'tsconfig.json'))) as { references?: { path: string }[] }
  return [project, ...references.flatMap(({ path }) => withReferences(normalize(join(project, path))))]
}

it('the image builds only what is copied into it: a folder left out by .dockerignore is no part of a project it compiles', () => {
  const compiled = /tsc -b (.+?) \\/.exec(text('Dockerfile'))?.[1]?.split(' ') ?? []
  const copied = text('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1))
  expect(compiled).not.toEqual([])
  const missing = compiled.flatMap(withReferences).filter((project) => !copied.some((folder) => project === folder || project.startsWith(`${folder}/`)))
  expect(missing).toEqual([])
})
