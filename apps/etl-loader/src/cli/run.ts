import { type Output, runCommand, UsageError } from '@swipestream/messaging'
import * as extract from './extract.js'
import * as forget from './forget.js'
import * as quarantine from './quarantine.js'

/** One command of `npm run etl`, in a file of its own. */
export interface EtlCommand {
  /** One line of the list that `--help` prints. */
  readonly summary: string
  /** Runs it with what follows its name; the exit code. */
  run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number>
}

/** By name: the first word. */
const commands: ReadonlyMap<string, EtlCommand> = new Map<string, EtlCommand>([
  ['extract', extract],
  ['forget', forget],
  ['quarantine', quarantine],
])

const help = [
  'Usage: npm run etl -- COMMAND [names] [options]',
  '',
  ...Array.from(commands, ([name, { summary }]) => `  ${name.padEnd(11)}  ${summary}`),
  '',
  'npm run etl -- COMMAND --help tells more of one.',
  '',
  'Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.',
].join('\n')

/** Runs the etl command; the exit code: 0 every promise holds, 1 one is broken, 2 wrong use. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  const [name = '', ...rest] = args
  const command = commands.get(name)
  if (command) return command.run(rest, env, output)
  const perform = (unknown: string) => Promise.reject(new UsageError(`no such command: ${unknown}; the command comes first`))
  return runCommand({ script: 'etl', help, options: {}, perform }, args, output)
}
