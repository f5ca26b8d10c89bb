import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kafkaTool } from '@swipestream/stack'
import type { System } from './system.js'

/** Where `npm start` says, for a shell, where everything is: `. .stack/start.env`. */
export const startEnvFile = join(fileURLToPath(new URL('../../../', import.meta.url)), '.stack/start.env')

/** Writes the file; only its owner can read it, for it holds keys. Another system's, of before, is replaced. */
export async function writeStartEnv(system: System, file = startEnvFile): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const { command, env } = await kafkaTool('', [])
  // A file that is there keeps its mode.
  await rm(file, { force: true })
  await writeFile(file, startEnv({ ...system, kafka: { java: command, classPath: env?.['CLASSPATH'] ?? '' } }), { mode: 0o600 })
}

/** What is told of a system. */
export type Told = Pick<System, 'services' | 'secrets' | 'mail' | 'sms' | 'etl'> & {
  readonly stack: Pick<System['stack'], 'dir' | 'env'>
  /** By which Kafka's own tools run. */
  readonly kafka: { readonly java: string; readonly classPath: string }
}

/** What the pages of docs/ call the addresses and keys of a running system, as lines for bash or zsh. */
export function startEnv({ services, secrets, mail, sms, etl, stack, kafka }: Told): string {
  const variables: Record<string, string | undefined> = {
    API: services['transactions-api'].url,
    API_KEY: secrets.apiKey,
    FRAUD: services['fraud-service'].url,
    RULES_KEY: secrets.rulesApiKey,
    NOTIFIER: services.notifier.url,
    NOTIFIER_KEY: secrets.notifierApiKey,
    MAILBOX: mail?.url,
    // The e-mails to an address, as JSON: the address goes behind it.
    MAILS: mail ? `${mail.url}/api/email?to.address=` : undefined,
    SMS: sms?.url,
    KAFKA_BROKERS: stack.env['KAFKA_BROKERS'],
    SCHEMA_REGISTRY_URL: stack.env['SCHEMA_REGISTRY_URL'],
    ETL_WAREHOUSE: etl?.warehouse,
    LOGS: stack.dir,
  }
  const lines = Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [`export ${name}=${quoted(value)}`]))
  return [...lines, ...functionsOf(kafka), ''].join('\n')
}

/** deploy/compose.env has the same. */
function functionsOf({ java, classPath }: Told['kafka']): string[] {
  return [
    '# The log of a service, such as fraud-service.',
    'logs_of() { cat "$LOGS/$1.log"; }',
    "# Kafka's own kafka-consumer-groups.sh and kafka-topics.sh.",
    'kafka_tool() {',
    '  local main',
    '  case $1 in',
    '    consumer-groups) main=org.apache.kafka.tools.consumer.group.ConsumerGroupCommand ;;',
    '    topics) main=org.apache.kafka.tools.TopicCommand ;;',
    '    *) echo "kafka_tool knows consumer-groups and topics, not $1" >&2; return 2 ;;',
    '  esac',
    '  shift',
    `  CLASSPATH=${quoted(classPath)} ${quoted(java)} "$main" --bootstrap-server "$KAFKA_BROKERS" "$@" 2>/dev/null`,
    '}',
  ]
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`
}
