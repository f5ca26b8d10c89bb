import { run } from './run.js'

/** What a command did. */
export interface Ran {
  readonly code: number
  readonly out: readonly string[]
  readonly err: readonly string[]
  /** The last line of standard output; empty when it is no JSON. */
  readonly last: Readonly<Record<string, unknown>>
}

/** Runs `npm run etl -- …` in this process, with this environment. */
export async function etl(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const code = await run(args, env, { out: (line) => out.push(line), err: (line) => err.push(line) })
  const last = out.at(-1)
  return { code, out, err, last: last?.startsWith('{') ? (JSON.parse(last) as Ran['last']) : {} }
}
