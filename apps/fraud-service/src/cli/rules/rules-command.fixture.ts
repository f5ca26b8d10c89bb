import { run } from './run.js'

/** What of the object tests look into; `toMatchObject` sees all of it. */
type Last = Record<string, unknown> & {
  readonly broken?: readonly unknown[]
  readonly rules?: readonly { readonly rule_id: string; readonly outcome?: string; readonly version: number }[]
}

export interface Ran {
  readonly code: number
  readonly out: readonly string[]
  readonly err: readonly string[]
  /** The last line of standard output; null when it is no JSON. */
  readonly last: Last | null
}

/** Runs `npm run rules -- …` in this process, with its environment. */
export async function rules(...args: readonly string[]): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const code = await run(args, { out: (line) => out.push(line), err: (line) => err.push(line) })
  const last = out.at(-1)
  return { code, out, err, last: last?.startsWith('{') ? (JSON.parse(last) as Last) : null }
}
