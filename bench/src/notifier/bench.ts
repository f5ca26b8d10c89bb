import type { Stack } from '@swipestream/stack'
import type { Options } from '../options.js'

export type NotifierOptions = Options<'notifier'>

/** What every part works with. */
export interface Bench {
  readonly stack: Stack
  readonly options: NotifierOptions
  /** For logs; gone afterwards. */
  readonly directory: string
  readonly report: (line: string) => void
}
