import { join } from 'node:path'
import { repositoryStackDirectory } from '../src/directory.js'
import { StackError, startStack } from '../src/index.js'
import { mariadbRunsHere } from '../src/mariadb.js'
import type { ServerName, Stack } from '../src/index.js'
import type { ContainedName } from './containers/contained-server.js'

/** The variables by which each server is found; a server whose variables are all set is not started here. */
const VARIABLES: Record<ServerName | 'mariadb', readonly string[]> = {
  kafka: ['KAFKA_BROKERS'],
  registry: ['SCHEMA_REGISTRY_URL'],
  postgres: ['POSTGRES_URL'],
  // Mail goes where the test can read it, never to an SMTP server that delivers it.
  mailbox: ['SMTP_URL', 'MAILBOX_URL'],
  // The address of the simulator with its account; credentials alone are those of the real Twilio.
  twilio: ['TWILIO_API_URL', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'],
  mariadb: ['MYSQL_URL'],
}

type Servers = Pick<Stack, 'env' | 'stop'>

interface Shared {
  users: number
  stack: Promise<Servers | undefined>
}

/** Vitest loads this file once for each project that names it, all in one process: they share one stack. */
const SHARED = Symbol.for('swipestream.test-stack')
const global = globalThis as { [SHARED]?: Shared }

/** Gives the tests of a project their servers: those of the environment, and for what it does not name, local ones or containers (TEST_STACK). */
export async function setup(): Promise<void> {
  const shared = (global[SHARED] ??= { users: 0, stack: provideServers() })
  shared.users += 1
  await shared.stack
}

/** Ends the servers that were started, after the last project. */
export async function teardown(): Promise<void> {
  const shared = global[SHARED]
  if (!shared || --shared.users > 0) return
  delete global[SHARED]
  // A stack that could not be started was reported by setup, and has left nothing.
  const stack = await shared.stack.catch(() => undefined)
  if (!stack) return
  // Not there any more for a later run in this process (watch mode).
  for (const name of Object.keys(stack.env)) delete process.env[name]
  await stack.stop()
}

async function provideServers(): Promise<Servers | undefined> {
  // Services that tests start as processes load a quarter faster when what V8 makes of their files is kept.
  process.env.NODE_COMPILE_CACHE ??= join(repositoryStackDirectory(), 'compile-cache')
  const kind = process.env.TEST_STACK ?? ''
  if (!['', 'local', 'containers'].includes(kind)) {
    throw new StackError(
      'TEST_STACK_UNKNOWN',
      `TEST_STACK=${kind} is not known: leave it unset for local servers, set it to containers for those of docker compose's images, or set ${VARIABLES.kafka[0]}, ${VARIABLES.registry[0]}, ${VARIABLES.postgres[0]} and so on to use servers that are running.`,
    )
  }
  const missing = (Object.keys(VARIABLES) as (keyof typeof VARIABLES)[]).filter((name) => VARIABLES[name].some((variable) => !process.env[variable]))
  if (missing.length === 0) return undefined
  const servers = kind === 'containers' ? await inContainers(missing) : await locally(missing)
  // Inherited by the workers, which Vitest starts after this.
  Object.assign(process.env, servers.env)
  return servers
}

async function locally(missing: readonly (keyof typeof VARIABLES)[]): Promise<Servers> {
  const brokers = process.env.KAFKA_BROKERS
  return startStack({
    // Elsewhere only the tests that need it fail, and say what to set.
    servers: missing.filter((name) => name !== 'mariadb' || mariadbRunsHere),
    ...(brokers && !missing.includes('kafka') ? { env: { KAFKA_BROKERS: brokers } } : {}),
    onProgress: say,
  })
}

/** Our own program stays a process of this machine, and so does a registry whose Kafka is one that runs already. */
async function inContainers(missing: readonly (keyof typeof VARIABLES)[]): Promise<Servers> {
  // Not loaded by who does without.
  const { startContainers } = await import('./containers/start-containers.js')
  const contained = missing.filter((name): name is ContainedName => name !== 'twilio' && (name !== 'registry' || missing.includes('kafka')))
  const containers = await startContainers(contained, say)
  try {
    const local = await locally(missing.filter((name) => !(contained as readonly string[]).includes(name)))
    return {
      env: { ...containers.env, ...local.env },
      async stop() {
        await Promise.all([local.stop(), containers.stop()])
      },
    }
  } catch (error) {
    await containers.stop()
    throw error
  }
}

function say(line: string): void {
  console.log(`stack · ${line}`)
}
