import type { Output } from './command.js'

/** What a command did. */
export interface Ran<Last> {
  readonly code: number
  readonly out: readonly string[]
  readonly err: readonly string[]
  /** The last line of standard output; null when it is no JSON. */
  readonly last: Last | null
}

/** Runs a command in this process, for tests. */
export async function ran<Last>(run: (output: Output) => Promise<number>): Promise<Ran<Last>> {
  const out: string[] = []
  const err: string[] = []
  const code = await run({ out: (line) => out.push(line), err: (line) => err.push(line) })
  const last = out.at(-1)
  return { code, out, err, last: last?.startsWith('{') ? (JSON.parse(last) as Last) : null }
}
