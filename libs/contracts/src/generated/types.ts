// Generated from schemas/ by `npm run contracts -- generate`. Do not edit: change the .avsc file.

/** What merging remembers of the bank: a state of one service, which nobody else reads. Topic `etl_bank_entries`, key `entry_id`; a tombstone forgets the entry. */
export interface BankEntry {
  /** A row's `row_id`, or the name of a list: `alike/<what such rows have in common>`, `doubles/<customer id>`, `holder/<customer id>`, `refused/<row_id>`. Personal data: direct. */
  entry_id: string
  /** Of a row: the last good version as JSON, cleaned. Of a list: null. Personal data: direct. */
  row: string | null
  /** Of a list: ids of rows, or of quarantined rows, ascending. Of a row: empty. Personal data: pseudonymous. */
  ids: string[]
}

/** A row of the bank, cleaned or refused, on its way from cleaning to merging, which are of one service. Topic `etl_bank_rows`, key `row_id`; a tombstone says that the bank has the row no more. */
export interface BankRow {
  /** `customers/<id>`, `cards/<id>` or `merchants/<id>`. Personal data: pseudonymous. */
  row_id: string
  /** The cleaned row as JSON, as the service's domain has it; null when it was refused. Personal data: direct. */
  row: string | null
  /** Why it was refused: a QuarantinedRow as JSON; null when it was cleaned. Personal data: direct. */
  refusal: string | null
}

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
  /** Event time of `last_place`; null when that is null. Milliseconds since the Unix epoch, UTC. */
  last_place_at: number | null
  /** Least event time counted; null in profiles of before it was kept. Milliseconds since the Unix epoch, UTC. */
  first_at: number | null
  /** Transactions and amounts, a ring of sliding windows, newest first: see fraud-service's `features/ring.ts`; 4 numbers a bucket: start in units of 6 s, count, euro cents, squares in square euros. */
  activity: number[]
  /** The last transactions, newest first, 3 numbers each: time, a hash of the id, euro cents: see fraud-service's `features/recent.ts`. */
  recent: number[]
  /** Hashes of the countries the card was seen in, with the days: see fraud-service's `features/known.ts`. */
  countries: number[]
  /** The same of merchants. */
  merchants: number[]
  /** The same of merchant categories. */
  categories: number[]
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

/** What was spent with a card on a day. Topic `card_spend_daily`, key `spend_id`; a later record of a key replaces the one before. */
export interface CardSpendDay {
  /** `<card_id>/<day>/<currency>`. Personal data: pseudonymous. */
  spend_id: string
  /** Card token, as in `transactions_log`. Personal data: pseudonymous. */
  card_id: string
  /** Day of the swipes by UTC, ISO 8601 `YYYY-MM-DD`. */
  day: string
  /** Currency of the sums. ISO 4217 alphabetic code, upper case. */
  currency: string
  /** Swipes accepted, from 1. */
  transactions: number
  /** Their sum in minor units of `currency`, from 1. */
  amount_minor: number
  /** Event time of the latest of them. Milliseconds since the Unix epoch, UTC. */
  last_occurred_at: number
  /** When this sum was made. Milliseconds since the Unix epoch, UTC. */
  updated_at: number
}

/** What people said of a card's transactions, and whether the card is blocked. Topic `card_verdicts`, key `card_id`, in the partition of the card's transactions. Written by fraud-service alone. */
export interface CardVerdicts {
  /** Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api. Personal data: pseudonymous. */
  card_id: string
  /** Whether every transaction of the card is declined. */
  blocked: boolean
  /** When `blocked` last changed, by the answer that changed it; null when it never did. Milliseconds since the Unix epoch, UTC. */
  blocked_changed_at: number | null
  /** Feedback that last changed `blocked`; null when none did. UUIDv7, as in `fraud_feedback`. */
  blocked_changed_by: string | null
  /** Confirmed frauds by the time of the confirmation, a ring of sliding windows, newest first: see fraud-service's `features/ring.ts`; 2 numbers a bucket: start in units of 6 s, count. */
  frauds: number[]
  /** The last confirmed frauds, newest first, 4 numbers each: time of the confirmation in milliseconds since the Unix epoch, UTC; a hash of the transaction's id; its event time in milliseconds, that of the confirmation when it is not known; its amount in euro cents, -1 without a rate or when it is not known. */
  confirmed: number[]
  /** Offset, from 0, in the card's partition of `fraud_feedback`, of the last answer applied. */
  input_offset: number
}

