import { type Ran, ran } from '@swipestream/messaging/testing'
import { run } from './run.js'

type Last = Readonly<Record<string, unknown>>

/** Runs `npm run etl -- …` in this process, with this environment; `last` is empty when it is no JSON. */
export async function etl(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ran<Last> & { readonly last: Last }> {
  const done = await ran<Last>((output) => run(args, env, output))
  return { ...done, last: done.last ?? {} }
}
