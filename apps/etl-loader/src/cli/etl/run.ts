import { type CommandLine, type Outcome, type Output, runCommand, UsageError } from '@swipestream/messaging'
import { extract } from './extract.js'
import { help } from './help.js'

const options = {
  source: { type: 'string' },
  tables: { type: 'string' },
  config: { type: 'string' },
  once: { type: 'boolean' },
} as const

type Perform = CommandLine<typeof options>['perform']

/** Runs the etl command; the exit code. */
export function run(args: readonly string[], output: Output): Promise<number> {
  return runCommand({ script: 'etl', help, options, perform }, args, output)
}

async function perform(...[command, names, { source, tables, config, once = false }, progress]: Parameters<Perform>): Promise<Outcome> {
  if (command !== 'extract') throw new UsageError(`no such command: ${command}`)
  if (names.length > 0) throw new UsageError(`extract takes no names: ${names.join(' ')}`)
  return extract({ source, tables, config, once }, progress)
}
