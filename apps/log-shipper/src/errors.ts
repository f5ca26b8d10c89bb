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
 * | `LOG_FILE_UNREADABLE` | fatal | a log file cannot be read |
 * | `LOG_GEOIP_UNREADABLE` | fatal | a database of GeoIP cannot be read |
 * | `LOG_INDEX_FAILED` | unknown | any other refusal of a request by Elasticsearch |
 * | `LOG_INDEX_FORBIDDEN` | fatal | Elasticsearch refuses the credentials, or what they may do |
 * | `LOG_INDEX_REFUSED` | poison | Elasticsearch refuses a document, such as one whose field has another type than the mapping says |
 * | `LOG_INDEX_UNAVAILABLE` | transient | Elasticsearch does not answer, or has too much to do (429, 5xx) |
 * | `LOG_STATE_LOCKED` | fatal | another shipper works on the same state directory |
 */
export const logErrorKinds = {
  LOG_ARCHIVE_DAMAGED: 'poison',
  LOG_CHECKPOINT_INVALID: 'fatal',
  LOG_CHECKPOINT_UNWRITABLE: 'transient',
  LOG_CONFIG_INVALID: 'fatal',
  LOG_FILE_UNREADABLE: 'fatal',
  LOG_GEOIP_UNREADABLE: 'fatal',
  LOG_INDEX_FAILED: 'unknown',
  LOG_INDEX_FORBIDDEN: 'fatal',
  LOG_INDEX_REFUSED: 'poison',
  LOG_INDEX_UNAVAILABLE: 'transient',
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
