import { parseArgs } from 'node:util'
import { CodedError, toError } from '@swipestream/platform'
import { topicsConfig } from './config.js'
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

/** A wrong use of the command: its message goes to the person, and the exit code is 2. */
class UsageError extends Error {}

/** Where the command writes: standard output and standard error, a line at a time. */
export interface Output {
  out(line: string): void
  err(line: string): void
}

/** Runs the command; the exit code. */
export async function run(args: readonly string[], { out, err }: Output): Promise<number> {
  let json = false
  try {
    const values = parse(args)
    if (values === 'help') {
      out(help)
      return 0
    }
    json = values.json
    const { topics, broken } = await create(topicsConfig(), values.replicas)
    const say = json ? err : out
    for (const { name, partitions, added } of topics) say(`${added ? 'created  ' : 'was there'}  ${name} (${partitions})`)
    for (const { message } of broken) say(message)
    if (json) out(JSON.stringify({ command: 'create', topics, broken }))
    return broken.length === 0 ? 0 : 1
  } catch (thrown) {
    const { message } = toError(thrown)
    const code = thrown instanceof CodedError ? thrown.code : 'TOPICS_FAILED'
    const wrongUse = thrown instanceof UsageError || code === 'CONFIG_INVALID'
    err(wrongUse ? `${message}\n(npm run topics -- --help tells what it needs)` : `${code}: ${message}`)
    if (json && !wrongUse) out(JSON.stringify({ command: 'create', broken: [{ rule: code, message }] }))
    return wrongUse ? 2 : 1
  }
}

/** @throws UsageError */
function parse(args: readonly string[]): { replicas: number; json: boolean } | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const [command, ...rest] = positionals
  if (command !== 'create') throw new UsageError(command === undefined ? 'a command is missing' : `no such command: ${command}`)
  if (rest.length > 0) throw new UsageError(`create takes no names: ${rest.join(' ')}`)
  if (values.replicas === undefined) throw new UsageError('--replicas is missing: 3 in production, 1 on a single broker')
  if (!/^[1-9]\d{0,2}$/.test(values.replicas)) throw new UsageError(`--replicas takes a whole number from 1, not ${values.replicas}`)
  return { replicas: Number(values.replicas), json: values.json }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { replicas: { type: 'string' }, json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    })
  } catch (error) {
    throw new UsageError(toError(error).message)
  }
}
