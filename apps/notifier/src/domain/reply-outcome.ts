/** What was made of an SMS; as it stands in `inbound_sms`. */
export type ReplyOutcome =
  /** A message of the ledger confirms it. */
  | 'given'
  | 'already_legitimate'
  | 'already_confirmed_fraud'
  | 'expired'
  | 'code_needed'
  | 'code_unknown'
  | 'unclear'
  /** An answer, and nothing was asked. */
  | 'nothing_asked'
  /** No answer, and nothing was asked: an automatic reply maybe, with which nobody must begin to talk. */
  | 'ignored'
  /** Twilio answers these itself. */
  | 'stopped'
  | 'started'
  | 'helped'
