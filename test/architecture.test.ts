import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { edges, flowDiagram } from '../libs/contracts/src/docs/diagram.js'
import { services } from '../libs/contracts/src/docs/flows.js'

const root = join(import.meta.dirname, '..')
const file = join(root, 'docs/architecture.md')
const page = readFileSync(file, 'utf8')

describe('docs/architecture.md', () => {
  it('has the diagram that libs/contracts/src/docs/flows.ts makes: npm run docs writes it anew', async () => {
    const [before, after] = [page.indexOf('<!-- flows -->'), page.indexOf('<!-- /flows -->')]
    expect(before).toBeGreaterThan(0)
    expect(after).toBeGreaterThan(before)
    const drawn = `${page.slice(0, before)}<!-- flows -->\n\`\`\`mermaid\n${flowDiagram()}\n\`\`\`\n${page.slice(after)}`
    await expect(drawn).toMatchFileSnapshot(file)
  })

  it('names every folder of code there is', () => {
    const folders = globSync('{apps,libs}/*/package.json', { cwd: root }).map((found) => found.replace('/package.json', ''))
    expect(folders.filter((folder) => !page.includes(`\`${folder}\``))).toEqual([])
  })
})

describe('the edges of the diagram', () => {
  it('are of services that are there, and tell of every database of theirs', () => {
    const names = services.map(({ name }) => name)
    expect(edges.filter(({ service }) => !names.includes(service))).toEqual([])
    const withDatabase = services.filter(({ app }) => existsSync(join(root, 'apps', app, 'src/db'))).map(({ name }) => name)
    expect(withDatabase.length).toBeGreaterThan(1)
    expect(withDatabase.filter((name) => !edges.some(({ service, outside }) => service === name && outside.startsWith('PostgreSQL')))).toEqual([])
  })
})
