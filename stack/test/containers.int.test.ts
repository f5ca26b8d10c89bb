import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { getContainerRuntimeClient, LABEL_TESTCONTAINERS_SESSION_ID } from 'testcontainers'
import { afterEach, describe, expect, it, test } from 'vitest'
import { behaviour } from '../src/broker.js'
import { composeService } from './containers/compose.js'
import { findEngine } from './containers/engine.js'
import { kafka, variableOf } from './containers/kafka.js'

const withEngine = process.env.TEST_STACK === 'containers'
if (!withEngine) console.log('what becomes of containers is tested with TEST_STACK=containers only')

const launched: ChildProcess[] = []
afterEach(() => {
  for (const launcher of launched.splice(0)) launcher.kill('SIGKILL')
})

function launch(servers: readonly string[], env: NodeJS.ProcessEnv) {
  const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
  const args = ['--import', path('../src/from-source.ts'), path('containers/launcher.ts'), ...servers]
  const launcher = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  launched.push(launcher)
  return launcher
}

describe('TEST_STACK=containers', () => {
  it('says in one line what to do where no engine answers', async () => {
    const launcher = launch(['mailbox'], { DOCKER_HOST: 'tcp://127.0.0.1:9', TESTCONTAINERS_RYUK_DISABLED: 'true' })
    const [errors, [code]] = await Promise.all([text(launcher.stderr), once(launcher, 'exit')])
    expect(errors).toMatch(/^StackError: TEST_STACK=containers needs a Docker engine, and none answers \(docker info\): start it, or leave TEST_STACK unset for local servers\.$/m)
    expect(code).toBe(1)
  })

  it('refuses the engine of another machine: ports are published for this one alone', async () => {
    const elsewhere = { container: { dockerode: { modem: { host: 'docker.bank.example' } } } } as unknown as Awaited<ReturnType<typeof getContainerRuntimeClient>>
    await expect(findEngine(async () => elsewhere)).rejects.toMatchObject({ code: 'ENGINE_REMOTE', message: expect.stringContaining('DOCKER_HOST names one on docker.bank.example') })
  })

  test('its broker is that of docker compose, with one listener more', () => {
    const compose = composeService('kafka').environment
    const { KAFKA_HEAP_OPTS: _, ...same } = compose
    const own = kafka.environment?.(compose, [20_000])
    expect(own).toMatchObject({ ...same, KAFKA_LISTENERS: expect.stringContaining(compose['KAFKA_LISTENERS'] as string), KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092,MACHINE://127.0.0.1:20000', KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: expect.any(String) })
  })

  test('the local broker and that of docker compose say the same of what both speak of', () => {
    const { environment } = composeService('kafka')
    const shared = Object.entries(behaviour(true)).filter(([name]) => variableOf(name) in environment)
    expect(shared.length).toBeGreaterThanOrEqual(5)
    expect(Object.fromEntries(shared.map(([name]) => [name, environment[variableOf(name)]]))).toEqual(Object.fromEntries(shared.map(([name, value]) => [name, String(value)])))
  })

  it.skipIf(!withEngine)('leaves nothing when the run is killed, without the reaper of Testcontainers too', async () => {
    const launcher = launch(['mailbox'], { TESTCONTAINERS_RYUK_DISABLED: 'true' })
    const line = await Promise.race([once(createInterface(launcher.stdout), 'line'), once(launcher, 'exit').then(async () => Promise.reject(new Error(await text(launcher.stderr))))])
    const { env, session } = JSON.parse(String(line[0])) as { env: { MAILBOX_URL: string }; session: string }
    expect((await fetch(`${env.MAILBOX_URL}/readyz`)).status).toBe(200)
    expect(await leftOf(session)).toHaveLength(2)
    launcher.kill('SIGKILL')
    await expect.poll(() => leftOf(session), { timeout: 60_000, interval: 500 }).toEqual([])
  })
})

/** Ids of the containers, running or not, and networks of a session. */
async function leftOf(session: string): Promise<string[]> {
  const { dockerode } = (await getContainerRuntimeClient()).container
  const filters = { label: [`${LABEL_TESTCONTAINERS_SESSION_ID}=${session}`] }
  const [containers, networks] = await Promise.all([dockerode.listContainers({ all: true, filters }), dockerode.listNetworks({ filters })])
  return [...containers, ...networks].map(({ Id }) => Id)
}
