import { type Outcome, type Output, runCommand, UsageError } from '@swipestream/messaging'
import { loadConfiguration } from '../config.js'
import { warehouseOf } from '../warehouse/open-warehouse.js'

/** What it does, in the list of commands. */
export const summary = 'forget what the warehouse has of a topic, so that it is loaded again'

const help = `Usage: npm run etl -- reset TOPIC ... [--json]

Removes the topics' tables from the warehouse (ETL_WAREHOUSE), and how far they were loaded: the next load begins at their
first records. For a topic that was made anew. What is on the topic no more is gone from the warehouse then.

  --json   print one JSON object as the last line
  --help   print this

Exit code: 0 done, 1 failed, 2 wrong use.`

/** Runs `etl reset`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommand({ script: 'etl', help, options: {}, perform: (_, names) => perform(env, names) }, ['reset', ...args], output)
}

async function perform(env: NodeJS.ProcessEnv, topics: readonly string[]): Promise<Outcome> {
  if (topics.length === 0) throw new UsageError('reset takes the names of topics')
  const warehouse = await warehouseOf(loadConfiguration(env))
  try {
    await warehouse.open()
    const known = new Set((await warehouse.tables()).map(({ topic }) => topic))
    const unknown = topics.filter((topic) => !known.has(topic))
    if (unknown.length > 0) throw new UsageError(`the warehouse has nothing of ${unknown.join(', ')}; it has ${[...known].sort().join(', ') || 'no topic'}`)
    for (const topic of topics) await warehouse.reset(topic)
    return { lines: topics.map((topic) => `${topic}: forgotten`), json: { topics, broken: [] } }
  } finally {
    await warehouse.close()
  }
}
