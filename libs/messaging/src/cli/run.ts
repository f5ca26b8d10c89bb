import { grant } from './acls/grant.js'
import { type CommandLine, type Outcome, type Output, refuseStray, runCommand, UsageError, wholeNumber } from './command.js'
import { commandConfig } from './config.js'
import { create } from './create.js'
import { readTopic } from './read-topic.js'

const help = `Usage: npm run topics -- create --replicas N [--json]
       npm run topics -- read TOPIC [--key KEY] [--from TIME] [--max N] [--reveal] [--json]
       npm run topics -- acls [--check | --apply [--remove] [--passwords FILE]] [--source NAME] [--json]

  create            create every topic of the system, and its dead-letter topic, with its partitions and
                    settings; those that are there are left as they are
  read              print committed records of a topic, decoded, the newest last; no group takes note of it
  acls              print what each service's user may do on the cluster, and nothing more: who reads,
                    writes or creates which topic, has which consumer group and transactional ids

  --replicas N      copies of each partition: 3 in production, 1 on a single broker
  --key KEY         records of this key only; without --from the whole topic is looked through
  --from TIME       the first ones that came at or after a time: 2026-01-05T10:00:00Z, a date (its start, UTC),
                    so long ago (90s, 30m, 12h, 7d), or beginning
  --max N           how many at the most (default: 10); without --from the newest
  --reveal          show what the contract tags as personal, too
  --check           hold the cluster against it: "broken" lists what is missing, and what is too much
  --apply           grant what is missing on the cluster; only a user that may ALTER the cluster can
  --remove          with --apply: take from these users what is not listed; from no others
  --passwords FILE  with --apply: JSON { "USER": "PASSWORD", ... }; makes these users, or their passwords
                    anew, for SCRAM-SHA-512
  --source NAME     what topics of the bank's tables begin with: ETL_SOURCE_NAME and the database, as bank.bank
  --json            print one JSON object as the last line; "broken" lists what does not hold
  --help            print this

Reads KAFKA_BROKERS, KAFKA_TLS and KAFKA_TLS_*, KAFKA_SASL_* and KAFKA_NAMESPACE (a prefix of every topic
and user) from the environment, and for read SCHEMA_REGISTRY_URL; docs/configuration.md tells what they mean,
docs/security.md what acls are for. Dead letters are read by npm run dlq, log entries also by npm run logs -- tail.

Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.`

const options = {
  replicas: { type: 'string' },
  key: { type: 'string' }, from: { type: 'string' }, max: { type: 'string' }, reveal: { type: 'boolean' },
  check: { type: 'boolean' }, apply: { type: 'boolean' }, remove: { type: 'boolean' }, passwords: { type: 'string' }, source: { type: 'string' },
} as const

type Perform = CommandLine<typeof options>['perform']
type Values = Parameters<Perform>[2]

interface Command {
  readonly takes: readonly (keyof typeof options)[]
  readonly perform: (names: readonly string[], values: Values) => Promise<Outcome>
}

const commands: Readonly<Record<string, Command>> = {
  create: { takes: ['replicas'], perform: nameless('create', createAll) },
  read: { takes: ['key', 'from', 'max', 'reveal'], perform: readTopic },
  acls: { takes: ['check', 'apply', 'remove', 'passwords', 'source'], perform: nameless('acls', grant) },
}

/** Runs the topics command; the exit code. */
export function run(args: readonly string[], output: Output): Promise<number> {
  return runCommand({ script: 'topics', help, options, perform }, args, output)
}

async function perform(...[name, names, values]: Parameters<Perform>): Promise<Outcome> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new UsageError(`no such command: ${name}`)
  refuseStray(name, values, options, command.takes)
  return command.perform(names, values)
}

function nameless(name: string, work: (values: Values) => Promise<Outcome>): Command['perform'] {
  return (names, values) => {
    if (names.length > 0) throw new UsageError(`${name} takes no names: ${names.join(' ')}`)
    return work(values)
  }
}

async function createAll({ replicas }: Values): Promise<Outcome> {
  if (replicas === undefined) throw new UsageError('--replicas is missing: 3 in production, 1 on a single broker')
  const copies = wholeNumber('--replicas', replicas, 999)
  const { topics, broken } = await create(commandConfig(), copies)
  const lines = topics.map(({ name, partitions, added }) => `${added ? 'created  ' : 'was there'}  ${name} (${partitions})`)
  return { lines: [...lines, ...broken.map(({ message }) => message)], json: { topics, broken } }
}
