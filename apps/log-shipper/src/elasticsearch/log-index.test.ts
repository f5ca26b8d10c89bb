import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EcsDocument } from '../domain/parse/ecs.js'
import { LogIndex, type NewDocument } from './log-index.js'

interface Asked {
  readonly method: string
  readonly path: string
  readonly body: string
}

/** Answers as a test says; the real server is asked in test/index.int.test.ts. */
let server: Server
let asked: Asked[]
let answer: (request: Asked) => { status: number; body: unknown }
let index: LogIndex

beforeEach(async () => {
  asked = []
  answer = () => ({ status: 200, body: {} })
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { method: request.method ?? '', path: request.url ?? '', body: Buffer.concat(chunks).toString() }
      asked.push(one)
      const { status, body } = answer(one)
      response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  index = new LogIndex({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, namespace: 'default', replicas: 0, retentionDays: 7 })
})
afterEach(async () => {
  await index.close()
  server.close()
})

const document = (message: string): EcsDocument => ({ '@timestamp': '2026-02-03T04:05:06.000Z', ecs: { version: '8' }, event: { kind: 'event', dataset: 'json', original: message }, message })
const documents = (count: number, message = 'm'): NewDocument[] => Array.from({ length: count }, (_, i) => ({ stream: 'logs-json-default', id: `h/f:0:${i}`, document: document(message) }))
const items = (...statuses: (readonly [number, string?])[]) => ({ errors: true, took: 1, items: statuses.map(([status, type]) => ({ create: { status, ...(type !== undefined && { error: { type, reason: `reason of ${type}` } }) } })) })

describe('documents', () => {
  test('are created, there before, or refused, each by itself', async () => {
    answer = () => ({ status: 200, body: items([201], [409, 'version_conflict_engine_exception'], [400, 'document_parsing_exception']) })
    expect(await index.create(documents(3))).toEqual(['created', 'there', { refused: 'document_parsing_exception: reason of document_parsing_exception' }])
    expect(asked[0]?.path).toContain('require_data_stream=true')
    expect(asked[0]?.body.split('\n')[0]).toBe('{"create":{"_index":"logs-json-default","_id":"h/f:0:0"}}')
  })

  test.each([
    [429, 'es_rejected_execution_exception'],
    [403, 'cluster_block_exception'],
    [404, 'index_not_found_exception'],
    [503, 'unavailable_shards_exception'],
  ])('of which one has status %i (%s) are not given up: it passes, or somebody mends it', async (status, type) => {
    answer = () => ({ status: 200, body: items([201], [status, type]) })
    await expect(index.create(documents(2))).rejects.toMatchObject({ code: 'LOG_INDEX_UNAVAILABLE', kind: 'transient', message: expect.stringContaining(type) as unknown })
  })

  test('go in requests of a bounded size, in their order', async () => {
    answer = ({ body }) => ({ status: 200, body: items(...body.trim().split('\n').filter((_, i) => i % 2 === 0).map(() => [201] as const)) })
    expect(await index.create(documents(10, 'm'.repeat(500_000)))).toHaveLength(10)
    expect(asked.length).toBeGreaterThan(2)
    expect(asked.map(({ body }) => [...body.matchAll(/"_id":"h\/f:0:(\d+)"/g)].map(([, id]) => id)).flat()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  })
})

describe('a request that fails', () => {
  test.each([
    [429, {}, 'LOG_INDEX_UNAVAILABLE', 'transient'],
    [503, {}, 'LOG_INDEX_UNAVAILABLE', 'transient'],
    [502, '<html>bad gateway', 'LOG_INDEX_UNAVAILABLE', 'transient'],
    [200, 'no JSON', 'LOG_INDEX_UNAVAILABLE', 'transient'],
    [401, {}, 'LOG_INDEX_FORBIDDEN', 'fatal'],
    [403, {}, 'LOG_INDEX_FORBIDDEN', 'fatal'],
    [400, {}, 'LOG_INDEX_FAILED', 'unknown'],
  ])('with status %i and %j is %s', async (status, body, code, kind) => {
    answer = () => ({ status, body })
    await expect(index.create(documents(1))).rejects.toMatchObject({ code, kind })
  })

  test('for want of a server is one that passes', async () => {
    server.close()
    await expect(index.create(documents(1))).rejects.toMatchObject({ code: 'LOG_INDEX_UNAVAILABLE', kind: 'transient' })
  })
})

describe('templates', () => {
  test.each([
    [200, true],
    [400, false],
    [404, false],
    [405, false],
  ])('of a server that answers %i to a question for lifecycles: with one %s', async (status, lifecycle) => {
    answer = ({ path }) => ({ status: path === '/_ilm/policy' ? status : 200, body: {} })
    expect(await index.prepare()).toEqual({ lifecycle })
    const put = asked.filter(({ method }) => method === 'PUT').map(({ path }) => path)
    const templates = ['/_component_template/swipestream-logs-default-mappings', '/_component_template/swipestream-logs-default-settings', '/_index_template/swipestream-logs-default']
    expect(put).toEqual(lifecycle ? ['/_ilm/policy/swipestream-logs-default', ...templates] : templates)
  })
})
