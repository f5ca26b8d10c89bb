import { CodedError, type ErrorKind } from '@swipestream/platform'

/**
 * Everything that can go wrong between tables, topics and the warehouse.
 *
 * | code | kind | meaning |
 * | --- | --- | --- |
 * | `ETL_CHANGE_COLUMN_INVALID` | fatal | the configured change column is not there, may be null, or is no datetime or timestamp |
 * | `ETL_COLUMN_TYPE_UNKNOWN` | fatal | a column has a type that no topic can carry, such as a geometry |
 * | `ETL_COLUMN_UNKNOWN` | fatal | the configuration names a column that the table does not have |
 * | `ETL_CONFIG_FILE_INVALID` | fatal | the file that `ETL_CONFIG` names cannot be read, or says something unknown |
 * | `ETL_FIELD_NAMES_EQUAL` | fatal | two columns of a table become one name in Avro |
 * | `ETL_KEY_MISSING` | fatal | a table has no primary key, and none is configured |
 * | `ETL_KEY_UNUSABLE` | fatal | the configured key may be null, or does not tell rows apart |
 * | `ETL_SCHEMA_CHANGED` | fatal | a column has changed so that its old values on the topic would be taken for others |
 * | `ETL_SOURCE_CHANGED` | transient | a table was altered while it was read: it is looked at anew |
 * | `ETL_SOURCE_FAILED` | unknown | the source refuses a statement |
 * | `ETL_SOURCE_REFUSED` | fatal | the source refuses the account, or what it may read |
 * | `ETL_SOURCE_UNAVAILABLE` | transient | the source does not answer |
 * | `ETL_TABLE_UNKNOWN` | fatal | no table has a name that `ETL_TABLES` asks for |
 * | `ETL_TAKEN_OVER` | fatal | another extract of the same source has begun: this one can write nothing more |
 * | `ETL_TIME_ZONE_UNKNOWN` | fatal | the server cannot tell the time of the zone in which its datetimes are |
 *
 * Of single rows, in the quarantine: `ETL_ROW_TOO_LARGE`, `ETL_VALUE_INVALID`, `ETL_ZERO_DATE`.
 */
export const etlErrorKinds = {
  ETL_CHANGE_COLUMN_INVALID: 'fatal',
  ETL_COLUMN_TYPE_UNKNOWN: 'fatal',
  ETL_COLUMN_UNKNOWN: 'fatal',
  ETL_CONFIG_FILE_INVALID: 'fatal',
  ETL_FIELD_NAMES_EQUAL: 'fatal',
  ETL_KEY_MISSING: 'fatal',
  ETL_KEY_UNUSABLE: 'fatal',
  ETL_SCHEMA_CHANGED: 'fatal',
  ETL_SOURCE_CHANGED: 'transient',
  ETL_SOURCE_FAILED: 'unknown',
  ETL_SOURCE_REFUSED: 'fatal',
  ETL_SOURCE_UNAVAILABLE: 'transient',
  ETL_TABLE_UNKNOWN: 'fatal',
  ETL_TAKEN_OVER: 'fatal',
  ETL_TIME_ZONE_UNKNOWN: 'fatal',
} as const satisfies Record<string, ErrorKind>

export type EtlErrorCode = keyof typeof etlErrorKinds

/** A failure of etl-loader, with the code that says what to do about it. */
export class EtlError extends CodedError {
  override readonly name = 'EtlError'

  constructor(code: EtlErrorCode, message: string, options?: ErrorOptions) {
    super(code, etlErrorKinds[code], message, options)
  }
}
