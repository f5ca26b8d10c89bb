// Generated from schemas/ by `npm run contracts -- generate`. Do not edit: change the .avsc file.

/** Whose card it is, and where it is at home. Topic `cards`, key `card_id`; a tombstone removes the card. */
export interface Card {
  /** Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api. Personal data: pseudonymous. */
  card_id: string
  /** The bank's id of the holder, as in `customers`. Personal data: pseudonymous. */
  customer_id: string
  /** First 6 digits of the card number, `0`-`9`: issuer and product (ISO/IEC 7812-1). Not personal: it is the same for every card of the product. */
  card_bin: string
  /** Last 4 digits of the card number, `0`-`9`, as printed on receipts. Personal data: quasi. */
  card_last4: string
  /** Country the card is used in as a rule, as the bank has it. ISO 3166-1 alpha-2, upper case. Personal data: quasi. */
  home_country: string
  /** Time zone the card is used in as a rule, as the bank has it. IANA name, such as `Europe/Berlin`. Personal data: quasi. */
  time_zone: string
  /** When the row last changed at its source. Milliseconds since the Unix epoch, UTC. */
  updated_at: number
}

/** What fraud-service remembers of a card, a changelog of its state. Topic `card_profiles`, key `card_id`, in the partition of the card's transactions. */
export interface CardProfile {
  /** Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api. Personal data: pseudonymous. */
  card_id: string
  /** The last transaction applied. UUIDv7. */
  last_transaction_id: string
  /** Greatest event time applied so far. Milliseconds since the Unix epoch, UTC. */
  last_occurred_at: number
  /** Where the card was last used at a known place; null until then. Personal data: quasi. */
  last_place: Place | null
  /** Country of the last use that the card could have reached and whose country is known. ISO 3166-1 alpha-2, upper case; null until then. Personal data: quasi. */
  last_country: string | null
  /** Event time of `last_place`; null when that is null. Milliseconds since the Unix epoch, UTC. */
  last_place_at: number | null
  /** Offset, from 0, in the card's partition of `transactions_log`, of the last transaction applied: a record at or below it was seen before. */
  input_offset: number
}

/** A point on the Earth, WGS 84 (EPSG:4326). */
export interface Place {
  /** Degrees north of the equator, WGS 84, -90 to 90. Personal data: quasi. */
  latitude: number
  /** Degrees east of Greenwich, WGS 84, -180 to 180. Personal data: quasi. */
  longitude: number
}

/** How to reach the holder of cards. Topic `customers`, key `customer_id`; a tombstone erases the customer. */
export interface Customer {
  /** The bank's id of the customer. Personal data: pseudonymous. */
  customer_id: string
  /** Given name, as the bank writes it; null when it has none. Personal data: direct. */
  given_name: string | null
  /** Family name, as the bank writes it; null when it has none. Personal data: direct. */
  family_name: string | null
  /** E-mail address (RFC 5322 addr-spec); null when the bank has none. Personal data: direct. */
  email: string | null
  /** Telephone number that takes SMS, E.164 with the leading `+`; null when the bank has none. Personal data: direct. */
  phone: string | null
  /** Language to write in, BCP 47 tag, such as `de` or `pt-BR`. Personal data: quasi. */
  language: string
  /** Where the customer's quiet hours are counted, IANA time zone, such as `Europe/Berlin`. Personal data: quasi. */
  time_zone: string
  /** Country of residence, as the bank has it. ISO 3166-1 alpha-2, upper case; null when it has none. Personal data: quasi. */
  country: string | null
  /** When the row last changed at its source. Milliseconds since the Unix epoch, UTC. */
  updated_at: number
}

/** Why a record stands on `<topic>.dlq`. Not a value: each field is one header of that record, `dlq-` and the field's name with dashes, its value as UTF-8 text (numbers in decimal); the record's key, value and other headers are the original's bytes. */
export interface DeadLetter {
  /** What went wrong, in one English sentence; no part of the value. */
  reason: string
  /** The error's code, upper snake case, such as `AVRO_UNDECODABLE`. */
  code: string
  /** Topic of the original record, with its namespace. */
  topic: string
  /** Partition of the original record, from 0. */
  partition: number
  /** Offset of the original record, from 0. */
  offset: number
  /** Timestamp of the original record. Milliseconds since the Unix epoch, UTC. */
  timestamp: number
  /** Consumer group that gave the record up, with its namespace. */
  consumer_group: string
  /** How often the record was tried, from 1. */
  attempts: number
  /** When the record was given up. Milliseconds since the Unix epoch, UTC. */
  failed_at: number
}

