/**
 * Why extract refuses a row, into the quarantine.
 *
 * | code | meaning |
 * | --- | --- |
 * | `ETL_ROW_TOO_LARGE` | the row is larger than a record may be |
 * | `ETL_VALUE_INVALID` | a value that its column's topic has no word for |
 * | `ETL_ZERO_DATE` | `0000-00-00` in a column that may not be null |
 */
export type ValueRefusalCode = 'ETL_ROW_TOO_LARGE' | 'ETL_VALUE_INVALID' | 'ETL_ZERO_DATE'

/** A value that its column's topic has no word for. The message never holds the value. */
export class ValueRefused extends Error {
  override readonly name = 'ValueRefused'

  /**
   * @param column null when it is the row as a whole
   */
  constructor(
    readonly code: ValueRefusalCode,
    readonly column: string | null,
    reason: string,
  ) {
    super(reason)
  }
}
