/** A value that its column's topic has no word for. The message never holds the value. */
export class ValueRefused extends Error {
  override readonly name = 'ValueRefused'

  /**
   * @param code names the runbook
   * @param column null when it is the row as a whole
   */
  constructor(
    readonly code: string,
    readonly column: string | null,
    reason: string,
  ) {
    super(reason)
  }
}