/** A transaction the customer must hear of. Topic `fraud_alerts`, key `card_id`. */
export interface FraudAlert {
  /** Equals `transaction_id`: there is at most one alert a transaction. UUIDv7. */
  alert_id: string
  /** Transaction this is about. UUIDv7, as in `transactions_log`. */
  transaction_id: string
  /** Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api. Personal data: pseudonymous. */
  card_id: string
  /** Last 4 digits of the card number, `0`-`9`, as printed on receipts. Personal data: quasi. */
  card_last4: string
  /** How urgent the alert is; `critical` passes the customer's quiet hours. */
  severity: Severity
  /** What was decided about the transaction, as in its FraudDecision; never `approve`. */
  outcome: Outcome
  /** Risk score, 0 (no reason fired) to 1000. */
  score: number
  /** The rules that fired, greatest weight first. */
  reasons: Reason[]
  /** What was to be paid, in minor units of `currency` (cents for EUR, yen for JPY), 1 to 2^53 - 1. */
  amount_minor: number
  /** Currency of `amount_minor`. ISO 4217 alphabetic code, upper case. */
  currency: string
  /** Name of the merchant as on the statement, as the acquirer sends it; null when it is not sent. */
  merchant_name: string | null
  /** Country where the card was used, as the acquirer sends it. ISO 3166-1 alpha-2, upper case; null when it is not sent. Personal data: quasi. */
  country: string | null
  /** Event time: when the card was used, as the terminal reports it. Milliseconds since the Unix epoch, UTC. */
  occurred_at: number
  /** Processing time: when the alert was raised. Milliseconds since the Unix epoch, UTC. */
  raised_at: number
}

/** How urgent an alert is. A reader that does not know a newer severity sees `warning`. */
export type Severity = 'info' | 'warning' | 'critical'

/** What is to be done with a transaction. A reader that does not know a newer outcome sees `review`: nothing unknown is approved. */
export type Outcome = 'approve' | 'review' | 'decline'

/** One rule that fired, with the numbers behind it. */
export interface Reason {
  /** The rule that fired, snake_case, such as `impossible_travel`. */
  rule_id: string
  /** Version of the rule that fired, from 1. */
  rule_version: number
  /** Points this rule added to the score, 0 to 1000. */
  weight: number
  /** The reason in one English sentence, for analysts. Personal data: quasi. */
  text: string
  /** The measurements behind the reason, in the order the rule names them. */
  evidence: Evidence[]
}

/** One number or word a rule saw when it fired. */
export interface Evidence {
  /** What was measured, snake_case, such as `speed`. */
  name: string
  /** The measured value: a finite number in `unit`, or a word. Personal data: quasi. */
  value: number | string
  /** Unit of `value` (`km/h`, `EUR`, `s`); null where there is none. */
  unit: string | null
}

/** What fraud-service decided about one transaction, and why. Topic `fraud_decisions`, key `card_id`. */
export interface FraudDecision {
  /** The transaction decided about, and the decision's own id: there is one decision a transaction. UUIDv7. */
  transaction_id: string
  /** Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api. Personal data: pseudonymous. */
  card_id: string
  /** What is to be done with the transaction. */
  outcome: Outcome
  /** Risk score, 0 (no reason fired) to 1000. */
  score: number
  /** The rules that fired, greatest weight first; empty when none did. */
  reasons: Reason[]
  /** Every rule evaluated, fired or not: rule id to rule version, from 1. */
  rule_versions: Record<string, number>
  /** Topic of the transaction's record, with its namespace. */
  input_topic: string
  /** Partition of the transaction's record, from 0. */
  input_partition: number
  /** Offset of the transaction's record, from 0. */
  input_offset: number
  /** Event time: when the card was used, as the terminal reports it. Milliseconds since the Unix epoch, UTC. */
  occurred_at: number
  /** Processing time: when the decision was made. Milliseconds since the Unix epoch, UTC. */
  decided_at: number
}

