import { join } from 'node:path'
import { repositoryStackDirectory } from '../src/directory.js'
import { StackError, startStack } from '../src/index.js'
import { mariadbRunsHere } from '../src/mariadb.js'
import type { ServerName, Stack } from '../src/index.js'

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

interface Shared {
  users: number
  stack: Promise<Stack | undefined>
}

/** Vitest loads this file once for each project that names it, all in one process: they share one stack. */
const SHARED = Symbol.for('swipestream.test-stack')
const global = globalThis as { [SHARED]?: Shared }

/** Gives the tests of a project their servers: those of the environment, and local ones for what it does not name. */
export async function setup(): Promise<void> {
  const shared = (global[SHARED] ??= { users: 0, stack: provideServers() })
  shared.users += 1
  await shared.stack
}

/** Ends the local servers after the last project. */
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

async function provideServers(): Promise<Stack | undefined> {
  // Services that tests start as processes load a quarter faster when what V8 makes of their files is kept.
  process.env.NODE_COMPILE_CACHE ??= join(repositoryStackDirectory(), 'compile-cache')
  const kind = process.env.TEST_STACK ?? ''
  if (kind !== '' && kind !== 'local') {
    throw new StackError(
      'TEST_STACK_UNKNOWN',
      `TEST_STACK=${kind} is not known: leave it unset for local servers, or set ${VARIABLES.kafka[0]}, ${VARIABLES.registry[0]}, ${VARIABLES.postgres[0]} and so on to use servers that are running.`,
    )
  }
  const missing = (Object.keys(VARIABLES) as (keyof typeof VARIABLES)[]).filter((name) => VARIABLES[name].some((variable) => !process.env[variable]))
  // Elsewhere only the tests that need it fail, and say what to set.
  if (missing.includes('mariadb') && !mariadbRunsHere) missing.splice(missing.indexOf('mariadb'), 1)
  if (missing.length === 0) return undefined
  const brokers = process.env.KAFKA_BROKERS
  const stack = await startStack({
    servers: missing,
    ...(brokers && !missing.includes('kafka') ? { env: { KAFKA_BROKERS: brokers } } : {}),
    onProgress: (line) => console.log(`stack · ${line}`),
  })
  // Inherited by the workers, which Vitest starts after this.
  Object.assign(process.env, stack.env)
  return stack
}
