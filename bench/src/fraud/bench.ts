import type { Stack } from '@swipestream/stack'
import type { Options } from '../options.js'
import type { GroupProgress } from './group-progress.js'

export type FraudOptions = Options<'fraud'>

/** What every part works with. */
export interface Bench {
  readonly stack: Stack
  readonly progress: GroupProgress
  readonly options: FraudOptions
  /** For logs; gone afterwards. */
  readonly directory: string
  readonly report: (line: string) => void
}
