import { type Output, runCommand, UsageError } from '@swipestream/messaging'
import * as ledger from './ledger.js'
import { preview } from './preview.js'
import * as sendTest from './send-test.js'
import * as silence from './silence.js'
import * as token from './token.js'

/** One command of `npm run notify`, in a file of its own. */
export interface NotifyCommand {
  /** One line of the list that `--help` prints. */
  readonly summary: string
  /** Runs it with what follows its name; the exit code. */
  run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number>
}

/** By name: the first word. */
const commands: ReadonlyMap<string, NotifyCommand> = new Map<string, NotifyCommand>([
  ['ledger', ledger],
  ['preview', preview],
  ['send-test', sendTest],
  ['silence', silence],
  ['token', token],
])

const help = [
  'Usage: npm run notify -- COMMAND [names] [options]',
  '',
  ...Array.from(commands, ([name, { summary }]) => `  ${name.padEnd(11)}  ${summary}`),
  '',
  'npm run notify -- COMMAND --help tells more of one.',
  '',
  'Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.',
].join('\n')

/** Runs the notify command; the exit code: 0 every promise holds, 1 one is broken, 2 wrong use. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  const [name = '', ...rest] = args
  const command = commands.get(name)
  if (command) return command.run(rest, env, output)
  const perform = (unknown: string) => Promise.reject(new UsageError(`no such command: ${unknown}; the command comes first`))
  return runCommand({ script: 'notify', help, options: {}, perform }, args, output)
}
