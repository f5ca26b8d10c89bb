import { type Outcome, type Output, runCommand, UsageError } from '@swipestream/messaging'
import { templatesCommandConfig } from '../config.js'
import { LogIndex } from '../elasticsearch/log-index.js'

/** What it does, in the list of commands. */
export const summary = 'install the index templates, for who indexes without log-indexer'

const help = `Usage: npm run logs -- templates [--json]

Installs what log-indexer installs at its start in the Elasticsearch of ELASTICSEARCH_URL: the templates of the data
streams, and how long documents are kept. For Logstash in its place. Safe to be called again.

  --json      print one JSON object as the last line
  --help      print this

Exit code: 0 they are installed, 1 it failed, 2 wrong use.`

/** Runs `logs templates`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  const perform = (_: string, names: readonly string[]) => {
    if (names.length > 0) throw new UsageError(`logs templates takes no names, not ${names.join(' ')}`)
    return templates(env)
  }
  return runCommand({ script: 'logs', help, options: {}, perform }, ['templates', ...args], output)
}

async function templates(env: NodeJS.ProcessEnv): Promise<Outcome> {
  const index = new LogIndex(templatesCommandConfig(env))
  try {
    const { lifecycle } = await index.prepare()
    const kept = lifecycle ? 'documents are kept as long as LOG_INDEX_RETENTION_DAYS says' : 'this Elasticsearch has no lifecycle management: somebody must roll data streams over and delete'
    return { lines: [`The templates are installed; ${kept}.`], json: { lifecycle, broken: [] } }
  } finally {
    await index.close()
  }
}
