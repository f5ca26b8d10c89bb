import { CodedError, type ErrorKind } from '@swipestream/platform'

/** Every code of this app, with the kind that says how to recover. */
export const etlErrorKinds = {
  ETL_KEY_NOT_IN_ROW: 'fatal',
  ETL_LAKE_BROKEN: 'fatal',
  ETL_LAKE_LOCKED: 'fatal',
  ETL_OFFSETS_MOVED: 'fatal',
  ETL_ROW_UNREADABLE: 'poison',
  ETL_TABLE_NAME_TAKEN: 'fatal',
  ETL_TOPIC_REPLACED: 'fatal',
  ETL_VALUE_OUT_OF_RANGE: 'poison',
  ETL_WAREHOUSE_BROKEN: 'fatal',
  ETL_WAREHOUSE_LOCKED: 'fatal',
  ETL_WAREHOUSE_REFUSED: 'poison',
  ETL_WAREHOUSE_UNAVAILABLE: 'transient',
} as const satisfies Record<string, ErrorKind>

export type EtlErrorCode = keyof typeof etlErrorKinds

/** An error of this app. */
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
