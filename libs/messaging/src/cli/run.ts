import { readFileSync } from 'node:fs'
import { toError } from '@swipestream/platform'
import { acls, textOf } from './acls/acls.js'
import { grantsOf, users } from './acls/grants.js'
import { type Outcome, type Output, runCommand, UsageError, wholeNumber } from './command.js'
import { commandConfig, namespaceConfig } from './config.js'
import { create } from './create.js'

const help = `Usage: npm run topics -- create --replicas N [--json]
       npm run topics -- acls [--check | --apply [--remove] [--passwords FILE]] [--source NAME] [--json]

  create            create every topic of the system, and its dead-letter topic, with its partitions and
                    settings; those that are there are left as they are
  acls              print what each service's user may do on the cluster, and nothing more: who reads,
                    writes or creates which topic, has which consumer group and transactional ids

  --replicas N      copies of each partition: 3 in production, 1 on a single broker
  --check           hold the cluster against it: "broken" lists what is missing, and what is too much
  --apply           grant what is missing on the cluster; only a user that may ALTER the cluster can
  --remove          with --apply: take from these users what is not listed; from no others
  --passwords FILE  with --apply: JSON { "USER": "PASSWORD", ... }; makes these users, or their passwords
                    anew, for SCRAM-SHA-512
  --source NAME     what topics of the bank's tables begin with: ETL_SOURCE_NAME and the database, as bank.bank
  --json            print one JSON object as the last line; "broken" lists what does not hold
  --help            print this

Reads KAFKA_BROKERS, KAFKA_TLS and KAFKA_TLS_*, KAFKA_SASL_* and KAFKA_NAMESPACE (a prefix of every topic
and user) from the environment; docs/configuration.md tells what they mean, docs/security.md what for.

Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.`

const options = {
  replicas: { type: 'string' }, check: { type: 'boolean' }, apply: { type: 'boolean' }, remove: { type: 'boolean' }, passwords: { type: 'string' }, source: { type: 'string' },
} as const

interface Values {
  readonly replicas?: string | undefined
  readonly check?: boolean | undefined
  readonly apply?: boolean | undefined
  readonly remove?: boolean | undefined
  readonly passwords?: string | undefined
  readonly source?: string | undefined
}

const commands: Readonly<Record<string, { readonly takes: readonly (keyof Values)[]; readonly perform: (values: Values) => Promise<Outcome> }>> = {
  create: { takes: ['replicas'], perform: createAll },
  acls: { takes: ['check', 'apply', 'remove', 'passwords', 'source'], perform: grant },
}

/** Runs the topics command; the exit code. */
export function run(args: readonly string[], output: Output): Promise<number> {
  return runCommand(
    {
      script: 'topics',
      help,
      options,
      async perform(name, names, values) {
        const command = Object.hasOwn(commands, name) ? commands[name] : undefined
        if (!command) throw new UsageError(`no such command: ${name}`)
        if (names.length > 0) throw new UsageError(`${name} takes no names: ${names.join(' ')}`)
        const stray = (Object.keys(options) as (keyof Values)[]).filter((option) => option in values && !command.takes.includes(option))
        if (stray.length > 0) throw new UsageError(`${name} takes no ${stray.map((option) => `--${option}`).join(', ')}`)
        return command.perform(values)
      },
    },
    args,
    output,
  )
}

async function createAll({ replicas }: Values): Promise<Outcome> {
  if (replicas === undefined) throw new UsageError('--replicas is missing: 3 in production, 1 on a single broker')
  const copies = wholeNumber('--replicas', replicas, 999)
  const { topics, broken } = await create(commandConfig(), copies)
  const lines = topics.map(({ name, partitions, added }) => `${added ? 'created  ' : 'was there'}  ${name} (${partitions})`)
  return { lines: [...lines, ...broken.map(({ message }) => message)], json: { topics, broken } }
}

async function grant({ source = 'bank.bank', check = false, apply = false, remove = false, passwords }: Values): Promise<Outcome> {
  if (check && apply) throw new UsageError('--check changes nothing, --apply does: one of the two')
  if (!apply && (remove || passwords !== undefined)) throw new UsageError('--remove and --passwords need --apply')
  if (!/^[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]+$/.test(source)) throw new UsageError(`--source takes two names and a dot between them, as bank.bank, not ${source}`)
  if (!check && !apply) {
    const { KAFKA_NAMESPACE: namespace } = namespaceConfig()
    const needed = grantsOf({ namespace, source })
    return { lines: needed.map(textOf), json: { acls: needed, broken: [] } }
  }
  const asked = { source, mode: apply ? 'apply' : 'check', remove, passwords: passwords === undefined ? {} : passwordsIn(passwords) } as const
  const { acls: states, broken } = await acls(commandConfig(), asked)
  return { lines: states.map(({ state, ...acl }) => `${state.padEnd(10)}  ${textOf(acl)}`), json: { acls: states, broken } }
}

/** @throws UsageError, which repeats nothing of what is in the file */
function passwordsIn(file: string): Record<string, string> {
  let read: unknown
  try {
    read = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`--passwords ${file} cannot be read${error instanceof SyntaxError ? ' as JSON' : `: ${toError(error).message}`}`)
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new UsageError(`--passwords ${file} is no object of users and passwords`)
  for (const [user, password] of Object.entries(read)) {
    if (!users.includes(user)) throw new UsageError(`--passwords ${file} names ${user}; the users are ${users.join(', ')}`)
    if (typeof password !== 'string' || password.length < 16) throw new UsageError(`--passwords ${file}: the password of ${user} is no text of at least 16 characters`)
  }
  return read as Record<string, string>
}
