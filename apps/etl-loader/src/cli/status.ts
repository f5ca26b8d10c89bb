import { type Output, runCommand } from '@swipestream/messaging'

/** What it does, in the list of commands. */
export const summary = 'how far each table has come, and whether source, topic and warehouse are equal'

/** Runs `etl status`; the exit code. */
export function run(args: readonly string[], _: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommand({ script: 'etl', help: '', options: {}, perform: () => Promise.reject(new Error('to come')) }, ['status', ...args], output)
}
