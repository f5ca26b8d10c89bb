import { type Output, runCommand, UsageError } from '@swipestream/messaging'
import * as ship from './ship.js'
import * as status from './status.js'

/** One command of `npm run logs`, in a file of its own. */
export interface LogsCommand {
  /** One line of the list that `--help` prints. */
  readonly summary: string
  /** Runs it with what follows its name; the exit code. */
  run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number>
}

/** By name: the first word. */
const commands: ReadonlyMap<string, LogsCommand> = new Map<string, LogsCommand>([
  ['ship', ship],
  ['status', status],
])

const help = [
  'Usage: npm run logs -- COMMAND [names] [options]',
  '',
  ...Array.from(commands, ([name, { summary }]) => `  ${name.padEnd(11)}  ${summary}`),
  '',
  'npm run logs -- COMMAND --help tells more of one.',
  '',
  'Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.',
].join('\n')

/** Runs the logs command; the exit code: 0 every promise holds, 1 one is broken, 2 wrong use. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  const [name = '', ...rest] = args
  const command = commands.get(name)
  if (command) return command.run(rest, env, output)
  const perform = (unknown: string) => Promise.reject(new UsageError(`no such command: ${unknown}; the command comes first`))
  return runCommand({ script: 'logs', help, options: {}, perform }, args, output)
}
