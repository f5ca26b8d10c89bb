/** What Twilio reports of a message (`MessageSid`, `MessageStatus`, `ErrorCode`). */
export interface DeliveryReport {
  readonly sid: string
  /** Any of Twilio's; `delivered`, `undelivered` and `failed` are the ends of a message. */
  readonly status: string
  /** https://www.twilio.com/docs/api/errors; null when there is none. */
  readonly errorCode: number | null
}

/** Where the ledger stands with the message that is reported of. */
export interface ReportedRow {
  readonly status: string
  readonly provider_message_id: string | null
}

/**
 * What a report makes of a row; undefined when nothing. Reports come in any order, repeatedly, and before the answer to
 * the request that they are about:
 *
 * - what is delivered stays so, and is so whatever was believed before;
 * - what has failed once more, or is only on its way, is no news;
 * - a failure counts while no other message was accepted for the row: one that was sent twice may fail once.
 */
export function afterReport({ status, provider_message_id }: ReportedRow, report: DeliveryReport): 'delivered' | 'failed' | undefined {
  if (report.status === 'delivered') return ['queued', 'sending', 'sent', 'failed'].includes(status) ? 'delivered' : undefined
  if (report.status !== 'undelivered' && report.status !== 'failed') return undefined
  const ours = provider_message_id === null || provider_message_id === report.sid
  return ours && ['queued', 'sending', 'sent'].includes(status) ? 'failed' : undefined
}

/** Why a message that was accepted was not delivered, as the ledger has it. */
export function undelivered({ errorCode }: DeliveryReport): string {
  return `TWILIO_${errorCode ?? 'UNKNOWN'}: undelivered`
}

/** Twilio's error for a recipient who has sent STOP: no message reaches them until they send START. https://www.twilio.com/docs/api/errors/21610 */
const optedOut = 21610

/** Whether the recipient has sent STOP. */
export function isOptOut({ errorCode }: DeliveryReport): boolean {
  return errorCode === optedOut
}

/** The same, of a failure as the ledger has it. */
export function tellsOfOptOut(error: string): boolean {
  return error.startsWith(`TWILIO_${optedOut}:`)
}
