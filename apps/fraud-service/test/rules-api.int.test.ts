import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { rules } from '../src/cli/rules/rules-command.fixture.js'
import { exampleDraft } from '../src/domain/rule-set/example-rule.js'
import { type ServiceProcess, startProcess } from './service-process.js'

const key = 'a-key'
const { rule_id: _id, ...body } = exampleDraft()

const folder = mkdtempSync(join(tmpdir(), 'rules-'))

let backbone: TestBackbone
let services: readonly ServiceProcess[]

beforeAll(async () => {
  backbone = await testBackbone()
  for (const [name, value] of Object.entries(backbone.env)) vi.stubEnv(name, value)
  await rules('put', draftFile({ rule_id: 'first' }))
  const hash = createHash('sha256').update(key).digest('hex')
  const env = { ...backbone.env, RULES_API_KEYS: `desk:${hash}:rules:read+rules:write` }
  services = await Promise.all([startProcess(env), startProcess(env)])
})
afterAll(async () => {
  await Promise.all((services ?? []).map((service) => service.stop()))
  await backbone.close()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

function draftFile(changes: Parameters<typeof exampleDraft>[0]): string {
  const path = join(folder, 'draft.json')
  writeFileSync(path, JSON.stringify(exampleDraft(changes)))
  return path
}

function call(service: ServiceProcess | undefined, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, ...(init.body ? { 'content-type': 'application/json' } : {}), ...init.headers }
  return fetch(new URL(path, service?.url), { ...init, headers })
}

/** How long it takes until an instance has a rule at a version, in milliseconds. */
async function seenAfter(service: ServiceProcess | undefined, id: string, version: number): Promise<number> {
  const began = performance.now()
  await eventually(async () => (await call(service, `/v1/rules/${id}`)).headers.get('etag') === `"${version}"`, { intervalMs: 5 })
  return performance.now() - began
}

describe('rules of running instances', () => {
  it('are changed by the command: every instance has it within a second of its end', async () => {
    for (const [version, weight] of [[1, 301], [2, 302], [3, 303]] as const) {
      expect(await rules('put', draftFile({ rule_id: 'by_command', weight }))).toMatchObject({ code: 0 })
      expect(await Promise.all(services.map((service) => seenAfter(service, 'by_command', version)))).toSatisfy((all: number[]) => all.every((ms) => ms < 1_000))
    }
  })

  it('are changed by HTTP at one instance: the other has it within a second', async () => {
    const [one, other] = services
    const made = await call(one, '/v1/rules/by_http', { method: 'PUT', headers: { 'if-none-match': '*' }, body: JSON.stringify(body) })
    expect(made.status).toBe(201)
    expect(await made.json()).toMatchObject({ version: 1, created_by: 'desk' })
    expect(await seenAfter(other, 'by_http', 1)).toBeLessThan(1_000)

    const back = await call(other, '/v1/rules/by_http/promote', { method: 'POST', headers: { 'if-match': '"1"' } })
    expect([back.status, ((await back.json()) as { code: string }).code]).toEqual([409, 'FRAUD_RULE_NOT_PROMOTABLE'])
  })

  it('changed at both at once, on the same version: one makes the next, the other gets 412', async () => {
    await rules('put', draftFile({ rule_id: 'at_once' }))
    const answers = await Promise.all(services.map((service, i) =>
      call(service, '/v1/rules/at_once', { method: 'PUT', headers: { 'if-match': '"1"' }, body: JSON.stringify({ ...body, weight: 401 + i }) })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
    expect(await rules('history', 'at_once', '--json')).toMatchObject({ last: { versions: [{ version: 2 }, { version: 1 }] } })
  })
})

describe('an instance', () => {
  it('without keys has no such API', async () => {
    const service = await startProcess(backbone.env)
    onTestFinished(async () => void (await service.stop()))
    expect((await call(service, '/v1/rules')).status).toBe(404)
    expect((await call(service, '/docs')).status).toBe(404)
  })

  it('without a live rule is not ready, and says how to have one; with the first it is', async () => {
    const empty = await testBackbone()
    onTestFinished(() => empty.close())
    const service = await startProcess(empty.env, 'listens')
    onTestFinished(async () => void (await service.stop()))
    await eventually(async () => (await (await call(service, '/health/ready')).text()).includes('npm run rules -- put deploy/rules'))
    vi.stubEnv('KAFKA_NAMESPACE', empty.namespace)
    await rules('put', draftFile({ rule_id: 'shadow_only', mode: 'shadow' }))
    expect((await call(service, '/health/ready')).status).toBe(503)
    await rules('promote', 'shadow_only')
    await eventually(async () => (await call(service, '/health/ready')).ok)
  })
})
