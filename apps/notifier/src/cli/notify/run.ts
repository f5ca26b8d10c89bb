import { type Output, runCommand, UsageError } from '@swipestream/messaging'
import { preview } from './preview.js'

/** One command of `npm run notify`, in a file of its own. */
export interface NotifyCommand {
  /** One line of the list that `--help` prints. */
  readonly summary: string
  /** Runs it with what follows its name; the exit code. */
  run(args: readonly string[], output: Output): Promise<number>
}

/** By name: the first word. */
const commands: ReadonlyMap<string, NotifyCommand> = new Map([['preview', preview]])

/** Runs the notify command; the exit code: 0 every promise holds, 1 one is broken, 2 wrong use. */
export function run(args: readonly string[], output: Output): Promise<number> {
  const [name = ''] = args
  const command = commands.get(name)
  if (command !== undefined) return command.run(args, output)
  const help = ['Usage: npm run notify -- COMMAND [names] [options]', '', ...[...commands].map(([known, { summary }]) => `  ${known.padEnd(11)}  ${summary}`), '', 'npm run notify -- COMMAND --help tells more of one.', '', 'Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.'].join('\n')
  return runCommand({ script: 'notify', help, options: {}, perform: (unknown) => Promise.reject(new UsageError(`no such command: ${unknown}; the command comes first`)) }, args, output)
}
