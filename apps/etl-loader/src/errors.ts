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
 * | `ETL_CUSTOMER_UNKNOWN` | fatal | nothing is held of a customer who is to be forgotten |
 * | `ETL_FIELD_NAMES_EQUAL` | fatal | two columns of a table become one name in Avro |
 * | `ETL_KEY_MISSING` | fatal | a table has no primary key, and none is configured |
 * | `ETL_KEY_NOT_IN_ROW` | fatal | a record's key has a field that its row has not: the warehouse could not tell rows apart |
 * | `ETL_KEY_UNUSABLE` | fatal | the configured key may be null, or does not tell rows apart |
 * | `ETL_LAKE_BROKEN` | fatal | the lake's manifest, or a file that it names, is not as it was written |
 * | `ETL_LAKE_LOCKED` | fatal | another process writes the lake |
 * | `ETL_OFFSETS_MOVED` | fatal | another loader writes the same topics to this warehouse |
 * | `ETL_RECORDS_UNREADABLE` | poison | records of a table's topic cannot be decoded: whose they are is not known |
 * | `ETL_ROW_NOT_QUARANTINED` | poison | no row of this id waits in the quarantine |
 * | `ETL_ROW_NOT_REPLAYABLE` | poison | a quarantined row has no record that could be written again, or would change nothing |
 * | `ETL_ROW_STILL_REFUSED` | poison | the row would be refused again as it is |
 * | `ETL_ROW_SUPERSEDED` | poison | the topic has a later version of a quarantined row |
 * | `ETL_ROW_UNREADABLE` | poison | a record cannot be read as a row |
 * | `ETL_SCHEMA_CHANGED` | fatal | a column has changed so that its old values on the topic would be taken for others |
 * | `ETL_SOURCE_CHANGED` | transient | a table was altered while it was read: it is looked at anew |
 * | `ETL_SOURCE_FAILED` | unknown | the source refuses a statement |
 * | `ETL_SOURCE_REFUSED` | fatal | the source refuses the account, or what it may read |
 * | `ETL_SOURCE_UNAVAILABLE` | transient | the source does not answer |
 * | `ETL_TABLE_NAME_TAKEN` | fatal | two topics would be the same table of the warehouse |
 * | `ETL_TABLE_UNKNOWN` | fatal | no table has a name that `ETL_TABLES` asks for |
 * | `ETL_TAKEN_OVER` | fatal | another extract of the same source has begun: this one can write nothing more |
 * | `ETL_TIME_ZONE_UNKNOWN` | fatal | the server cannot tell the time of the zone in which its datetimes are |
 * | `ETL_TOPIC_REPLACED` | fatal | a topic ends before what the warehouse has of it: it was made anew |
 * | `ETL_VALUE_OUT_OF_RANGE` | poison | a value has no place in its column's type |
 * | `ETL_WAREHOUSE_BROKEN` | fatal | the warehouse's file cannot be used |
 * | `ETL_WAREHOUSE_LOCKED` | fatal | another process has the warehouse open |
 * | `ETL_WAREHOUSE_REFUSED` | poison | the warehouse refuses a row |
 * | `ETL_WAREHOUSE_UNAVAILABLE` | transient | the warehouse does not answer |
 *
 * Why single rows are refused: see `ValueRefused`, `RefusalCode`.
 */
export const etlErrorKinds = {
  ETL_CHANGE_COLUMN_INVALID: 'fatal',
  ETL_COLUMN_TYPE_UNKNOWN: 'fatal',
  ETL_COLUMN_UNKNOWN: 'fatal',
  ETL_CONFIG_FILE_INVALID: 'fatal',
  ETL_CUSTOMER_UNKNOWN: 'fatal',
  ETL_FIELD_NAMES_EQUAL: 'fatal',
  ETL_KEY_MISSING: 'fatal',
  ETL_KEY_NOT_IN_ROW: 'fatal',
  ETL_KEY_UNUSABLE: 'fatal',
  ETL_LAKE_BROKEN: 'fatal',
  ETL_LAKE_LOCKED: 'fatal',
  ETL_OFFSETS_MOVED: 'fatal',
  ETL_RECORDS_UNREADABLE: 'poison',
  ETL_ROW_NOT_QUARANTINED: 'poison',
  ETL_ROW_NOT_REPLAYABLE: 'poison',
  ETL_ROW_STILL_REFUSED: 'poison',
  ETL_ROW_SUPERSEDED: 'poison',
  ETL_ROW_UNREADABLE: 'poison',
  ETL_SCHEMA_CHANGED: 'fatal',
  ETL_SOURCE_CHANGED: 'transient',
  ETL_SOURCE_FAILED: 'unknown',
  ETL_SOURCE_REFUSED: 'fatal',
  ETL_SOURCE_UNAVAILABLE: 'transient',
  ETL_TABLE_NAME_TAKEN: 'fatal',
  ETL_TABLE_UNKNOWN: 'fatal',
  ETL_TAKEN_OVER: 'fatal',
  ETL_TIME_ZONE_UNKNOWN: 'fatal',
  ETL_TOPIC_REPLACED: 'fatal',
  ETL_VALUE_OUT_OF_RANGE: 'poison',
  ETL_WAREHOUSE_BROKEN: 'fatal',
  ETL_WAREHOUSE_LOCKED: 'fatal',
  ETL_WAREHOUSE_REFUSED: 'poison',
  ETL_WAREHOUSE_UNAVAILABLE: 'transient',
} as const satisfies Record<string, ErrorKind>

export type EtlErrorCode = keyof typeof etlErrorKinds

/** A failure of etl-loader, with the code that says what to do about it. */
export class EtlError extends CodedError {
  override readonly name = 'EtlError'
  declare readonly code: EtlErrorCode
  /** Column that is at fault; undefined where it is the row as a whole, or no row. */
  readonly field: string | undefined

  constructor(code: EtlErrorCode, message: string, options?: { cause?: unknown; field?: string }) {
    super(code, etlErrorKinds[code], message, options)
    this.field = options?.field
  }
}
