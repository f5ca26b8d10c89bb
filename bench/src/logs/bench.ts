import type { Stack } from '@swipestream/stack'
import type { Options } from '../options.js'
import type { AccessLog } from './access-log.js'

export type LogsOptions = Options<'logs'>

/** What every part works with. */
export interface Bench {
  readonly stack: Stack
  readonly options: LogsOptions
  /** For the log that is shipped, and for what each side keeps and says; gone afterwards. */
  readonly directory: string
  readonly log: AccessLog
  readonly report: (line: string) => void
}

export const mebibyte = 2 ** 20