/** What a customer or an analyst says a transaction really was. Topic `fraud_feedback`, key `card_id`. */
export interface FraudFeedback {
  /** Id of this answer. UUIDv7. */
  feedback_id: string
  /** Transaction this is about. UUIDv7, as in `transactions_log`. */
  transaction_id: string
  /** Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api. Personal data: pseudonymous. */
  card_id: string
  /** What the transaction was, as the one who answered says. */
  verdict: Verdict
  /** Where the answer came from: `customer_email`, `customer_sms`, `customer_app` or `analyst`. */
  source: string
  /** Who answered: the analyst's user name; null for the customer. Personal data: direct. */
  actor: string | null
  /** Free text of the one who answered; null when there is none. Personal data: direct. */
  comment: string | null
  /** When the answer was given. Milliseconds since the Unix epoch, UTC. */
  given_at: number
}

/** What the transaction was. Closed: a reader must never take an unknown verdict for one of these. */
export type Verdict = 'confirmed_fraud' | 'legitimate'

/** One step of one message to a customer. Topic `notifications`, key `customer_id`. */
export interface Notification {
  /** The message; the same through all its steps. UUIDv7. */
  notification_id: string
  /** The alert the message tells of. UUIDv7. */
  alert_id: string
  /** The bank's id of the customer written to. Personal data: pseudonymous. */
  customer_id: string
  /** Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api. Personal data: pseudonymous. */
  card_id: string
  /** The way the message went. */
  channel: Channel
  /** Address or number with all but a hint masked, such as `j***@example.org` or `+49*****89`. Personal data: quasi. */
  recipient: string
  /** How far the message came: `sent` is the provider's acceptance, `delivered` the provider's report. */
  status: NotificationStatus
  /** Which attempt this step belongs to, from 1; 0 while queued. */
  attempt: number
  /** The provider's id of the message, SMTP Message-ID or Twilio SID; null until it has one. */
  provider_message_id: string | null
  /** Why the attempt failed, with the provider's code and no address; null unless `failed`. */
  error: string | null
  /** When the step happened. Milliseconds since the Unix epoch, UTC. */
  occurred_at: number
}

/** The way a message goes. A reader that does not know a newer channel sees `app`. */
export type Channel = 'email' | 'sms' | 'app'

/** How far a message came. A reader that does not know a newer status sees `queued`: nothing is claimed of it. */
export type NotificationStatus = 'queued' | 'sent' | 'delivered' | 'failed'

/** A card payment that asks to be judged: one swipe. Topic `transactions_log`, key `card_id`. */
export interface Transaction {
  /** UUIDv7, given by transactions-api when it accepts the swipe. */
  transaction_id: string
  /** Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api. Personal data: pseudonymous. */
  card_id: string
  /** First 6 digits of the card number, `0`-`9`: issuer and product (ISO/IEC 7812-1). Not personal: it is the same for every card of the product. */
  card_bin: string
  /** Last 4 digits of the card number, `0`-`9`, as printed on receipts. Personal data: quasi. */
  card_last4: string
  /** What is to be paid, in minor units of `currency` (cents for EUR, yen for JPY), 1 to 2^53 - 1. */
  amount_minor: number
  /** Currency of `amount_minor`. ISO 4217 alphabetic code, upper case. */
  currency: string
  /** The merchant, by the id that the acquirer sends. */
  merchant_id: string
  /** Name of the merchant as on the statement, as the acquirer sends it; null when it is not sent. */
  merchant_name: string | null
  /** What the merchant sells: category code of 4 digits (ISO 18245), as the acquirer sends it; null when it is not sent. */
  merchant_category: string | null
  /** The terminal, by the id that the acquirer sends; null for sales without one (e-commerce). */
  terminal_id: string | null
  /** How the card was read, as the terminal reports it. */
  entry_mode: EntryMode
  /** Where the terminal stands, as the acquirer sends it; null where that is not known, as for e-commerce. Personal data: quasi. */
  place: Place | null
  /** Country where the card was used, as the acquirer sends it. ISO 3166-1 alpha-2, upper case; null when it is not sent. Personal data: quasi. */
  country: string | null
  /** Event time: when the card was used, as the terminal reports it. Milliseconds since the Unix epoch, UTC. */
  occurred_at: number
  /** Processing time: when transactions-api accepted the swipe. Milliseconds since the Unix epoch, UTC. */
  received_at: number
}

/** How the card was read. A reader that does not know a newer mode sees `unknown`. */
export type EntryMode = 'chip' | 'contactless' | 'magnetic_stripe' | 'manual' | 'ecommerce' | 'unknown'
