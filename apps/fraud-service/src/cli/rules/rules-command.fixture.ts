import { type Ran, ran } from '@swipestream/messaging/testing'
import { run } from './run.js'

/** What of the object tests look into; `toMatchObject` sees all of it. */
type Last = Record<string, unknown> & {
  readonly broken?: readonly unknown[]
  readonly rules?: readonly { readonly rule_id: string; readonly outcome?: string; readonly version: number }[]
}

/** Runs `npm run rules -- …` in this process, with its environment. */
export const rules = (...args: readonly string[]): Promise<Ran<Last>> => ran<Last>((output) => run(args, output))
