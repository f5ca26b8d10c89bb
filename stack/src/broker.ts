import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HOST } from './ports.js'
import type { Command, ServerContext } from './server.js'

/** Of a server that reads them from a file of properties. */
export type Settings = Readonly<Record<string, string | number>>

/** What every broker of the stack is: broker and controller in one JVM, in KRaft mode. */
export const LABEL = 'Kafka 4.3.1'

/** The JVM does without its second compiler. */
const FIRST_COMPILER = ['-XX:TieredStopAtLevel=1']

export function newClusterId(): string {
  return randomBytes(16).toString('base64url')
}

/** Where a broker keeps its records. */
export function dataDirectory(context: ServerContext): string {
  return join(context.dir, 'data')
}

/** Makes the data directory of a broker. `more` are arguments of Kafka's storage tool, such as users to begin with. */
export async function format(context: ServerContext, settings: Settings, clusterId: string, more: readonly string[] = []): Promise<void> {
  await configure(context, settings)
  // In one argument: an id that begins with a dash would be taken for an option.
  const args = ['format', `--cluster-id=${clusterId}`, '--config', properties(context), ...more]
  // The quickest a JVM starts: formatting is half of Kafka's start.
  const { command, args: all, env } = await jvm(context, [...FIRST_COMPILER, '-XX:+UseSerialGC'], 'kafka.tools.StorageTool', args)
  await context.guard.run(command, all, { env: { ...process.env, ...env }, log: context.log })
}

/** The process of a broker. @param flags of the JVM */
export async function brokerCommand(context: ServerContext, settings: Settings, flags: readonly string[]): Promise<Command> {
  // Written anew: the ports are those of this start.
  await configure(context, settings)
  return jvm(context, [...(context.sustainedLoad ? [] : FIRST_COMPILER), ...flags], 'kafka.Kafka', [properties(context)])
}

/** What all brokers of the stack have in common; addresses, copies and who may come in are each one's own. */
export function commonSettings(context: ServerContext, nodeId = 1): Settings {
  return {
    'process.roles': 'broker,controller',
    'node.id': nodeId,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': dataDirectory(context),
    ...behaviour(context.sustainedLoad),
  }
}

/** How every broker behaves that tests meet, wherever it runs. */
export function behaviour(sustainedLoad: boolean): Settings {
  return {
    // A topic exists because somebody made it with its partitions and cleanup policy, never because of a typing error.
    'auto.create.topics.enable': 'false',
    // A partition of these costs files and start time; they spread load over brokers, of which there are few.
    'offsets.topic.num.partitions': 5,
    'transaction.state.log.num.partitions': 5,
    'share.coordinator.state.topic.num.partitions': 1,
    // A consumer group of one machine need not wait for members of others.
    'group.initial.rebalance.delay.ms': 0,
    // A killed broker is let in again when its old session has run out: sooner than after the usual 9 s. Under load a
    // pause of 4 s is no death, and one that is taken for dead, and is not, can lose a marker (docs/adr/0012).
    ...(sustainedLoad ? {} : { 'broker.session.timeout.ms': 4000 }),
    'broker.heartbeat.interval.ms': 1000,
    // A test's topics are deleted at its end: their files are closed then, not a minute later.
    'log.segment.delete.delay.ms': 1000,
    // The default, 128 MiB, is a quarter of the heap or more.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  }
}

/** Where there is one broker, it holds the only copy of everything. */
export function copies(count: number, inSync: number): Settings {
  return {
    'default.replication.factor': count,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': count,
    'transaction.state.log.replication.factor': count,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': count,
    'share.coordinator.state.topic.min.isr': inSync,
  }
}

export function address(context: ServerContext, port: Parameters<ServerContext['port']>[0]): string {
  return `${HOST}:${context.port(port)}`
}

function properties(context: ServerContext): string {
  return join(context.dir, 'server.properties')
}

/** A file of properties. */
export function propertyLines(settings: Settings): string {
  return `${Object.entries(settings).map(([name, value]) => `${name}=${value}`).join('\n')}\n`
}

async function configure(context: ServerContext, settings: Settings): Promise<void> {
  await writeFile(join(context.dir, 'log4j2.properties'), LOGGING)
  await writeFile(properties(context), propertyLines(settings))
}

async function jvm(context: ServerContext, flags: readonly string[], main: string, args: readonly string[]): Promise<Command & { env: Record<string, string> }> {
  const [java, jars] = await Promise.all([context.java(), context.jars()])
  const logging = `-Dlog4j2.configurationFile=${join(context.dir, 'log4j2.properties')}`
  return {
    command: java,
    args: [...flags, '-Djava.awt.headless=true', logging, main, ...args],
    cwd: context.dir,
    env: { CLASSPATH: join(jars, 'kafka', '*') },
  }
}

/** What a JVM of Kafka's says, by log4j 2: what is worth a warning, on its output. */
export const WARNINGS = `
rootLogger.level = WARN
rootLogger.appenderRefs = console
rootLogger.appenderRef.console.ref = CONSOLE
appender.console.name = CONSOLE
appender.console.type = Console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c - %m%n
`

const LOGGING = `${WARNINGS}logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = INFO
`
