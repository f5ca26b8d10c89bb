/** What is to be done about a send that failed. */
export interface SendFailure {
  /**
   * - `final`: this recipient or message will never be accepted;
   * - `message`: this message may be accepted later, others are not concerned;
   * - `channel`: nothing can be sent on this channel for now: the provider is away, overloaded or refuses us.
   */
  readonly scope: 'final' | 'message' | 'channel'
  /** For metrics and events: the provider's code, such as `SMTP_550`, `TWILIO_21211`, or the client's, such as `ESOCKET`. */
  readonly code: string
  /** For a person; without the recipient's address. */
  readonly reason: string
  /** How long the provider asks to be left alone, in milliseconds. */
  readonly retryAfterMs?: number
  /** The environment variable whose value the provider refuses: only a person can mend it. */
  readonly wrongVariable?: string
}

/** A failure as it stands in the ledger and in an event: the code first, as that is what a reader searches for. */
export function describeFailure({ code, reason }: SendFailure): string {
  return `${code}: ${reason}`
}
