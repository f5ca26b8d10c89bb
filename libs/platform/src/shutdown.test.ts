import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'

const LIBRARY = fileURLToPath(new URL('..', import.meta.url))
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const FIXTURE = fileURLToPath(new URL('../dist/slow-service.fixture.js', import.meta.url))
const WAIT = { timeout: 20_000, interval: 20 }

interface Service {
  process: ChildProcess
  url: string
  lines: Record<string, unknown>[]
  exited: Promise<number | null>
}

const children: ChildProcess[] = []

const spawnService = (env: Record<string, string>): Omit<Service, 'url'> => {
  const child = spawn(process.execPath, [FIXTURE], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines: Record<string, unknown>[] = []
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts.map((line) => JSON.parse(line) as Record<string, unknown>))
  })
  const exited = once(child, 'close').then(() => child.exitCode)
  return { process: child, lines, exited }
}

const startFixture = async (): Promise<Service> => {
  const service = spawnService({ HTTP_PORT: '0' })
  const url = await vi.waitFor(() => {
    const line = service.lines.find((each) => typeof each['url'] === 'string')
    if (!line) throw new Error('the service does not listen yet')
    return line['url'] as string
  }, WAIT)
  return { ...service, url }
}

const logged = async (service: Service, msg: string) => {
  await vi.waitFor(() => expect(service.lines).toContainEqual(expect.objectContaining({ msg })), WAIT)
}

const get = (url: string, agent?: Agent) =>
  new Promise<{ status: number | undefined; connection: string | undefined; body: string }>((resolve, reject) => {
    request(url, { ...(agent && { agent }) }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode, connection: response.headers.connection, body }))
    })
      .on('error', reject)
      .end()
  })

beforeAll(() => {
  // The service runs as it does in production, compiled; this costs nothing when it is built already.
  execFileSync(process.execPath, [`${ROOT}/node_modules/typescript/bin/tsc`, '-b', LIBRARY], { stdio: 'inherit' })
}, 120_000)

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

describe('a service in a process of its own', { timeout: 60_000 }, () => {
  it('finishes requests in flight on SIGTERM, refuses new ones, closes its parts, ends with 0', async () => {
    const service = await startFixture()
    const keptOpen = new Agent({ keepAlive: true, maxSockets: 1 })
    expect((await get(`${service.url}/health/ready`, keptOpen)).status).toBe(200)

    const inFlight = get(`${service.url}/slow`, new Agent({ keepAlive: true }))
    await logged(service, 'slow request began')
    service.process.kill('SIGTERM')
    await logged(service, 'shutting down')
    // Reset: it came into the queue of connections just before that was closed.
    await expect(get(`${service.url}/slow`)).rejects.toMatchObject({ code: expect.stringMatching(/^ECONN(REFUSED|RESET)$/) as string })

    expect(await inFlight).toMatchObject({ status: 200, connection: 'close', body: '{"finished":true}' })
    expect(await service.exited).toBe(0)
    expect(service.lines.map(({ msg }) => msg).slice(-3)).toEqual(['request', 'database closed', 'stopped'])
    keptOpen.destroy()
  })

  it('ends at once with 1 on a second signal', async () => {
    const service = await startFixture()
    await get(`${service.url}/hang-at-shutdown`)
    service.process.kill('SIGTERM')
    await logged(service, 'shutting down')
    service.process.kill('SIGINT')
    expect(await service.exited).toBe(1)
    expect(service.lines.at(-1)).toMatchObject({ level: 'fatal', signal: 'SIGINT' })
  })

  it.each([
    ['/throw', 'uncaught exception: thrown for [card]'],
    ['/reject', 'unhandled rejection: rejected'],
    ['/fatal', 'fatal: KAFKA_BROKERS: the password is wrong'],
  ])('logs what happened and ends with 1 after %s', async (path, msg) => {
    const service = await startFixture()
    await get(service.url + path).catch(() => undefined)
    expect(await service.exited).toBe(1)
    expect(service.lines.at(-1)).toMatchObject({ level: 'fatal', msg, err: { stack: expect.any(String) } })
  })

  it('says what is wrong with its configuration and ends with 1', async () => {
    const service = spawnService({ HTTP_PORT: 'eighty' })
    expect(await service.exited).toBe(1)
    expect(service.lines).toHaveLength(1)
    expect(service.lines[0]).toMatchObject({
      level: 'fatal',
      service: 'slow',
      msg: expect.stringContaining('HTTP_PORT must be a number'),
      err: { code: 'CONFIG_INVALID' },
    })
  })
})
