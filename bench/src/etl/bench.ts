import type { Stack } from '@swipestream/stack'
import type { Options } from '../options.js'

export type EtlOptions = Options<'etl'>

/** What every part works with. */
export interface Bench {
  readonly stack: Stack
  readonly options: EtlOptions
  /** For logs, warehouses and files; gone afterwards. */
  readonly directory: string
  readonly report: (line: string) => void
}
