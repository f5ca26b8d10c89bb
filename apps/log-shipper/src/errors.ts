import { CodedError, type ErrorKind } from '@swipestream/platform'

/** Every error of this app, and how one recovers from it. */
export const logErrorKinds = {
  /** A log file that cannot be read. */
  LOG_FILE_UNREADABLE: 'fatal',
  /** A database of GeoIP that cannot be read. */
  LOG_GEOIP_UNREADABLE: 'fatal',
  /** Elasticsearch refuses the credentials, or what they may do. */
  LOG_INDEX_FORBIDDEN: 'fatal',
  /** Any other refusal of a request by Elasticsearch. */
  LOG_INDEX_FAILED: 'unknown',
  /** Elasticsearch refuses a document, such as one whose field has another type than the mapping says. */
  LOG_INDEX_REFUSED: 'poison',
  /** Elasticsearch does not answer, or has too much to do (429, 5xx). */
  LOG_INDEX_UNAVAILABLE: 'transient',
} as const satisfies Record<string, ErrorKind>

export type LogErrorCode = keyof typeof logErrorKinds

export class LogError extends CodedError {
  override readonly name = 'LogError'

  constructor(code: LogErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, logErrorKinds[code], message, options)
  }
}