/** What was spent in a merchant category in an hour, as one partition of `transactions_log` saw it: the sum over `partition` is the whole. Topic `category_spend_hourly`, key `spend_id`; a later record of a key replaces the one before. */
export interface CategorySpendHour {
  /** `<category>/<hour in milliseconds since the Unix epoch>/<currency>/<partition>`. */
  spend_id: string
  /** Merchant category code of 4 digits (ISO 18245); `0000` where the acquirer sent none. */
  category: string
  /** Beginning of the hour of the swipes, event time. Milliseconds since the Unix epoch, UTC. */
  hour_at: number
  /** Currency of the sums. ISO 4217 alphabetic code, upper case. */
  currency: string
  /** Partition of `transactions_log` that this is of, from 0. */
  partition: number
  /** Swipes accepted, from 1. */
  transactions: number
  /** Their sum in minor units of `currency`, from 1. */
  amount_minor: number
  /** When this sum was made. Milliseconds since the Unix epoch, UTC. */
  updated_at: number
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
  /** Ways the customer wants to be told, the most wanted first; empty when they said nothing. What is urgent goes all ways there are. */
  channels: Channel[]
  /** When the customer's quiet hours begin, `HH:MM` by the clock of `time_zone`; null when there are none. What is urgent, and what asks them something, is not held. Personal data: quasi. */
  quiet_from: string | null
  /** When the customer's quiet hours end, `HH:MM` by the clock of `time_zone`, on the next day when it is not after `quiet_from`; null when there are none. Personal data: quasi. */
  quiet_to: string | null
  /** When the row last changed at its source. Milliseconds since the Unix epoch, UTC. */
  updated_at: number
}

/** The way a message goes. A reader that does not know a newer channel sees `app`. */
export type Channel = 'email' | 'sms' | 'app'

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

/** How far the extraction of a source table has come. Topic `etl_checkpoints`, key `table`; written in one Kafka transaction with the rows it speaks of. */
export interface EtlCheckpoint {
  /** The table, as its topic is named: `<source>.<database>.<table>`. */
  table: string
  /** How changes of the table are found. */
  mode: ExtractMode
  /** What the extraction is doing. */
  phase: ExtractPhase
  /** Where it goes on, as JSON that only etl-loader reads: the key after which the snapshot, or the watermark and key after which the increments go on. Personal data: pseudonymous. */
  position: string
  /** Id in the schema registry of the schema that the last rows were written with, from 1. */
  schema_id: number
  /** Rows written since the snapshot began, from 0. */
  rows: number
  /** When this was written. Milliseconds since the Unix epoch, UTC. */
  updated_at: number
}

/** How changes of a table are found: `watermark` by a column that tells when a row changed, `sweep` by checksums over ranges of keys. */
export type ExtractMode = 'watermark' | 'sweep'

/** Whether the table is read for the first time or its changes are followed. */
export type ExtractPhase = 'snapshot' | 'follow'

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
  /** Terminal that read the card, as the acquirer names it; null when it is not sent. */
  terminal_id: string | null
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
  /** Version of the rule that fired, from 1; 0 when its record could not be read, and it failed. */
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
  /** Every rule evaluated, fired or not: rule id to rule version, from 1; 0 when its record could not be read, and it failed. */
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
  /** How the transaction arrived, by event time: `too_late` and `ahead` ones are judged, and not remembered. */
  event_order: EventOrder
  /** Values taken from other topics; null in decisions of before there were any. */
  taken: TakenValues | null
  /** What the model made of it; null without a model. */
  model: ModelSignal | null
  /** MurmurHash3 (x64, 128 bits, seed 0) of all features, hexadecimal; null in decisions of before it was taken. */
  features_hash: string | null
  /** The shadow rules that fired, by rule id; null in decisions of before they were recorded. */
  shadow_rules: ShadowRule[] | null
}

/** How a transaction arrived. A reader that does not know a newer order sees `in_order`. */
export type EventOrder = 'in_order' | 'late' | 'too_late' | 'ahead'

