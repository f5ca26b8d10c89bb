import { connect, connectionConfig, type Outcome, type Output, runCommand, UsageError } from '@swipestream/messaging'
import { loadConfig } from '@swipestream/platform'
import { z } from 'zod'
import { ForgetCustomer, type Forgotten } from '../app/forget-customer.js'
import { type Emptied, forgetInTargets } from '../app/load/forget-in-targets.js'
import { transformConfig } from '../config.js'
import { EtlError } from '../errors.js'

/** What it does, in the list of commands. */
export const summary = 'erase a customer from the topics, and from all that is made of them'

const help = `Usage: npm run etl -- forget CUSTOMER_ID [--dry-run] [--json]

Erases a customer, with every row that is the same person and their cards: a tombstone on the topics of the source's
tables, on customers and cards, on the sums of the cards, and on the quarantine. The notifier and the loader erase what
they have when they read it; brokers, within 24 hours.

Where ETL_WAREHOUSE or ETL_LAKE_DIR names a warehouse or lake that no loader is at work on, what is there of the customer
is emptied at once, and counted.

Erase the customer in the bank's database first: a row that is still there comes back with its next change.

  --dry-run        tell what would be erased
  --json           print one JSON object as the last line
  --help           print this

Reads KAFKA_BROKERS, KAFKA_TLS and KAFKA_TLS_*, KAFKA_SASL_*, KAFKA_NAMESPACE, SCHEMA_REGISTRY_URL, ETL_SOURCE_NAME and
ETL_SOURCE_DATABASE, and what load reads of warehouse and lake, from the environment.

Exit code: 0 it is done, 1 there was nothing to erase, it could not be done, or records cannot be read, 2 wrong use.`

const options = { 'dry-run': { type: 'boolean' } } as const

/** Runs `etl forget`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  const line = { script: 'etl', help, options }
  return runCommand({ ...line, perform: (_, names, values, progress) => perform(env, names, values['dry-run'] ?? false, progress) }, ['forget', ...args], output)
}

async function perform(env: NodeJS.ProcessEnv, [customerId, ...more]: readonly string[], dryRun: boolean, progress: (line: string) => void): Promise<Outcome> {
  if (customerId === undefined || customerId === '' || more.length > 0) throw new UsageError("forget takes one customer's id")
  const config = connectionConfig(env)
  const source = loadConfig(z.object(transformConfig), env)
  const connection = await connect({ service: 'etl', config, produces: [] })
  try {
    const forgotten = await forgottenOnTopics(new ForgetCustomer(connection, config.KAFKA_NAMESPACE, source), customerId, dryRun, progress)
    if ('code' in forgotten) return await onlyInTargets(env, customerId, dryRun, forgotten)
    const lines = Object.entries(forgotten.tombstones).map(([topic, count]) => `${topic}: ${count}`)
    const broken = Object.entries(forgotten.unreadable).map(([topic, count]) => ({
      rule: 'ETL_RECORDS_UNREADABLE', message: `${count} records of ${topic} cannot be decoded: whether they are this customer's is not known, and they are left as they are`, topic,
    }))
    const emptied = dryRun ? {} : await forgetInTargets(env, forgotten)
    lines.push(...Object.entries(emptied).map(([target, done]) => sentenceOf(target, done)))
    lines.push(...broken.map(({ message }) => message))
    return { lines: [`${dryRun ? 'would be erased' : 'erased'}: ${forgotten.customers.join(', ')}, with ${forgotten.cards.length} cards`, ...lines], json: { ...forgotten, ...emptied, dryRun, broken } }
  } finally {
    await connection.close()
  }
}

/** What was erased, or the error that no topic knows the customer. @throws any other */
async function forgottenOnTopics(forget: ForgetCustomer, customerId: string, dryRun: boolean, progress: (line: string) => void): Promise<Forgotten | EtlError> {
  try {
    return await forget.run(customerId, dryRun, progress)
  } catch (error) {
    if (error instanceof EtlError && error.code === 'ETL_CUSTOMER_UNKNOWN') return error
    throw error
  }
}

/** What no topic has any more may still be in warehouse and lake. @throws the error, when it is not there either */
async function onlyInTargets(env: NodeJS.ProcessEnv, customerId: string, dryRun: boolean, unknown: EtlError): Promise<Outcome> {
  const emptied = dryRun ? {} : await forgetInTargets(env, { customers: [customerId], cards: [] })
  if (!Object.values(emptied).some(({ rows }) => (rows ?? 0) > 0)) throw unknown
  return { lines: Object.entries(emptied).map(([target, done]) => sentenceOf(target, done)), json: { customers: [customerId], cards: [], tombstones: {}, unreadable: {}, ...emptied, dryRun, broken: [] } }
}

function sentenceOf(target: string, { rows, left }: Emptied): string {
  return left === null ? `${target}: ${rows} rows emptied` : `${target}: ${left}`
}
