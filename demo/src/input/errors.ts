/**
 * - `INPUT_UNREADABLE`: the file is not there, cannot be opened or is damaged
 * - `INPUT_COLUMNS_INVALID`: the header names a column nobody knows, or lacks one
 * - `INPUT_ROW_INVALID`: a row breaks the form; `line` and mostly `column` say where
 */
export type InputErrorCode = 'INPUT_UNREADABLE' | 'INPUT_COLUMNS_INVALID' | 'INPUT_ROW_INVALID'

/** What is wrong with an input file, and where. */
export class InputError extends Error {
  override readonly name = 'InputError'

  constructor(
    readonly code: InputErrorCode,
    message: string,
    /** Lines count from 1; the header is line 1. */
    readonly where: { line?: number; column?: string } = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