/** Every value a decision took from topics other than `transactions_log`. With them it can be made again. */
export interface TakenValues {
  /** The card's home, from `cards`, ISO 3166-1 alpha-2; null when the card is not known there. Personal data: quasi. */
  home_country: string | null
  /** The card's time zone, from `cards`, IANA name; null when the card is not known there. Personal data: quasi. */
  time_zone: string | null
  /** Whether the card was blocked, from `card_verdicts`. */
  card_blocked: boolean
  /** Frauds of the card confirmed in the day, 7 days and 30 days before, from `card_verdicts`. */
  card_frauds: number[]
  /** The terminal's features; null when the transaction names none. */
  terminal: TerminalFigures | null
}

/** A terminal's features at the time of a transaction, from `terminal_profiles`. */
export interface TerminalFigures {
  /** Transactions in the minute, 10 minutes, hour, day, 7 days and 30 days before. */
  counts: number[]
  /** Sums of their amounts, in euro cents, over the same windows. */
  amounts: number[]
  /** Frauds confirmed in the day, 7 days and 30 days before. */
  frauds: number[]
  /** When the first of the 30 days before was confirmed, to a day: start of its bucket, see fraud-service's `features/ring.ts`; null when none was. Milliseconds since the Unix epoch, UTC. */
  first_fraud_at: number | null
  /** Mean amount of the last frauds, 32 at most, confirmed in the 30 days before, in euro cents; null when none has a known amount. */
  fraud_mean: number | null
  /** Transactions after the last of these frauds, by event time, without those of the 7 days before; null when none was confirmed in the 30 days before. */
  clean_count: number | null
}

/** What a model made of the features. */
export interface ModelSignal {
  /** Version of the model. */
  version: string
  /** Probability of fraud, 0 to 1. */
  probability: number
  /** The features that counted most, greatest first. */
  top: Evidence[]
}

/** A shadow rule that fired: it counted for nothing, and is reported. */
export interface ShadowRule {
  /** The rule that fired, snake_case, as in `fraud_rules`. */
  rule_id: string
  /** Version of the rule that fired, from 1. */
  rule_version: number
}

