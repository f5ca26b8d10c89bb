/**
 * Why a row is kept back. Each has a section in docs/runbooks/etl-quarantine.md.
 *
 * | code | meaning |
 * | --- | --- |
 * | `ETL_CARD_DIGITS_INVALID` | the first six or last four digits of a card are not that |
 * | `ETL_CARD_ID_INVALID` | the card's token is missing, or is none: it may be a card number |
 * | `ETL_COUNTRY_UNKNOWN` | a country that must be known is missing, or is no country |
 * | `ETL_CUSTOMER_UNREACHABLE` | e-mail address and telephone number are there, and neither can be used |
 * | `ETL_HOLDER_MISSING` | a card without a holder |
 * | `ETL_ID_EMPTY` | the row's id is empty |
 * | `ETL_NAME_MISSING` | a merchant without a name |
 * | `ETL_SPEND_TOO_LATE` | a swipe came so late that its sums are final |
 * | `ETL_TIME_MISSING` | neither the row nor its envelope says when it changed |
 * | `ETL_TIME_ZONE_INVALID` | a time zone is missing, or is none |
 */
export type RefusalCode =
  | 'ETL_CARD_DIGITS_INVALID' | 'ETL_CARD_ID_INVALID' | 'ETL_COUNTRY_UNKNOWN' | 'ETL_CUSTOMER_UNREACHABLE' | 'ETL_HOLDER_MISSING'
  | 'ETL_ID_EMPTY' | 'ETL_NAME_MISSING' | 'ETL_SPEND_TOO_LATE' | 'ETL_TIME_MISSING' | 'ETL_TIME_ZONE_INVALID'

/** A row that breaks the contract of its topic. The message never holds a value. */
export class RowRefused extends Error {
  /** @param field the column, null when it is the row as a whole */
  constructor(
    readonly code: RefusalCode,
    readonly field: string | null,
    reason: string,
  ) {
    super(reason)
    this.name = 'RowRefused'
  }
}
