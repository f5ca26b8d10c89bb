import type { Output } from '@swipestream/messaging'

/** What a command did. */
export interface Ran<Last> {
  readonly code: number
  readonly out: readonly string[]
  readonly err: readonly string[]
  /** The last line of standard output; null when it is no JSON. */
  readonly last: Last | null
}

/** Runs a command in this process, with its environment. */
export async function ran<Last>(run: (args: readonly string[], output: Output) => Promise<number>, args: readonly string[]): Promise<Ran<Last>> {
  const out: string[] = []
  const err: string[] = []
  const code = await run(args, { out: (line) => out.push(line), err: (line) => err.push(line) })
  const last = out.at(-1)
  return { code, out, err, last: last?.startsWith('{') ? (JSON.parse(last) as Last) : null }
}
