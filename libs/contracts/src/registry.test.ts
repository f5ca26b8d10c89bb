import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectRegistry, type SchemaRegistry } from './registry.js'

/** A registry of our own, to answer as real ones seldom do. */
let server: Server
let url: string
let requests: { line: string; authorization: string | undefined }[]
let answer: (request: IncomingMessage, response: ServerResponse) => void

beforeEach(async () => {
  requests = []
  server = createServer((request, response) => {
    requests.push({ line: `${request.method} ${request.url}`, authorization: request.headers.authorization })
    answer(request, response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
})

function answers(status: number, body: unknown): void {
  answer = (_, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const calls: [string, (registry: SchemaRegistry) => Promise<unknown>][] = [
  ['schemaById', (registry) => registry.schemaById(1)],
  ['idOf', (registry) => registry.idOf('s', 'string')],
  ['register', (registry) => registry.register('s', 'string')],
  ['checkCompatible', (registry) => registry.checkCompatible('s', 'string')],
  ['setCompatibility', (registry) => registry.setCompatibility('s', 'FULL_TRANSITIVE')],
]

describe.each(calls)('%s', (_, call) => {
  test.each([500, 503, 429, 408])('an answer of %i is a registry away: transient, and not asked again', async (status) => {
    answers(status, { error_code: 50001, message: 'a bad day' })
    await expect(call(connectRegistry({ url }))).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE', kind: 'transient' })
    expect(requests).toHaveLength(1)
  })

  test.each([401, 403])('an answer of %i is a refusal: fatal, naming the variables', async (status) => {
    answers(status, { error_code: status, message: 'no' })
    await expect(call(connectRegistry({ url }))).rejects.toMatchObject({ code: 'REGISTRY_REFUSED', kind: 'fatal', message: expect.stringContaining('SCHEMA_REGISTRY_USERNAME') as string })
  })

  test('no answer at all is transient, within the time given', async () => {
    answer = () => {}
    await expect(call(connectRegistry({ url, timeoutMs: 50 }))).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE', message: expect.stringContaining('does not answer') as string })
  })

  test('nothing at the address is transient', async () => {
    await expect(call(connectRegistry({ url: 'http://127.0.0.1:1' }))).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' })
  })

  test('a 404 that is not of a registry says nothing of a schema: the address is wrong', async () => {
    answers(404, 'nginx')
    await expect(call(connectRegistry({ url }))).rejects.toMatchObject({ code: 'REGISTRY_REFUSED', message: expect.stringContaining('SCHEMA_REGISTRY_URL') as string })
  })

  test('credentials are sent, and are in no message', async () => {
    answers(500, {})
    const error = await call(connectRegistry({ url: url.replace('//', '//user:secret@'), username: 'user', password: 'secret' })).catch((caught: unknown) => caught)
    expect(requests[0]?.authorization).toBe(`Basic ${Buffer.from('user:secret').toString('base64')}`)
    expect(String(error)).not.toContain('secret')
  })
})

describe('schemaById', () => {
  test('gives the schema and remembers it', async () => {
    answers(200, { schema: '{"type":"string"}' })
    const registry = connectRegistry({ url })
    expect(await Promise.all([registry.schemaById(7), registry.schemaById(7)])).toEqual([{ type: 'string' }, { type: 'string' }])
    expect(await registry.schemaById(7)).toEqual({ type: 'string' })
    expect(requests).toHaveLength(1)
  })

  test('an id that is not there is poison, and asked for again the next time', async () => {
    answers(404, { error_code: 40403, message: 'Schema not found' })
    const registry = connectRegistry({ url })
    await expect(registry.schemaById(7)).rejects.toMatchObject({ code: 'SCHEMA_UNKNOWN', kind: 'poison', message: expect.stringContaining('no schema 7') as string })
    answers(200, { schema: '"string"' })
    expect(await registry.schemaById(7)).toBe('string')
  })

  test('a schema of another language is not taken for Avro', async () => {
    answers(200, { schema: '{}', schemaType: 'JSON' })
    await expect(connectRegistry({ url }).schemaById(7)).rejects.toMatchObject({ code: 'SCHEMA_UNKNOWN', message: 'schema 7 is JSON, not Avro' })
  })
})

describe('idOf', () => {
  test('gives the id and remembers it by subject and schema', async () => {
    answers(200, { id: 3, version: 1 })
    const registry = connectRegistry({ url })
    expect([await registry.idOf('s', 'string'), await registry.idOf('s', 'string')]).toEqual([3, 3])
    expect(requests).toHaveLength(1)
    await registry.idOf('s', 'int')
    await registry.idOf('t', 'string')
    expect(requests).toHaveLength(3)
  })

  test('a schema that is not registered is transient: it says what to run', async () => {
    answers(404, { error_code: 40401, message: "Subject 's' not found." })
    await expect(connectRegistry({ url }).idOf('s', 'string')).rejects.toMatchObject({ code: 'SCHEMA_NOT_REGISTERED', kind: 'transient', message: expect.stringContaining('contracts -- register') as string })
  })
})

describe('register', () => {
  test('a schema that breaks with a registered one is fatal', async () => {
    answers(409, { error_code: 409, message: 'READER_FIELD_MISSING_DEFAULT_VALUE' })
    await expect(connectRegistry({ url }).register('s', 'string')).rejects.toMatchObject({ code: 'SCHEMA_INCOMPATIBLE', kind: 'fatal' })
  })

  test('a schema that is not Avro is refused as such', async () => {
    answers(422, { error_code: 42201, message: 'Invalid schema' })
    await expect(connectRegistry({ url }).register('s', 'strign')).rejects.toMatchObject({ code: 'AVRO_SCHEMA_INVALID' })
  })
})

describe('checkCompatible', () => {
  test('gives the reasons that the registry gives, or the way to find them', async () => {
    answers(200, { is_compatible: false, messages: ['a reason'] })
    expect(await connectRegistry({ url }).checkCompatible('s', 'string')).toEqual(['a reason'])
    answers(200, { is_compatible: false })
    expect(await connectRegistry({ url }).checkCompatible('s', 'string')).toEqual([expect.stringContaining('contracts -- check')])
  })

  test('a subject that is new breaks with nothing', async () => {
    answers(200, { is_compatible: true })
    expect(await connectRegistry({ url }).checkCompatible('s', 'string')).toEqual([])
  })
})
