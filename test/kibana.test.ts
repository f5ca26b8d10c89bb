import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { dataStreams } from '../apps/log-shipper/src/domain/index-template/data-stream.js'
import { fieldPaths, mappings } from '../apps/log-shipper/src/domain/index-template/mappings.js'

const directory = new URL('../deploy/kibana/', import.meta.url)
const text = readFileSync(new URL('swipestream.ndjson', directory), 'utf8')

interface SavedObject {
  readonly type: string
  readonly id: string
  readonly attributes: Record<string, unknown>
  readonly references: readonly { type: string; id: string; name: string }[]
  readonly coreMigrationVersion: string
  readonly typeMigrationVersion: string
}

const lines = text.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)
const objects = lines.slice(0, -1) as SavedObject[]
const json = (value: unknown) => JSON.parse(String(value)) as Record<string, unknown>

/** Everything below an object that has this name. */
function allNamed(name: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [...(key === name ? [inner] : []), ...allNamed(name, inner)])
}

function typeOf(path: string): string | undefined {
  let at: unknown = mappings
  for (const name of path.split('.')) at = (at as { properties?: Record<string, unknown> } | undefined)?.properties?.[name]
  return (at as { type?: string } | undefined)?.type
}

const fieldsInLucene = (query: string) => [...query.matchAll(/(?:_exists_:|\b)([@a-z_][\w.@]*)(?=:|$| )/g)].map(([, field = '']) => field).filter((field) => !/^(?:AND|NOT|OR|TO|_exists_|opened|resolved|error|_parsefailure)$/.test(field))

describe('what Kibana imports', () => {
  it('is what dashboards.mjs says', async () => {
    const { savedObjects } = (await import(new URL('saved-objects.mjs', directory).href)) as { savedObjects(): string }
    expect(text, 'run node deploy/kibana/generate.mjs').toBe(savedObjects())
  })

  it('counts itself, and has each object once', () => {
    expect(lines.at(-1)).toMatchObject({ exportedCount: objects.length, missingRefCount: 0 })
    expect(new Set(objects.map(({ type, id }) => `${type}/${id}`)).size).toBe(objects.length)
    expect(new Set(objects.map(({ type }) => type))).toEqual(new Set(['index-pattern', 'search', 'visualization', 'lens', 'dashboard']))
  })

  it.each(objects.map((object) => [`${object.type} ${object.id}`, object] as const))('%s: texts of JSON parse, and references lead to what is there', (_, { attributes, references, coreMigrationVersion, typeMigrationVersion }) => {
    const inner = [...allNamed('searchSourceJSON', attributes), ...['visState', 'panelsJSON', 'optionsJSON', 'fieldFormatMap', 'uiStateJSON'].map((name) => attributes[name])].filter((one) => one !== undefined)
    for (const one of inner) expect(() => json(one)).not.toThrow()
    for (const { type, id } of references) expect(objects.some((object) => object.type === type && object.id === id), `${type} ${id}`).toBe(true)
    const named = [...JSON.stringify(attributes).matchAll(/(?:RefName\\*":\\*")([\w.]+)/g)].map(([, name]) => name)
    for (const name of named) expect(references.some((reference) => reference.name.endsWith(String(name)))).toBe(true)
    expect([coreMigrationVersion, typeMigrationVersion]).toEqual(['8.8.0', expect.stringMatching(/^8\.\d\.0$/)])
  })

  it('counts by fields that the index has, and that can be counted by', () => {
    const lens = objects.filter(({ type }) => type === 'lens')
    const fields = lens.flatMap((object) => allNamed('sourceField', object)).map(String).filter((field) => field !== '___records___')
    expect(fields.length).toBeGreaterThan(20)
    for (const field of fields) expect(typeOf(field), field).toMatch(/^(?:keyword|long|ip|date)$/)
  })

  it('asks for fields that the index has', () => {
    const queries = objects.flatMap((object) => [...allNamed('query', object.attributes), ...allNamed('searchSourceJSON', object.attributes).flatMap((one) => allNamed('query', json(one)))]).map((one) => (typeof one === 'string' ? one : '')).filter(Boolean)
    expect(queries).toContain('http.response.status_code:>=500')
    for (const field of queries.flatMap(fieldsInLucene)) expect(fieldPaths(), field).toContain(field)
    const columns = objects.filter(({ type }) => type === 'search').flatMap(({ attributes }) => attributes['columns'] as string[])
    for (const column of columns) expect(fieldPaths()).toContain(column)
    expect(JSON.stringify(objects.find(({ type }) => type === 'visualization')).match(/source\.geo\.location/g)).toHaveLength(2)
    expect(typeOf('source.geo.location')).toBe('geo_point')
  })

  it('looks at every data stream of the indexer', () => {
    const titles = objects.filter(({ type }) => type === 'index-pattern').flatMap(({ attributes }) => String(attributes['title']).split(','))
    expect(titles.sort()).toEqual(dataStreams('*').sort())
  })

  it('draws what it has: each axis, value and row is a column of its layer', () => {
    for (const { id, attributes } of objects.filter(({ type }) => type === 'lens')) {
      const columns = Object.keys(allNamed('columns', (attributes['state'] as { datasourceStates: unknown }).datasourceStates)[0] as object)
      const { visualization } = attributes['state'] as { visualization: unknown }
      const used = ['xAccessor', 'splitAccessor', 'metricAccessor', 'columnId'].flatMap((name) => allNamed(name, visualization)).concat(allNamed('accessors', visualization).flat())
      expect(used.filter((column) => !columns.includes(String(column))), id).toEqual([])
      expect(columns.filter((column) => !used.includes(column)), id).toEqual([])
    }
  })
})

/** Kibana as far as an import asks it: not there for two questions, then answering as it is told. */
async function importInto(success: boolean): Promise<{ code: number; out: string; asked: string[]; body: string; type: string }> {
  const asked: string[] = []
  let body = ''
  let type = ''
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['kbn-xsrf']}`)
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      response.setHeader('content-type', 'application/json')
      if (request.url === '/api/status') {
        response.end(JSON.stringify({ status: { overall: { level: asked.length < 3 ? 'unavailable' : 'available' } } }))
        return
      }
      body = Buffer.concat(chunks).toString()
      type = String(request.headers['content-type'])
      response.end(JSON.stringify({ success, successCount: success ? objects.length : 0 }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const child = spawn(process.execPath, [fileURLToPath(new URL('import.mjs', directory))], { env: { KIBANA_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } })
  let out = ''
  child.stdout.on('data', (chunk) => (out += String(chunk)))
  child.stderr.on('data', (chunk) => (out += String(chunk)))
  const [code] = (await once(child, 'close')) as [number]
  server.close()
  return { code, out, asked, body, type }
}

describe('the import', () => {
  it('waits for Kibana, and sends the file once', async () => {
    const { code, out, asked, body, type } = await importInto(true)
    expect([code, out]).toEqual([0, expect.stringContaining(`${objects.length} objects were imported`)])
    expect(asked).toEqual([...Array.from({ length: 3 }, () => 'GET /api/status swipestream'), 'POST /api/saved_objects/_import?overwrite=true swipestream'])
    expect(type).toMatch(/^multipart\/form-data; boundary=/)
    expect(body).toContain('name="file"; filename="swipestream.ndjson"')
    expect(body).toContain(text)
  })

  it('that Kibana refuses ends with 1, and says what it said', async () => {
    const { code, out } = await importInto(false)
    expect([code, out]).toEqual([1, expect.stringContaining('"success":false')])
  })
})
