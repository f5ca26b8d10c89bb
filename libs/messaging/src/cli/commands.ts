import { type Output, runCommand, UsageError } from './command.js'

/** One command of several that a script has. */
export interface Command {
  /** One line of the list that `--help` prints. */
  readonly summary: string
  /** Runs it with what follows its name; the exit code. */
  run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number>
}

/**
 * Runs `npm run <script> -- <command> …`; the exit code: 0 every promise holds, 1 one is broken, 2 wrong use.
 *
 * @param commands by name, the first word
 */
export function runCommands(script: string, commands: Readonly<Record<string, Command>>, args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  const [name = '', ...rest] = args
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command) return command.run(rest, env, output)
  const help = [
    `Usage: npm run ${script} -- COMMAND [names] [options]`,
    '',
    ...Object.entries(commands).map(([word, { summary }]) => `  ${word.padEnd(11)}  ${summary}`),
    '',
    `npm run ${script} -- COMMAND --help tells more of one.`,
    '',
    'Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.',
  ].join('\n')
  const perform = (unknown: string) => Promise.reject(new UsageError(`no such command: ${unknown}; the command comes first`))
  return runCommand({ script, help, options: {}, perform }, args, output)
}
