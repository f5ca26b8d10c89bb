import { CodedError, type ErrorKind } from '@swipestream/platform'

/**
 * Everything that can go wrong between tables, topics and the warehouse.
 *
 * | code | kind | meaning |
 * | --- | --- | --- |
 * | `ETL_CUSTOMER_UNKNOWN` | poison | no topic holds anything of a customer who is to be forgotten |
 * | `ETL_RECORDS_UNREADABLE` | poison | records of a table's topic cannot be decoded: whose they are is not known |
 * | `ETL_ROW_NOT_QUARANTINED` | poison | no row of this id waits in the quarantine |
 * | `ETL_ROW_NOT_REPLAYABLE` | poison | a quarantined row has no record that could be written again, or would change nothing |
 * | `ETL_ROW_STILL_REFUSED` | poison | the row would be refused again as it is |
 * | `ETL_ROW_SUPERSEDED` | poison | the topic has a later version of a quarantined row |
 *
 * Why single rows are refused: see `RefusalCode`.
 */
export const etlErrorKinds = {
  ETL_CUSTOMER_UNKNOWN: 'poison',
  ETL_RECORDS_UNREADABLE: 'poison',
  ETL_ROW_NOT_QUARANTINED: 'poison',
  ETL_ROW_NOT_REPLAYABLE: 'poison',
  ETL_ROW_STILL_REFUSED: 'poison',
  ETL_ROW_SUPERSEDED: 'poison',
} as const satisfies Record<string, ErrorKind>

export type EtlErrorCode = keyof typeof etlErrorKinds

/** A failure of etl-loader, with the code that says what to do about it. */
export class EtlError extends CodedError {
  override readonly name = 'EtlError'

  constructor(code: EtlErrorCode, message: string, options?: ErrorOptions) {
    super(code, etlErrorKinds[code], message, options)
  }
}
