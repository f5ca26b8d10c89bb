import { type Output, runCommands } from '@swipestream/messaging'
import * as answers from './answers.js'
import * as extract from './extract.js'
import * as forget from './forget.js'
import * as load from './load.js'
import * as quarantine from './quarantine.js'
import * as reset from './reset.js'
import * as runTables from './run-tables.js'
import * as status from './status.js'

/** Runs `npm run etl`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommands('etl', { run: runTables, status, extract, load, quarantine, forget, reset, answers }, args, env, output)
}
