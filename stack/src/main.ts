import { parseArgs } from 'node:util'
import { StackError } from './errors.js'
import { clusterNames, serverNames } from './server.js'
import type { AnyServerName, PortName } from './server.js'
import { startStack } from './stack.js'

/** The ports people expect, when they are free. */
const USUAL: Record<PortName, number> = {
  kafka: 9092,
  tls: 9094,
  mutualTls: 9095,
  controller: 9093,
  registry: 8081,
  postgres: 5432,
  smtp: 1025,
  mailbox: 1080,
  twilio: 4010,
  mariadb: 3306,
  elasticsearch: 9200,
  connect: 8083,
}

const USAGE = `npm run stack [-- --servers ${serverNames.join(',')}]

Starts the local servers, prints the environment for their clients and stays until Ctrl-C.
In place of kafka there can be ${clusterNames.join(',')}, a cluster, or kafka-secured, a broker with TLS and SASL.
Beside them there can be mariadb, a source of tables, connect, which is Kafka Connect with Debezium, and elasticsearch,
the core of it.`

/** The stack alone. Standard output has only the lines to paste; progress goes to standard error. */
async function main(): Promise<void> {
  const servers = serversFrom(process.argv.slice(2))
  // From here on Ctrl-C waits for the servers, also while they start.
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
  const onProgress = (line: string): void => console.error(line)
  const starting = startStack({ servers, ports: USUAL, onProgress })
  const stack = await Promise.race([starting, asked])
  if (stack) {
    for (const [name, value] of Object.entries(stack.env)) console.log(`export ${name}=${quoted(value)}`)
    console.error(`logs are in ${stack.dir}; Ctrl-C ends everything`)
    await asked
  }
  console.error('stopping')
  // Interrupted while starting: the guardian ends what is there when this process ends.
  await stack?.stop()
}

function serversFrom(args: string[]): readonly AnyServerName[] {
  try {
    const { values } = parseArgs({ args, options: { servers: { type: 'string' }, help: { type: 'boolean', short: 'h' } } })
    if (values.help) {
      console.log(USAGE)
      process.exit(0)
    }
    return (values.servers?.split(',') ?? serverNames) as AnyServerName[]
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    process.exit(2)
  }
}

/** For a POSIX shell. */
function quoted(value: string): string {
  return /^[\w./:,@%+-]*$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    if (!(error instanceof StackError)) console.error(error)
    else console.error(error.message)
    const wrongUse = error instanceof StackError && (error.code === 'SERVER_UNKNOWN' || error.code === 'SERVER_NEEDS')
    process.exit(wrongUse ? 2 : 1)
  },
)
