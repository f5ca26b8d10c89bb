import { type Output, runCommand, UsageError, wholeNumber } from './command.js'
import { commandConfig } from './config.js'
import { create } from './create.js'

const help = `Usage: npm run topics -- create --replicas N [--json]

  create         create every topic of the system, and its dead-letter topic, with its partitions and
                 settings; those that are there are left as they are

  --replicas N   copies of each partition: 3 in production, 1 on a single broker
  --json         print one JSON object as the last line; "broken" lists what does not hold
  --help         print this

Reads KAFKA_BROKERS, KAFKA_TLS and KAFKA_TLS_*, KAFKA_SASL_* and KAFKA_NAMESPACE (a prefix of every topic)
from the environment; docs/configuration.md tells what they mean.

Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.`

const options = { replicas: { type: 'string' } } as const

/** Runs the topics command; the exit code. */
export function run(args: readonly string[], output: Output): Promise<number> {
  return runCommand(
    {
      script: 'topics',
      help,
      options,
      async perform(command, names, { replicas }) {
        if (command !== 'create') throw new UsageError(`no such command: ${command}`)
        if (names.length > 0) throw new UsageError(`create takes no names: ${names.join(' ')}`)
        if (replicas === undefined) throw new UsageError('--replicas is missing: 3 in production, 1 on a single broker')
        const copies = wholeNumber('--replicas', replicas, 999)
        const { topics, broken } = await create(commandConfig(), copies)
        const lines = topics.map(({ name, partitions, added }) => `${added ? 'created  ' : 'was there'}  ${name} (${partitions})`)
        return { lines: [...lines, ...broken.map(({ message }) => message)], json: { topics, broken } }
      },
    },
    args,
    output,
  )
}
