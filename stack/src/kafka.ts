import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { liveBrokers } from './kafka-health.js'
import { HOST } from './ports.js'
import type { Command, Server, ServerContext } from './server.js'

/** Apache Kafka in KRaft mode: broker and controller in one JVM. */
export const kafka: Server = {
  name: 'kafka',
  label: 'Kafka 4.3.1',
  needs: [],
  ports: ['kafka', 'controller'],

  async prepare(context) {
    await writeFile(join(context.dir, 'log4j2.properties'), LOGGING)
    await writeFile(properties(context), config(context))
    // In one argument: an id that begins with a dash would be taken for an option.
    const format = ['format', `--cluster-id=${randomBytes(16).toString('base64url')}`, '--config', properties(context)]
    // The quickest a JVM starts: formatting is half of Kafka's start.
    const { command, args, env } = await jvm(context, ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'], 'kafka.tools.StorageTool', format)
    await context.guard.run(command, args, { env: { ...process.env, ...env }, log: context.log })
  },

  async command(context) {
    // Written anew: the ports are those of this start.
    await writeFile(properties(context), config(context))
    return jvm(context, ['-Xmx512m', '-XX:+UseG1GC'], 'kafka.Kafka', [properties(context)])
  },

  ready: async (context) => (await liveBrokers(HOST, context.port('kafka'))) > 0,

  env: (context) => ({ KAFKA_BROKERS: `${HOST}:${context.port('kafka')}` }),
}

function properties(context: ServerContext): string {
  return join(context.dir, 'server.properties')
}

async function jvm(context: ServerContext, flags: string[], main: string, args: string[]): Promise<Command & { env: Record<string, string> }> {
  const [java, jars] = await Promise.all([context.java(), context.jars()])
  const logging = `-Dlog4j2.configurationFile=${join(context.dir, 'log4j2.properties')}`
  return {
    command: java,
    args: [...flags, '-Djava.awt.headless=true', logging, main, ...args],
    cwd: context.dir,
    env: { CLASSPATH: join(jars, 'kafka', '*') },
  }
}

function config(context: ServerContext): string {
  const client = `${HOST}:${context.port('kafka')}`
  const controller = `${HOST}:${context.port('controller')}`
  const settings: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${controller}`,
    'listeners': `PLAINTEXT://${client},CONTROLLER://${controller}`,
    'advertised.listeners': `PLAINTEXT://${client}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(context.dir, 'data'),
    // A topic exists because somebody made it with its partitions and cleanup policy, never because of a typing error.
    'auto.create.topics.enable': 'false',
    // One broker holds the only copy.
    'default.replication.factor': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // A partition of these costs files and start time; they spread load over brokers, and there is one.
    'offsets.topic.num.partitions': 5,
    'transaction.state.log.num.partitions': 5,
    'share.coordinator.state.topic.num.partitions': 1,
    // A consumer group of one machine need not wait for members of others.
    'group.initial.rebalance.delay.ms': 0,
    // A killed broker is let in again when its old session has run out: sooner than after the usual 9 s.
    'broker.session.timeout.ms': 4000,
    'broker.heartbeat.interval.ms': 1000,
    // The default, 128 MiB, is a quarter of the heap.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  }
  return `${Object.entries(settings).map(([name, value]) => `${name}=${value}`).join('\n')}\n`
}

const LOGGING = `
rootLogger.level = WARN
rootLogger.appenderRefs = console
rootLogger.appenderRef.console.ref = CONSOLE
appender.console.name = CONSOLE
appender.console.type = Console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c - %m%n
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = INFO
`
