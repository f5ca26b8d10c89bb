import { chmod, mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from './connect.js'
import { repositoryStackDirectory } from './directory.js'
import { elasticsearch } from './elasticsearch.js'
import { StackError } from './errors.js'
import { startGuard } from './guard.js'
import type { Guard, GuardedOptions, GuardedProcess } from './guard.js'
import { resolveJars } from './jars.js'
import { findJava } from './java.js'
import { kafka } from './kafka.js'
import { kafkaCluster } from './kafka-cluster.js'
import { kafkaSecured } from './kafka-secured.js'
import { mailbox } from './mailbox.js'
import { mariadb } from './mariadb.js'
import { createDatabase, postgres } from './postgres.js'
import { registry } from './registry.js'
import { RunningServer } from './running-server.js'
import { clusterNames, otherServerNames, serverNames } from './server.js'
import type { AnyServerName, PortName, Server } from './server.js'
import { twilio } from './twilio/twilio.js'

export interface StackOptions {
  /** Default: all that the system needs. Kafka can also be had as a cluster of three, or with TLS and SASL. */
  servers?: readonly AnyServerName[]
  /** Where jars and the data of runs are kept. Default: `.stack` in the root of this repository. */
  dir?: string
  /** Taken when free; any other free port when not. */
  ports?: Partial<Record<PortName, number>>
  /** What servers that are not started here offer: with KAFKA_BROKERS in it, the registry runs on that Kafka. */
  env?: Readonly<Record<string, string>>
  /**
   * For load that lasts: Kafka's JVM compiles what is hot with its second compiler too. That makes it
   * faster, and takes half a core for its first minutes. And a broker has the session it would have in production.
   * Default: it is warm within seconds and soon back after a kill, as a demonstration or a test needs it.
   */
  sustainedLoad?: boolean
  /** One line for a person, without line end. */
  onProgress?: (line: string) => void
}

export interface Stack {
  /** What clients of the servers find in their environment: KAFKA_BROKERS, POSTGRES_URL, … */
  readonly env: Readonly<Record<string, string>>
  /** Directory of this run: data and logs. Removed at the end. */
  readonly dir: string
  /** The log of a server, for error messages and people. */
  logFile(name: AnyServerName): string
  /** Ends a server in order and starts it again with the same data and ports. */
  restart(name: AnyServerName): Promise<void>
  /** Sends a signal (default SIGKILL) to a server and, unless it only stops or continues it, waits until it has ended. */
  kill(name: AnyServerName, signal?: NodeJS.Signals): Promise<void>
  /** Starts a killed server again with the same data and ports, and waits until it is ready. */
  start(name: AnyServerName): Promise<void>
  /** Makes a database on PostgreSQL (if there is none of that name) and returns its URL. */
  createDatabase(name: string): Promise<string>
  /** Starts a process of the caller's that ends with the stack, however this process ends. */
  spawnGuarded(command: string, args: string[], options: GuardedOptions): Promise<GuardedProcess>
  /** Ends what `spawnGuarded` started, then all servers in order, dependents first, and removes the run's directory. */
  stop(): Promise<void>
}

/**
 * Starts the local servers, each as a process of its own on 127.0.0.1, in parallel where their order allows, and
 * resolves when all are ready. When this process ends without `stop`, even by kill -9, they are ended all the same; it
 * installs no signal handler: what Ctrl-C means is the launcher's business.
 *
 * @throws StackError whose message says what to do; nothing is left running then
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { servers = serverNames, dir = repositoryStackDirectory(), ports = {}, env: given = {}, sustainedLoad = false, onProgress = () => {} } = options
  const chosen = choose(servers, given)
  await mkdir(dir, { recursive: true })
  const guard = startGuard()
  const run = await mkdtemp(join(dir, 'run-'))
  guard.removeAtEnd(run)
  // PostgreSQL may have to run as another user: let it through to its own directory.
  await chmod(run, 0o711)

  const env: Record<string, string> = { ...given }
  const java = once(() => findJava())
  const jars = once(() => resolveJars({ cache: join(dir, 'jars'), guard, onProgress }))
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined) // most servers do not wait for another
  const running = new Map<AnyServerName, RunningServer>()
  for (const server of chosen) {
    running.set(server.name, new RunningServer(server, { run, guard, startFailed: failed.promise, env, java, jars, sustainedLoad, preferred: ports, onProgress }))
  }

  const up = new Map<AnyServerName, Promise<void>>()
  const bringUp = async (one: RunningServer): Promise<void> => {
    await Promise.all(one.server.needs.map((name) => up.get(name)))
    await one.bringUp()
    Object.assign(env, one.env)
  }
  // `chosen` is in order of dependence.
  for (const one of running.values()) up.set(one.server.name, bringUp(one))
  try {
    await Promise.all(up.values())
  } catch (error) {
    failed.reject(error)
    for (const one of running.values()) one.expectEnd()
    await guard.close()
    await Promise.allSettled(up.values())
    throw error
  }
  return assemble(running, env, run, guard)
}

function assemble(running: Map<AnyServerName, RunningServer>, env: Record<string, string>, dir: string, guard: Guard): Stack {
  const get = (name: AnyServerName): RunningServer => {
    const one = running.get(name)
    if (!one) throw new StackError('SERVER_UNKNOWN', `${name} is not part of this stack: it has ${[...running.keys()].join(', ')}`)
    return one
  }
  const guests: GuardedProcess[] = []
  let stopping: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    try {
      // They are clients of the servers: they can end in order only while those are there.
      await Promise.all(guests.map((guest) => guest.stop()))
      await stopAll(running)
    } finally {
      await guard.close()
    }
  }
  return {
    env: Object.freeze(env),
    dir,
    logFile: (name) => get(name).log,
    async restart(name) {
      await get(name).stop()
      await get(name).start()
    },
    kill: (name, signal = 'SIGKILL') => get(name).kill(signal),
    start: (name) => get(name).start(),
    createDatabase(name) {
      if (env.POSTGRES_URL === undefined) throw new StackError('SERVER_UNKNOWN', 'this stack has no PostgreSQL')
      return createDatabase(env.POSTGRES_URL, name)
    },
    async spawnGuarded(command, args, options) {
      const guest = await guard.spawn(command, args, options)
      guests.push(guest)
      return guest
    },
    stop: () => (stopping ??= stop()),
  }
}

/** Dependents first: a registry whose Kafka has gone waits for it instead of ending. */
async function stopAll(running: Map<AnyServerName, RunningServer>): Promise<void> {
  const stopped = new Map<AnyServerName, Promise<void>>()
  for (const one of [...running.values()].reverse()) {
    const dependents = [...running.values()].filter(({ server }) => server.needs.includes(one.server.name))
    const first = Promise.all(dependents.map(({ server }) => stopped.get(server.name)))
    stopped.set(one.server.name, first.then(() => one.stop()))
  }
  await Promise.all(stopped.values())
  for (const one of running.values()) one.releasePorts()
}

/** Servers that are nothing without a Kafka, and how one that runs elsewhere is named. */
const STATE_IN_KAFKA: Partial<Record<AnyServerName, string>> = { registry: 'SCHEMA_REGISTRY_URL', connect: 'CONNECT_URL' }

/** The servers asked for, in order of dependence. */
function choose(names: readonly AnyServerName[], given: Readonly<Record<string, string>>): Server[] {
  const known: readonly AnyServerName[] = [...serverNames, ...otherServerNames]
  for (const name of names) {
    if (!known.includes(name)) {
      throw new StackError('SERVER_UNKNOWN', `there is no server ${String(name)}: choose from ${known.join(', ')}`)
    }
  }
  const brokers = names.filter((name) => name.startsWith('kafka'))
  const cluster = clusterNames.filter((name) => names.includes(name))
  if (cluster.length > 0 && cluster.length < clusterNames.length) {
    throw new StackError('SERVER_NEEDS', `${clusterNames.join(', ')} are one cluster: start all of them`)
  }
  if (brokers.length > Math.max(1, cluster.length)) {
    throw new StackError('SERVER_NEEDS', `${brokers.join(', ')} would all be KAFKA_BROKERS: start one Kafka in a stack`)
  }
  const secured = given.KAFKA_TLS === 'true' || given.KAFKA_SASL_MECHANISM
  const unreachable = brokers.length === 0 ? !given.KAFKA_BROKERS || secured : names.includes('kafka-secured')
  for (const [name, variable] of Object.entries(STATE_IN_KAFKA)) {
    if (unreachable && names.includes(name as AnyServerName)) {
      throw new StackError('SERVER_NEEDS', `${name} keeps its state in kafka: start kafka too, or set KAFKA_BROKERS to brokers that it reaches without TLS and SASL, or ${variable} to one that runs`)
    }
  }
  const all: Server[] = [kafka, ...kafkaCluster(), kafkaSecured(), registry, postgres(), mailbox, twilio(), mariadb(), elasticsearch, connect]
  return all.filter(({ name }) => names.includes(name))
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => (result ??= work())
}
