import { CodedError, type ErrorKind } from '@swipestream/platform'

/** Every error of this app, and how one recovers from it. */
export const logErrorKinds = {
  /** A database of GeoIP that cannot be read. */
  LOG_GEOIP_UNREADABLE: 'fatal',
  /** A log file that cannot be read. */
  LOG_FILE_UNREADABLE: 'fatal',
} as const satisfies Record<string, ErrorKind>

export type LogErrorCode = keyof typeof logErrorKinds

export class LogError extends CodedError {
  override readonly name = 'LogError'

  constructor(code: LogErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, logErrorKinds[code], message, options)
  }
}
