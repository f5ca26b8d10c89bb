import { existsSync } from 'node:fs'
import { type Outcome, type Output, runCommand, tableOf, UsageError } from '@swipestream/messaging'
import { loadConfig } from '@swipestream/platform'
import type { DuckDBValue } from '@duckdb/node-api'
import { z } from 'zod'
import { DuckDBWarehouse } from '../warehouse/duckdb/duckdb-warehouse.js'
import { questions } from '../warehouse/duckdb/star.js'
import { snowflakeAddress, warehouseConfig } from '../warehouse-config.js'

/** What it does, in the list of commands. */
export const summary = "what the warehouse answers to an analyst's questions"

const help = `Usage: npm run etl -- answers [NAME] [--json]

Without a name, the questions that the warehouse of DuckDB (ETL_WAREHOUSE) has an answer to; with the name of one, the
answer. One process has the file at a time: the loader must not be running.

  --json   print one JSON object as the last line
  --help   print this

Exit code: 0 done, 1 failed, 2 wrong use.`

/** Runs `etl answers`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommand({ script: 'etl', help, options: {}, perform: (_, names) => perform(env, names) }, ['answers', ...args], output)
}

async function perform(env: NodeJS.ProcessEnv, [name, ...more]: readonly string[]): Promise<Outcome> {
  if (more.length > 0) throw new UsageError('answers takes the name of one question')
  const all = await questions()
  if (name === undefined) return { lines: tableOf(['name', 'question'], all.map(({ view, question }) => [view, question])), json: { questions: all, broken: [] } }
  const asked = all.find(({ view }) => view === name)
  if (asked === undefined) throw new UsageError(`there is no question ${name}: there are ${all.map(({ view }) => view).join(', ')}`)
  const config = loadConfig(z.object(warehouseConfig), env)
  const path = config.ETL_WAREHOUSE
  if (snowflakeAddress(path) !== undefined) throw new UsageError("the questions are views of DuckDB's alone")
  if (!existsSync(path)) throw new UsageError(`${path} (ETL_WAREHOUSE) is not there: \`npm run etl -- load\` makes it`)
  const warehouse = new DuckDBWarehouse({ path, memory: config.ETL_DUCKDB_MEMORY })
  await warehouse.open()
  try {
    const rows = (await warehouse.query(`FROM answers.${asked.view}`)).map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, readable(value)])))
    const titles = Object.keys(rows[0] ?? {})
    const cells = rows.map((row) => titles.map((title) => String(row[title] ?? '')))
    return { lines: [asked.question, '', ...(rows.length === 0 ? ['nothing yet'] : tableOf(titles, cells))], json: { ...asked, rows, broken: [] } }
  } finally {
    await warehouse.close()
  }
}

/** Counts as numbers; decimals, days and times as texts. */
function readable(value: DuckDBValue): string | number | boolean | null {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return String(value)
}