/** What a customer or an analyst says a transaction really was. Topic `fraud_feedback`, key `card_id`. */
export interface FraudFeedback {
  /** Id of this answer. UUIDv7. */
  feedback_id: string
  /** Transaction this is about. UUIDv7, as in `transactions_log`. */
  transaction_id: string
  /** Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api. Personal data: pseudonymous. */
  card_id: string
  /** Terminal that read the card, as the acquirer names it; null when the transaction names none. */
  terminal_id: string | null
  /** Event time of the transaction: when the card was used, as the terminal reports it; null when it is not known. Milliseconds since the Unix epoch, UTC. */
  transaction_occurred_at: number | null
  /** What was to be paid with the transaction, in minor units of `currency`, 1 to 2^53 - 1; null when it is not known. */
  amount_minor: number | null
  /** Currency of `amount_minor`. ISO 4217 alphabetic code, upper case; null when the amount is not known. */
  currency: string | null
  /** What the transaction was, as the one who answered says. */
  verdict: Verdict
  /** What is to be done with the card. A customer's `confirmed_fraud` blocks it in any case; an analyst says what they want. */
  card_action: CardAction
  /** Where the answer came from: `customer_email`, `customer_sms`, `customer_app`, `analyst`, or `label` (what a later process, such as chargebacks, found out; it never blocks a card). */
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

/** What is to be done with a card. A reader that does not know a newer action sees `none`. */
export type CardAction = 'none' | 'block' | 'unblock'

/** A fraud rule: its newest version and those before it. Topic `fraud_rules`, key `rule_id`. One record holds them all, for a compacted topic keeps one record of a key; a tombstone removes the rule. */
export interface FraudRule {
  /** snake_case, such as `impossible_travel`. */
  rule_id: string
  /** Number of the version, from 1; never used again. */
  version: number
  /** CEL over the feature catalogue and the rule's tables: whether the rule fires. */
  expression: string
  /** The rule's own tables; empty for most rules. */
  tables: RuleTable[]
  /** Points it adds to the score when it fires, 1 to 1000. */
  weight: number
  /** Why it fired, for analysts: one English sentence with `{feature}` where values go. */
  reason: string
  /** How urgent an alert is that this rule alone would raise. */
  severity: Severity
  /** `live` counts; `shadow` is evaluated and reported, and changes nothing; `off` is kept. */
  mode: RuleMode
  /** The person or team to ask. */
  owner: string
  /** Why the rule is as it is, or was changed. */
  comment: string
  /** When this version was made. Milliseconds since the Unix epoch, UTC. */
  created_at: number
  /** Who made this version, as they said or as their key names them. Personal data: direct. */
  created_by: string
  /** Versions before this one, newest first, 20 at most. */
  earlier: RuleVersion[]
}

/** Numbers of a rule's own by a word, such as limits by currency. */
export interface RuleTable {
  /** Its name in the rule's texts, after `rule.`; snake_case, such as `limit`. */
  name: string
  /** The feature whose word is looked up, such as `tx.currency`. */
  by: string
  /** The number of each word. */
  values: Record<string, number>
  /** The number of a word that is not in `values`, in `unit`; -1.8e308 to 1.8e308. */
  default: number
  /** Unit of the numbers, or the feature that holds it (`tx.currency`); null where there is none. */
  unit: string | null
}

/** What a rule does. A reader that does not know a newer mode sees `off`. */
export type RuleMode = 'live' | 'shadow' | 'off'

/** A rule as it was at one time. */
export interface RuleVersion {
  /** Number of the version, from 1; never used again. */
  version: number
  /** CEL over the feature catalogue and the rule's tables: whether the rule fires. */
  expression: string
  /** The rule's own tables; empty for most rules. */
  tables: RuleTable[]
  /** Points it adds to the score when it fires, 1 to 1000. */
  weight: number
  /** Why it fired, for analysts: one English sentence with `{feature}` where values go. */
  reason: string
  /** How urgent an alert is that this rule alone would raise. */
  severity: Severity
  /** `live` counts; `shadow` is evaluated and reported, and changes nothing; `off` is kept. */
  mode: RuleMode
  /** The person or team to ask. */
  owner: string
  /** Why the rule is as it is, or was changed. */
  comment: string
  /** When this version was made. Milliseconds since the Unix epoch, UTC. */
  created_at: number
  /** Who made this version, as they said or as their key names them. Personal data: direct. */
  created_by: string
}

/** An entry of a log file, as it was written. Topic `server_logs`, key `file_key`. */
export interface LogLine {
  /** `<host>/<file_id>`: the entries of a file stay in their order. */
  file_key: string
  /** Name of the machine that the file is on. */
  host: string
  /** Identity of the file, which a renamed file keeps and a truncated one changes: hexadecimal digits made of device, inode, the head of the file and a generation. */
  file_id: string
  /** Where the file was found, absolute. */
  path: string
  /** How often a file of the same device and inode began anew, from 0. */
  generation: number
  /** Byte of the file at which the entry begins, from 0; of a compressed file, of its content. */
  offset: number
  /** Byte at which the next entry begins. Above `offset`, up to 2^53 - 1. */
  end_offset: number
  /** The service that writes the file, as configured. */
  service: string
  /** How the file is to be read, as configured, such as `nginx.access`; `auto` to find out by each entry. */
  format: string
  /** The entry without its end of line, personal data that was recognised replaced; lines of one entry are joined by a line feed. Personal data: quasi. */
  message: string
  /** Whether the entry was longer than the limit and its end was left out. */
  truncated: boolean
  /** How many pieces of personal data were replaced, from 0. */
  redactions: number
  /** When the entry was read. Milliseconds since the Unix epoch, UTC. */
  read_at: number
}

/** Where cards are used. Topic `merchants`, key `merchant_id`; a tombstone removes the merchant. */
export interface Merchant {
  /** The merchant, by the id that the acquirer sends. */
  merchant_id: string
  /** Trading name, as the bank has it, without blanks around it. */
  name: string
  /** What the merchant sells: category code of 4 digits (ISO 18245), as the bank has it. */
  category: string | null
  /** Where the merchant is. ISO 3166-1 alpha-2, upper case; null when the bank does not know. */
  country: string | null
  /** Where the merchant is, as the bank writes it; null when the bank does not know. */
  city: string | null
  /** Ids of rows of the bank that are the same merchant and were merged into this one, ascending; empty as a rule. */
  merged_ids: string[]
  /** When the row last changed at its source. Milliseconds since the Unix epoch, UTC. */
  updated_at: number
}

/** One step of one message to a customer or to the people on call. Topic `notifications`, key `customer_id`. */
export interface Notification {
  /** The message; the same through all its steps. UUIDv7. */
  notification_id: string
  /** The alert the message tells of. UUIDv7. */
  alert_id: string
  /** The bank's id of the customer written to; `on_call` where the people on call are, `fallback` where a desk of the bank is, because nobody knows how to reach the customer. Personal data: pseudonymous. */
  customer_id: string
  /** Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api. Empty where the message is about no card. Personal data: pseudonymous. */
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
  /** What the message is for: `alert` tells of one alert of a card, `digest` of several, `confirmation` that an answer was understood, `ops` tells the people on call. */
  purpose: Purpose
  /** The `digest` or `ops` message that tells of this alert together with others, by its `notification_id`; null when the alert has its own. UUIDv7. */
  merged_into: string | null
}

/** How far a message came. A reader that does not know a newer status sees `queued`: nothing is claimed of it. */
export type NotificationStatus = 'queued' | 'sent' | 'delivered' | 'failed'

/** What a message is for. A reader that does not know a newer purpose sees `alert`. */
export type Purpose = 'alert' | 'digest' | 'confirmation' | 'ops'

/** Something that the people on call must look at. Topic `ops_alerts`, key `service`. */
export interface OpsAlert {
  /** Id of this alert. UUIDv7. */
  alert_id: string
  /** The service or source it is about, such as `fraud-service`. */
  service: string
  /** What happened, upper case, such as `FRAUD_RULE_FAILED`: the name of its runbook. */
  code: string
  /** How urgent the alert is. */
  severity: Severity
  /** What exactly it is about, such as a rule's id; null where that is the service itself. */
  subject: string | null
  /** What happened, in one English sentence. */
  summary: string
  /** How often it happened since the last alert of the same service, code and subject; from 1. */
  count: number
  /** When the alert was raised. Milliseconds since the Unix epoch, UTC. */
  raised_at: number
  /** When what it is about began, of what has a beginning and an end; null of what just happens. Milliseconds since the Unix epoch, UTC. */
  opened_at: number | null
  /** When it was over: the alert tells that what an earlier one of the same service, code and subject told has ended. Null otherwise. Milliseconds since the Unix epoch, UTC. */
  resolved_at: number | null
}

/** A row that broke a contract and waits for somebody to mend it. Topic `etl_quarantine`, key `row_id`; a tombstone says that it was replayed or dropped. */
export interface QuarantinedRow {
  /** What it stands under: `<topic>/<partition>/<offset>` of the record that was refused. */
  row_id: string
  /** Where the row was refused. */
  stage: EtlStage
  /** Topic of the record, without the namespace. */
  source_topic: string
  /** Key of the row, as JSON. Personal data: pseudonymous. */
  source_key: string
  /** Why it was refused, upper case, such as `ETL_PHONE_INVALID`: the name of its runbook. */
  code: string
  /** Column that was refused; null when it is the row as a whole. */
  field: string | null
  /** Why it was refused, in one English sentence, without the value. */
  reason: string
  /** The row as JSON, as it came. Personal data: direct. */
  row: string
  /** When it was refused. Milliseconds since the Unix epoch, UTC. */
  quarantined_at: number
}

/** Where a row was refused. A reader that does not know a newer stage sees `transform`. */
export type EtlStage = 'extract' | 'transform' | 'load'

/** Whether a table, its topic and the warehouse hold the same. Topic `etl_reconciliation`, key `table`. */
export interface Reconciliation {
  /** The table, as its topic is named: `<source>.<database>.<table>`, or the topic of events. */
  table: string
  /** Beginning of the window compared; 0 for the whole table. Milliseconds since the Unix epoch, UTC. */
  window_from_at: number
  /** End of the window compared, itself left out. Milliseconds since the Unix epoch, UTC. */
  window_to_at: number
  /** Rows of the window at the source, from 0; null where there is no source but the topic. */
  source_rows: number | null
  /** Rows of the window on the topic, its last record of each key, from 0. */
  topic_rows: number
  /** Rows of the window in the warehouse, from 0. */
  warehouse_rows: number
  /** Checksum of those rows at the source, 32 hexadecimal digits; null where there is no source but the topic. */
  source_checksum: string | null
  /** Checksum of those rows on the topic, 32 hexadecimal digits. */
  topic_checksum: string
  /** Checksum of those rows in the warehouse, 32 hexadecimal digits. */
  warehouse_checksum: string
  /** Whether all of them are the same. */
  equal: boolean
  /** When it was compared. Milliseconds since the Unix epoch, UTC. */
  reconciled_at: number
}

/** A sum of spend that may still change: a state of one service, which nobody else reads. Topic `etl_spend_memory`, key `spend_id`; a tombstone says that the sum is final. */
export interface SpendMemory {
  /** `spend_id` of the sum in `card_spend_daily` or `category_spend_hourly`; `newest/<partition>` for the newest swipe of a partition, of which only the time counts. Personal data: pseudonymous. */
  spend_id: string
  /** Swipes in it, from 1. */
  transactions: number
  /** Currency of the sum. ISO 4217 alphabetic code, upper case. */
  currency: string
  /** Their sum in minor units of `currency`, from 1. */
  amount_minor: number
  /** Event time of the latest of them. Milliseconds since the Unix epoch, UTC. */
  last_occurred_at: number
  /** Of a card's day: the swipes in it, by which one that comes again is known. Of a category's hour: empty. */
  transaction_ids: string[]
}

/** What a terminal's features are made of: a transaction there, or what was said of one. Topic `transactions_by_terminal`, key `terminal_id`. */
export interface TerminalEvent {
  /** Terminal that read the card, as the acquirer names it. */
  terminal_id: string
  /** Transaction this is about. UUIDv7, as in `transactions_log`. */
  transaction_id: string
  /** A transaction, or a verdict on an earlier one. */
  kind: TerminalEventKind
  /** What was to be paid, in minor units of `currency`, 1 to 2^53 - 1; null for a verdict on a transaction whose amount is not known. */
  amount_minor: number | null
  /** Currency of `amount_minor`. ISO 4217 alphabetic code, upper case; null where `amount_minor` is. */
  currency: string | null
  /** When the card was used, or when the verdict was given. Milliseconds since the Unix epoch, UTC. */
  occurred_at: number
  /** Of a verdict: when the card was used; null when that is not known, and for a transaction, whose `occurred_at` it is. Milliseconds since the Unix epoch, UTC. */
  transaction_occurred_at: number | null
}

/** What happened. Closed: a reader must never take an unknown kind for one of these. */
export type TerminalEventKind = 'transaction' | 'confirmed_fraud' | 'legitimate'

/** What fraud-service knows of a terminal, read whole by every instance. Topic `terminal_profiles`, key `terminal_id`, in the partition of its `transactions_by_terminal`. */
export interface TerminalProfile {
  /** Terminal that read the card, as the acquirer names it. */
  terminal_id: string
  /** Greatest event time of a transaction that was counted; null before the first. Milliseconds since the Unix epoch, UTC. */
  newest_at: number | null
  /** Transactions and amounts, a ring of sliding windows, newest first: see fraud-service's `features/ring.ts`; 3 numbers a bucket: start in units of 6 s, count, euro cents. */
  activity: number[]
  /** Confirmed frauds by the time of the confirmation, a ring of sliding windows, newest first: see fraud-service's `features/ring.ts`; 2 numbers a bucket: start in units of 6 s, count. */
  frauds: number[]
  /** The last confirmed frauds, newest first, 4 numbers each: time of the confirmation in milliseconds since the Unix epoch, UTC; a hash of the transaction's id; its event time in milliseconds, that of the confirmation when it is not known; its amount in euro cents, -1 without a rate or when it is not known. */
  confirmed: number[]
  /** Offset, from 0, in the terminal's partition of `transactions_by_terminal`, of the last event applied. */
  input_offset: number
}

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
