import { registryOf } from '../connection.js'
import { kafkaClient } from '../kafka/client.js'
import { Schemas } from '../schemas.js'
import { type CommandLine, type Outcome, type Output, runCommand, UsageError, wholeNumber } from './command.js'
import { commandConfig, connectionConfig } from './config.js'
import { create } from './create.js'
import { read, type ReadOptions, topicNamed } from './read.js'

const help = `Usage: npm run topics -- create --replicas N [--json]
       npm run topics -- read TOPIC [--key KEY] [--from TIME] [--max N] [--reveal] [--json]

  create         create every topic of the system, and its dead-letter topic, with its partitions and
                 settings; those that are there are left as they are
  read           print committed records of a topic, decoded, the newest last; no group takes note of it

  --replicas N   copies of each partition: 3 in production, 1 on a single broker
  --key KEY      records of this key only; without --from the whole topic is looked through
  --from TIME    the first ones that came at or after a time, 2026-01-05T10:00:00Z or beginning
  --max N        how many at the most (default: 10); without --from the newest
  --reveal       show what the contract tags as personal, too
  --json         print one JSON object as the last line; "broken" lists what does not hold
  --help         print this

Reads KAFKA_BROKERS, KAFKA_TLS and KAFKA_TLS_*, KAFKA_SASL_* and KAFKA_NAMESPACE (a prefix of every topic)
from the environment, and for read SCHEMA_REGISTRY_URL; docs/configuration.md tells what they mean. Dead letters
are read by npm run dlq, log entries also by npm run logs -- tail.

Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.`

const options = { replicas: { type: 'string' }, key: { type: 'string' }, from: { type: 'string' }, max: { type: 'string' }, reveal: { type: 'boolean' } } as const

type Perform = CommandLine<typeof options>['perform']
type Values = Parameters<Perform>[2]

const commands: Readonly<Record<string, { readonly takes: readonly string[]; readonly perform: (names: readonly string[], values: Values) => Promise<Outcome> }>> = {
  create: { takes: ['replicas'], perform: createAll },
  read: { takes: ['key', 'from', 'max', 'reveal'], perform: readOne },
}

/** Runs the topics command; the exit code. */
export function run(args: readonly string[], output: Output): Promise<number> {
  return runCommand({ script: 'topics', help, options, perform }, args, output)
}

async function perform(...[name, names, values]: Parameters<Perform>): Promise<Outcome> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new UsageError(`no such command: ${name}`)
  const stray = Object.keys(options).filter((option) => option in values && !command.takes.includes(option))
  if (stray.length > 0) throw new UsageError(`${name} takes no ${stray.map((option) => `--${option}`).join(', ')}`)
  return command.perform(names, values)
}

async function createAll(names: readonly string[], { replicas }: Values): Promise<Outcome> {
  if (names.length > 0) throw new UsageError(`create takes no names: ${names.join(' ')}`)
  if (replicas === undefined) throw new UsageError('--replicas is missing: 3 in production, 1 on a single broker')
  const copies = wholeNumber('--replicas', replicas, 999)
  const { topics, broken } = await create(commandConfig(), copies)
  const lines = topics.map(({ name, partitions, added }) => `${added ? 'created  ' : 'was there'}  ${name} (${partitions})`)
  return { lines: [...lines, ...broken.map(({ message }) => message)], json: { topics, broken } }
}

async function readOne(names: readonly string[], { key, from, max = '10', reveal = false }: Values): Promise<Outcome> {
  const [name, ...more] = names
  if (name === undefined || more.length > 0) throw new UsageError('read takes one topic')
  const asked = { max: wholeNumber('--max', max, 10_000), reveal, ...(key === undefined ? {} : { key }), ...(from === undefined ? {} : { from: timeOf(from) }) }
  const config = connectionConfig()
  const readOptions: ReadOptions = { ...asked, namespace: config.KAFKA_NAMESPACE }
  const topic = topicNamed(name, config.KAFKA_NAMESPACE)
  const reader = kafkaClient(config, 'topics').reader()
  try {
    return await read(reader, new Schemas(registryOf(config), config.KAFKA_NAMESPACE, []), topic, readOptions)
  } finally {
    await reader.close()
  }
}

/** Milliseconds since the Unix epoch. @throws UsageError */
function timeOf(text: string): number {
  if (text === 'beginning') return 0
  const time = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw new UsageError(`--from takes a time with its offset, such as 2026-01-05T10:00:00Z, or beginning; not ${text}`)
  return time
}
