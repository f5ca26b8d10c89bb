import { CodedError, type ErrorKind } from '@swipestream/platform'

/**
 * What can go wrong with logs.
 *
 * | code | kind | meaning |
 * | --- | --- | --- |
 * | `LOG_ARCHIVE_DAMAGED` | poison | a compressed file ends too early or is not what was compressed; what comes before is shipped |
 * | `LOG_CHECKPOINT_INVALID` | fatal | the file that remembers how far files were shipped cannot be read |
 * | `LOG_CHECKPOINT_UNWRITABLE` | transient | it cannot be written: the disk is full, or the directory is not ours |
 * | `LOG_CONFIG_INVALID` | fatal | the file that LOG_CONFIG names is not as it must be |
 * | `LOG_STATE_LOCKED` | fatal | another shipper works on the same state directory |
 */
export const logErrorKinds = {
  LOG_ARCHIVE_DAMAGED: 'poison',
  LOG_CHECKPOINT_INVALID: 'fatal',
  LOG_CHECKPOINT_UNWRITABLE: 'transient',
  LOG_CONFIG_INVALID: 'fatal',
  LOG_STATE_LOCKED: 'fatal',
} as const satisfies Record<string, ErrorKind>

export type LogErrorCode = keyof typeof logErrorKinds

/** A failure of the log shipper, with the code that says what to do about it. */
export class LogError extends CodedError {
  override readonly name = 'LogError'

  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(code, logErrorKinds[code], message, options)
  }
}
