import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { run as parse } from '../apps/log-shipper/src/cli/parse.js'
import { observationOf } from '../apps/log-shipper/src/domain/detect/observation.js'
import type { EcsDocument } from '../apps/log-shipper/src/domain/parse/ecs.js'

const program = fileURLToPath(new URL('../apps/transactions-api/dist/main.js', import.meta.url))
const card = '4111111111111111'
let directory: string
const path = (name: string) => join(directory, `transactions-api.access.${name}`)

async function documentsOf(file: string): Promise<EcsDocument[]> {
  let text = ''
  const write = (piece: string) => {
    text += piece
    return Promise.resolve(true)
  }
  const err: string[] = []
  const code = await parse([file, '--timezone', 'UTC'], {}, { out: () => undefined, err: (line) => err.push(line) }, { stdin: Readable.from([]), write })
  expect([code, err.join()]).toEqual([0, expect.stringMatching(/, 0 not$/)])
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as EcsDocument)
}

// Nothing that the service needs is there, so that each request is answered with 503: an outage.
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'swipestream-access-'))
  const away = '127.0.0.1:1'
  const env = {
    ...process.env,
    ACCESS_LOG_DIR: directory,
    HTTP_PORT: '0',
    KAFKA_BROKERS: away,
    SCHEMA_REGISTRY_URL: `http://${away}`,
    DATABASE_URL: `postgres://u:p@${away}/none`,
    CARD_TOKEN_KEYS: `1:${randomBytes(32).toString('base64')}`,
    API_KEYS: `till:${'0'.repeat(64)}:transactions:write`,
  }
  const api = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const base = await new Promise<string>((resolve, reject) => {
    api.once('exit', (code) => reject(new Error(`the service ended: ${code}`)))
    createInterface({ input: api.stdout }).on('line', (line) => {
      const { url } = JSON.parse(line) as { url?: string }
      if (url !== undefined) resolve(url)
    })
  })
  const ask = async (url: string) => {
    const answer = await fetch(new URL(url, base), { headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', referer: 'https://shop.example/"basket"' } })
    await answer.text()
    expect(answer.status).toBe(503)
  }
  try {
    await ask(`/v1/transactions?card_id=${card}&email=ada%40example.org`)
    await vi.waitUntil(() => existsSync(path('log')), { timeout: 10_000 })
    for (const kind of ['log', 'json']) renameSync(path(kind), path(`1.${kind}`))
    api.kill('SIGHUP')
    await vi.waitUntil(() => existsSync(path('log')) && existsSync(path('json')), { timeout: 10_000 })
    await ask('/v1/transactions/019ac2b4-1111-7222-8333-444455556666')
  } finally {
    api.kill('SIGTERM')
    await once(api, 'exit')
  }
}, 120_000)
afterAll(() => rmSync(directory, { recursive: true }))

describe('the access log of transactions-api', () => {
  it.each(['log', 'json'])('in .%s is read by the log shipper, over a rotation, and holds no personal data', async (kind) => {
    const documents = [...(await documentsOf(path(`1.${kind}`))), ...(await documentsOf(path(kind)))]
    expect(documents.map(({ url, http, event }) => [url?.original, http?.request?.method, http?.response?.status_code, event.outcome])).toEqual([
      ['/v1/transactions?card_id=[card]&email=[email]', 'GET', 503, 'failure'],
      ['/v1/transactions/019ac2b4-1111-7222-8333-444455556666', 'GET', 503, 'failure'],
    ])
    expect(documents[0]).toMatchObject({
      source: { address: '127.0.0.1', ip: '127.0.0.1' },
      related: { ip: ['127.0.0.1'] },
      http: { version: '1.1', request: { referrer: 'https://shop.example/"basket"' } },
      url: { path: '/v1/transactions', query: 'card_id=[card]&email=[email]' },
      user_agent: { name: 'Firefox', version: '140.0', os: { name: 'Linux' } },
    })
    expect(documents[0]?.http?.response?.body?.bytes).toBeGreaterThan(100)
    expect(JSON.stringify(documents)).not.toMatch(/4111|ada|%40/)
    const [failed] = documents.map((document) => observationOf(document, 'transactions-api')?.request)
    expect(failed).toMatchObject({ route: 'GET /v1/transactions', failed: true })
  })

  it('in .json has the trace, the route and how long it took, as well', async () => {
    const document = (await documentsOf(path('json'))).at(-1)
    expect(document).toMatchObject({ service: { name: 'transactions-api' }, labels: { route: '/v1/transactions/:id' }, trace: { id: expect.stringMatching(/^[\da-f]{32}$/) }, span: { id: expect.stringMatching(/^[\da-f]{16}$/) } })
    expect(document?.event.duration).toBeGreaterThan(0)
    expect(document?.http?.request?.id).toBe(document?.span?.id)
    expect(document?.json).toBeUndefined()
  })
})
