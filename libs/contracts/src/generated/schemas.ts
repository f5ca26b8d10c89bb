// Generated from schemas/ by `npm run contracts -- generate`. Do not edit: change the .avsc file.
import type { AvroSchema } from '../avro-schema.js'

export const bankEntrySchema: AvroSchema = {
  type: 'record',
  name: 'BankEntry',
  namespace: 'io.swipestream',
  doc: 'What merging remembers of the bank: a state of one service, which nobody else reads. Topic `etl_bank_entries`, key `entry_id`; a tombstone forgets the entry.',
  fields: [
    {
      name: 'entry_id',
      type: 'string',
      doc: 'A row\'s `row_id`, or the name of a list: `alike/<what such rows have in common>`, `doubles/<customer id>`, `holder/<customer id>`, `refused/<row_id>`.',
      pii: 'direct',
    },
    {
      name: 'row',
      type: ['null', 'string'],
      default: null,
      doc: 'Of a row: the last good version as JSON, cleaned. Of a list: null.',
      pii: 'direct',
    },
    {
      name: 'ids',
      type: {
        type: 'array',
        items: 'string',
      },
      default: [],
      doc: 'Of a list: ids of rows, or of quarantined rows, ascending. Of a row: empty.',
      pii: 'pseudonymous',
    },
  ],
}

export const bankRowSchema: AvroSchema = {
  type: 'record',
  name: 'BankRow',
  namespace: 'io.swipestream',
  doc: 'A row of the bank, cleaned or refused, on its way from cleaning to merging, which are of one service. Topic `etl_bank_rows`, key `row_id`; a tombstone says that the bank has the row no more.',
  fields: [
    {
      name: 'row_id',
      type: 'string',
      doc: '`customers/<id>`, `cards/<id>` or `merchants/<id>`.',
      pii: 'pseudonymous',
    },
    {
      name: 'row',
      type: ['null', 'string'],
      default: null,
      doc: 'The cleaned row as JSON, as the service\'s domain has it; null when it was refused.',
      pii: 'direct',
    },
    {
      name: 'refusal',
      type: ['null', 'string'],
      default: null,
      doc: 'Why it was refused: a QuarantinedRow as JSON; null when it was cleaned.',
      pii: 'direct',
    },
  ],
}

export const cardSchema: AvroSchema = {
  type: 'record',
  name: 'Card',
  namespace: 'io.swipestream',
  doc: 'Whose card it is, and where it is at home. Topic `cards`, key `card_id`; a tombstone removes the card.',
  fields: [
    {
      name: 'card_id',
      type: 'string',
      doc: 'Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api.',
      pii: 'pseudonymous',
    },
    {
      name: 'customer_id',
      type: 'string',
      doc: 'The bank\'s id of the holder, as in `customers`.',
      pii: 'pseudonymous',
    },
    {
      name: 'card_bin',
      type: 'string',
      doc: 'First 6 digits of the card number, `0`-`9`: issuer and product (ISO/IEC 7812-1). Not personal: it is the same for every card of the product.',
      pii: 'none',
    },
    {
      name: 'card_last4',
      type: 'string',
      doc: 'Last 4 digits of the card number, `0`-`9`, as printed on receipts.',
      pii: 'quasi',
    },
    {
      name: 'home_country',
      type: 'string',
      doc: 'Country the card is used in as a rule, as the bank has it. ISO 3166-1 alpha-2, upper case.',
      pii: 'quasi',
    },
    {
      name: 'time_zone',
      type: 'string',
      doc: 'Time zone the card is used in as a rule, as the bank has it. IANA name, such as `Europe/Berlin`.',
      pii: 'quasi',
    },
    {
      name: 'updated_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When the row last changed at its source. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const cardProfileSchema: AvroSchema = {
  type: 'record',
  name: 'CardProfile',
  namespace: 'io.swipestream',
  doc: 'What fraud-service remembers of a card, a changelog of its state. Topic `card_profiles`, key `card_id`, in the partition of the card\'s transactions.',
  fields: [
    {
      name: 'card_id',
      type: 'string',
      doc: 'Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api.',
      pii: 'pseudonymous',
    },
    {
      name: 'last_transaction_id',
      type: {
        type: 'string',
        logicalType: 'uuid',
      },
      doc: 'The last transaction applied. UUIDv7.',
    },
    {
      name: 'last_occurred_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'Greatest event time applied so far. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'last_place',
      type: [
        'null',
        {
          type: 'record',
          name: 'Place',
          doc: 'A point on the Earth, WGS 84 (EPSG:4326).',
          fields: [
            {
              name: 'latitude',
              type: 'double',
              doc: 'Degrees north of the equator, WGS 84, -90 to 90.',
              pii: 'quasi',
            },
            {
              name: 'longitude',
              type: 'double',
              doc: 'Degrees east of Greenwich, WGS 84, -180 to 180.',
              pii: 'quasi',
            },
          ],
        },
      ],
      default: null,
      doc: 'Where the card was last used at a known place; null until then.',
      pii: 'quasi',
    },
    {
      name: 'last_place_at',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-millis',
        },
      ],
      default: null,
      doc: 'Event time of `last_place`; null when that is null. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'first_at',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-millis',
        },
      ],
      default: null,
      doc: 'Least event time counted; null in profiles of before it was kept. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'activity',
      type: {
        type: 'array',
        items: 'long',
      },
      default: [],
      doc: 'Transactions and amounts, a ring of sliding windows, newest first: see fraud-service\'s `features/ring.ts`; 4 numbers a bucket: start in units of 6 s, count, euro cents, squares in square euros.',
    },
    {
      name: 'recent',
      type: {
        type: 'array',
        items: 'long',
      },
      default: [],
      doc: 'The last transactions, newest first, 3 numbers each: time, a hash of the id, euro cents: see fraud-service\'s `features/recent.ts`.',
    },
    {
      name: 'countries',
      type: {
        type: 'array',
        items: 'int',
      },
      default: [],
      doc: 'Hashes of the countries the card was seen in, with the days: see fraud-service\'s `features/known.ts`.',
    },
    {
      name: 'merchants',
      type: {
        type: 'array',
        items: 'int',
      },
      default: [],
      doc: 'The same of merchants.',
    },
    {
      name: 'categories',
      type: {
        type: 'array',
        items: 'int',
      },
      default: [],
      doc: 'The same of merchant categories.',
    },
    {
      name: 'input_offset',
      type: 'long',
      doc: 'Offset, from 0, in the card\'s partition of `transactions_log`, of the last transaction applied: a record at or below it was seen before.',
    },
  ],
}

export const cardSpendDaySchema: AvroSchema = {
  type: 'record',
  name: 'CardSpendDay',
  namespace: 'io.swipestream',
  doc: 'What was spent with a card on a day. Topic `card_spend_daily`, key `spend_id`; a later record of a key replaces the one before.',
  fields: [
    {
      name: 'spend_id',
      type: 'string',
      doc: '`<card_id>/<day>/<currency>`.',
      pii: 'pseudonymous',
    },
    {
      name: 'card_id',
      type: 'string',
      doc: 'Card token, as in `transactions_log`.',
      pii: 'pseudonymous',
    },
    {
      name: 'day',
      type: 'string',
      doc: 'Day of the swipes by UTC, ISO 8601 `YYYY-MM-DD`.',
    },
    {
      name: 'currency',
      type: 'string',
      doc: 'Currency of the sums. ISO 4217 alphabetic code, upper case.',
    },
    {
      name: 'transactions',
      type: 'long',
      doc: 'Swipes accepted, from 1.',
    },
    {
      name: 'amount_minor',
      type: 'long',
      doc: 'Their sum in minor units of `currency`, from 1.',
    },
    {
      name: 'last_occurred_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'Event time of the latest of them. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'updated_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When this sum was made. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const cardVerdictsSchema: AvroSchema = {
  type: 'record',
  name: 'CardVerdicts',
  namespace: 'io.swipestream',
  doc: 'What people said of a card\'s transactions, and whether the card is blocked. Topic `card_verdicts`, key `card_id`, in the partition of the card\'s transactions. Written by fraud-service alone.',
  fields: [
    {
      name: 'card_id',
      type: 'string',
      doc: 'Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api.',
      pii: 'pseudonymous',
    },
    {
      name: 'blocked',
      type: 'boolean',
      doc: 'Whether every transaction of the card is declined.',
    },
    {
      name: 'blocked_changed_at',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-millis',
        },
      ],
      default: null,
      doc: 'When `blocked` last changed, by the answer that changed it; null when it never did. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'blocked_changed_by',
      type: [
        'null',
        {
          type: 'string',
          logicalType: 'uuid',
        },
      ],
      default: null,
      doc: 'Feedback that last changed `blocked`; null when none did. UUIDv7, as in `fraud_feedback`.',
    },
    {
      name: 'frauds',
      type: {
        type: 'array',
        items: 'long',
      },
      doc: 'Confirmed frauds by the time of the confirmation, a ring of sliding windows, newest first: see fraud-service\'s `features/ring.ts`; 2 numbers a bucket: start in units of 6 s, count.',
    },
    {
      name: 'confirmed',
      type: {
        type: 'array',
        items: 'long',
      },
      doc: 'The last confirmed frauds, newest first, 4 numbers each: time of the confirmation in milliseconds since the Unix epoch, UTC; a hash of the transaction\'s id; its event time in milliseconds, that of the confirmation when it is not known; its amount in euro cents, -1 without a rate or when it is not known.',
    },
    {
      name: 'input_offset',
      type: 'long',
      doc: 'Offset, from 0, in the card\'s partition of `fraud_feedback`, of the last answer applied.',
    },
  ],
}

export const categorySpendHourSchema: AvroSchema = {
  type: 'record',
  name: 'CategorySpendHour',
  namespace: 'io.swipestream',
  doc: 'What was spent in a merchant category in an hour, as one partition of `transactions_log` saw it: the sum over `partition` is the whole. Topic `category_spend_hourly`, key `spend_id`; a later record of a key replaces the one before.',
  fields: [
    {
      name: 'spend_id',
      type: 'string',
      doc: '`<category>/<hour in milliseconds since the Unix epoch>/<currency>/<partition>`.',
    },
    {
      name: 'category',
      type: 'string',
      doc: 'Merchant category code of 4 digits (ISO 18245); `0000` where the acquirer sent none.',
    },
    {
      name: 'hour_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'Beginning of the hour of the swipes, event time. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'currency',
      type: 'string',
      doc: 'Currency of the sums. ISO 4217 alphabetic code, upper case.',
    },
    {
      name: 'partition',
      type: 'int',
      doc: 'Partition of `transactions_log` that this is of, from 0.',
    },
    {
      name: 'transactions',
      type: 'long',
      doc: 'Swipes accepted, from 1.',
    },
    {
      name: 'amount_minor',
      type: 'long',
      doc: 'Their sum in minor units of `currency`, from 1.',
    },
    {
      name: 'updated_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When this sum was made. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const customerSchema: AvroSchema = {
  type: 'record',
  name: 'Customer',
  namespace: 'io.swipestream',
  doc: 'How to reach the holder of cards. Topic `customers`, key `customer_id`; a tombstone erases the customer.',
  fields: [
    {
      name: 'customer_id',
      type: 'string',
      doc: 'The bank\'s id of the customer.',
      pii: 'pseudonymous',
    },
    {
      name: 'given_name',
      type: ['null', 'string'],
      default: null,
      doc: 'Given name, as the bank writes it; null when it has none.',
      pii: 'direct',
    },
    {
      name: 'family_name',
      type: ['null', 'string'],
      default: null,
      doc: 'Family name, as the bank writes it; null when it has none.',
      pii: 'direct',
    },
    {
      name: 'email',
      type: ['null', 'string'],
      default: null,
      doc: 'E-mail address (RFC 5322 addr-spec); null when the bank has none.',
      pii: 'direct',
    },
    {
      name: 'phone',
      type: ['null', 'string'],
      default: null,
      doc: 'Telephone number that takes SMS, E.164 with the leading `+`; null when the bank has none.',
      pii: 'direct',
    },
    {
      name: 'language',
      type: 'string',
      doc: 'Language to write in, BCP 47 tag, such as `de` or `pt-BR`.',
      pii: 'quasi',
    },
    {
      name: 'time_zone',
      type: 'string',
      doc: 'Where the customer\'s quiet hours are counted, IANA time zone, such as `Europe/Berlin`.',
      pii: 'quasi',
    },
    {
      name: 'country',
      type: ['null', 'string'],
      default: null,
      doc: 'Country of residence, as the bank has it. ISO 3166-1 alpha-2, upper case; null when it has none.',
      pii: 'quasi',
    },
    {
      name: 'channels',
      type: {
        type: 'array',
        items: {
          type: 'enum',
          name: 'Channel',
          doc: 'The way a message goes. A reader that does not know a newer channel sees `app`.',
          symbols: ['email', 'sms', 'app'],
          default: 'app',
        },
      },
      default: [],
      doc: 'Ways the customer wants to be told, the most wanted first; empty when they said nothing. What is urgent goes all ways there are.',
    },
    {
      name: 'quiet_from',
      type: ['null', 'string'],
      default: null,
      doc: 'When the customer\'s quiet hours begin, `HH:MM` by the clock of `time_zone`; null when there are none. What is urgent, and what asks them something, is not held.',
      pii: 'quasi',
    },
    {
      name: 'quiet_to',
      type: ['null', 'string'],
      default: null,
      doc: 'When the customer\'s quiet hours end, `HH:MM` by the clock of `time_zone`, on the next day when it is not after `quiet_from`; null when there are none.',
      pii: 'quasi',
    },
    {
      name: 'updated_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When the row last changed at its source. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const deadLetterSchema: AvroSchema = {
  type: 'record',
  name: 'DeadLetter',
  namespace: 'io.swipestream',
  doc: 'Why a record stands on `<topic>.dlq`. Not a value: each field is one header of that record, `dlq-` and the field\'s name with dashes, its value as UTF-8 text (numbers in decimal); the record\'s key, value and other headers are the original\'s bytes.',
  fields: [
    {
      name: 'reason',
      type: 'string',
      doc: 'What went wrong, in one English sentence; no part of the value.',
    },
    {
      name: 'code',
      type: 'string',
      doc: 'The error\'s code, upper snake case, such as `AVRO_UNDECODABLE`.',
    },
    {
      name: 'topic',
      type: 'string',
      doc: 'Topic of the original record, with its namespace.',
    },
    {
      name: 'partition',
      type: 'int',
      doc: 'Partition of the original record, from 0.',
    },
    {
      name: 'offset',
      type: 'long',
      doc: 'Offset of the original record, from 0.',
    },
    {
      name: 'timestamp',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'Timestamp of the original record. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'consumer_group',
      type: 'string',
      doc: 'Consumer group that gave the record up, with its namespace.',
    },
    {
      name: 'attempts',
      type: 'int',
      doc: 'How often the record was tried, from 1.',
    },
    {
      name: 'failed_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When the record was given up. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const etlCheckpointSchema: AvroSchema = {
  type: 'record',
  name: 'EtlCheckpoint',
  namespace: 'io.swipestream',
  doc: 'How far the extraction of a source table has come. Topic `etl_checkpoints`, key `table`; written in one Kafka transaction with the rows it speaks of.',
  fields: [
    {
      name: 'table',
      type: 'string',
      doc: 'The table, as its topic is named: `<source>.<database>.<table>`.',
    },
    {
      name: 'mode',
      type: {
        type: 'enum',
        name: 'ExtractMode',
        doc: 'How changes of a table are found: `watermark` by a column that tells when a row changed, `sweep` by checksums over ranges of keys.',
        symbols: ['watermark', 'sweep'],
        closed: true,
      },
      doc: 'How changes of the table are found.',
    },
    {
      name: 'phase',
      type: {
        type: 'enum',
        name: 'ExtractPhase',
        doc: 'Whether the table is read for the first time or its changes are followed.',
        symbols: ['snapshot', 'follow'],
        closed: true,
      },
      doc: 'What the extraction is doing.',
    },
    {
      name: 'position',
      type: 'string',
      doc: 'Where it goes on, as JSON that only etl-loader reads: the key after which the snapshot, or the watermark and key after which the increments go on.',
      pii: 'pseudonymous',
    },
    {
      name: 'schema_id',
      type: 'int',
      doc: 'Id in the schema registry of the schema that the last rows were written with, from 1.',
    },
    {
      name: 'rows',
      type: 'long',
      doc: 'Rows written since the snapshot began, from 0.',
    },
    {
      name: 'updated_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When this was written. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const fraudAlertSchema: AvroSchema = {
  type: 'record',
  name: 'FraudAlert',
  namespace: 'io.swipestream',
  doc: 'A transaction the customer must hear of. Topic `fraud_alerts`, key `card_id`.',
  fields: [
    {
      name: 'alert_id',
      type: {
        type: 'string',
        logicalType: 'uuid',
      },
      doc: 'Equals `transaction_id`: there is at most one alert a transaction. UUIDv7.',
    },
    {
      name: 'transaction_id',
      type: {
        type: 'string',
        logicalType: 'uuid',
      },
      doc: 'Transaction this is about. UUIDv7, as in `transactions_log`.',
    },
    {
      name: 'card_id',
      type: 'string',
      doc: 'Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api.',
      pii: 'pseudonymous',
    },
    {
      name: 'card_last4',
      type: 'string',
      doc: 'Last 4 digits of the card number, `0`-`9`, as printed on receipts.',
      pii: 'quasi',
    },
    {
      name: 'severity',
      type: {
        type: 'enum',
        name: 'Severity',
        doc: 'How urgent an alert is. A reader that does not know a newer severity sees `warning`.',
        symbols: ['info', 'warning', 'critical'],
        default: 'warning',
      },
      doc: 'How urgent the alert is; `critical` passes the customer\'s quiet hours.',
    },
    {
      name: 'outcome',
      type: {
        type: 'enum',
        name: 'Outcome',
        doc: 'What is to be done with a transaction. A reader that does not know a newer outcome sees `review`: nothing unknown is approved.',
        symbols: ['approve', 'review', 'decline'],
        default: 'review',
      },
      doc: 'What was decided about the transaction, as in its FraudDecision; never `approve`.',
    },
    {
      name: 'score',
      type: 'int',
      doc: 'Risk score, 0 (no reason fired) to 1000.',
    },
    {
      name: 'reasons',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Reason',
          doc: 'One rule that fired, with the numbers behind it.',
          fields: [
            {
              name: 'rule_id',
              type: 'string',
              doc: 'The rule that fired, snake_case, such as `impossible_travel`.',
            },
            {
              name: 'rule_version',
              type: 'int',
              doc: 'Version of the rule that fired, from 1; 0 when its record could not be read, and it failed.',
            },
            {
              name: 'weight',
              type: 'int',
              doc: 'Points this rule added to the score, 0 to 1000.',
            },
            {
              name: 'text',
              type: 'string',
              doc: 'The reason in one English sentence, for analysts.',
              pii: 'quasi',
            },
            {
              name: 'evidence',
              type: {
                type: 'array',
                items: {
                  type: 'record',
                  name: 'Evidence',
                  doc: 'One number or word a rule saw when it fired.',
                  fields: [
                    {
                      name: 'name',
                      type: 'string',
                      doc: 'What was measured, snake_case, such as `speed`.',
                      pii: 'none',
                    },
                    {
                      name: 'value',
                      type: ['double', 'string'],
                      doc: 'The measured value: a finite number in `unit`, or a word.',
                      pii: 'quasi',
                    },
                    {
                      name: 'unit',
                      type: ['null', 'string'],
                      default: null,
                      doc: 'Unit of `value` (`km/h`, `EUR`, `s`); null where there is none.',
                    },
                  ],
                },
              },
              doc: 'The measurements behind the reason, in the order the rule names them.',
            },
          ],
        },
      },
      doc: 'The rules that fired, greatest weight first.',
    },
    {
      name: 'amount_minor',
      type: 'long',
      doc: 'What was to be paid, in minor units of `currency` (cents for EUR, yen for JPY), 1 to 2^53 - 1.',
    },
    {
      name: 'currency',
      type: 'string',
      doc: 'Currency of `amount_minor`. ISO 4217 alphabetic code, upper case.',
    },
    {
      name: 'merchant_name',
      type: ['null', 'string'],
      default: null,
      doc: 'Name of the merchant as on the statement, as the acquirer sends it; null when it is not sent.',
      pii: 'none',
    },
    {
      name: 'country',
      type: ['null', 'string'],
      default: null,
      doc: 'Country where the card was used, as the acquirer sends it. ISO 3166-1 alpha-2, upper case; null when it is not sent.',
      pii: 'quasi',
    },
    {
      name: 'terminal_id',
      type: ['null', 'string'],
      default: null,
      doc: 'Terminal that read the card, as the acquirer names it; null when it is not sent.',
    },
    {
      name: 'occurred_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'Event time: when the card was used, as the terminal reports it. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'raised_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'Processing time: when the alert was raised. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const fraudDecisionSchema: AvroSchema = {
  type: 'record',
  name: 'FraudDecision',
  namespace: 'io.swipestream',
  doc: 'What fraud-service decided about one transaction, and why. Topic `fraud_decisions`, key `card_id`.',
  fields: [
    {
      name: 'transaction_id',
      type: {
        type: 'string',
        logicalType: 'uuid',
      },
      doc: 'The transaction decided about, and the decision\'s own id: there is one decision a transaction. UUIDv7.',
    },
    {
      name: 'card_id',
      type: 'string',
      doc: 'Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api.',
      pii: 'pseudonymous',
    },
    {
      name: 'outcome',
      type: {
        type: 'enum',
        name: 'Outcome',
        doc: 'What is to be done with a transaction. A reader that does not know a newer outcome sees `review`: nothing unknown is approved.',
        symbols: ['approve', 'review', 'decline'],
        default: 'review',
      },
      doc: 'What is to be done with the transaction.',
    },
    {
      name: 'score',
      type: 'int',
      doc: 'Risk score, 0 (no reason fired) to 1000.',
    },
    {
      name: 'reasons',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Reason',
          doc: 'One rule that fired, with the numbers behind it.',
          fields: [
            {
              name: 'rule_id',
              type: 'string',
              doc: 'The rule that fired, snake_case, such as `impossible_travel`.',
            },
            {
              name: 'rule_version',
              type: 'int',
              doc: 'Version of the rule that fired, from 1; 0 when its record could not be read, and it failed.',
            },
            {
              name: 'weight',
              type: 'int',
              doc: 'Points this rule added to the score, 0 to 1000.',
            },
            {
              name: 'text',
              type: 'string',
              doc: 'The reason in one English sentence, for analysts.',
              pii: 'quasi',
            },
            {
              name: 'evidence',
              type: {
                type: 'array',
                items: {
                  type: 'record',
                  name: 'Evidence',
                  doc: 'One number or word a rule saw when it fired.',
                  fields: [
                    {
                      name: 'name',
                      type: 'string',
                      doc: 'What was measured, snake_case, such as `speed`.',
                      pii: 'none',
                    },
                    {
                      name: 'value',
                      type: ['double', 'string'],
                      doc: 'The measured value: a finite number in `unit`, or a word.',
                      pii: 'quasi',
                    },
                    {
                      name: 'unit',
                      type: ['null', 'string'],
                      default: null,
                      doc: 'Unit of `value` (`km/h`, `EUR`, `s`); null where there is none.',
                    },
                  ],
                },
              },
              doc: 'The measurements behind the reason, in the order the rule names them.',
            },
          ],
        },
      },
      doc: 'The rules that fired, greatest weight first; empty when none did.',
    },
    {
      name: 'rule_versions',
      type: {
        type: 'map',
        values: 'int',
      },
      doc: 'Every rule evaluated, fired or not: rule id to rule version, from 1; 0 when its record could not be read, and it failed.',
    },
    {
      name: 'input_topic',
      type: 'string',
      doc: 'Topic of the transaction\'s record, with its namespace.',
    },
    {
      name: 'input_partition',
      type: 'int',
      doc: 'Partition of the transaction\'s record, from 0.',
    },
    {
      name: 'input_offset',
      type: 'long',
      doc: 'Offset of the transaction\'s record, from 0.',
    },
    {
      name: 'occurred_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'Event time: when the card was used, as the terminal reports it. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'decided_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'Processing time: when the decision was made. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'event_order',
      type: {
        type: 'enum',
        name: 'EventOrder',
        doc: 'How a transaction arrived. A reader that does not know a newer order sees `in_order`.',
        symbols: ['in_order', 'late', 'too_late', 'ahead'],
        default: 'in_order',
      },
      default: 'in_order',
      doc: 'How the transaction arrived, by event time: `too_late` and `ahead` ones are judged, and not remembered.',
    },
    {
      name: 'taken',
      type: [
        'null',
        {
          type: 'record',
          name: 'TakenValues',
          doc: 'Every value a decision took from topics other than `transactions_log`. With them it can be made again.',
          fields: [
            {
              name: 'home_country',
              type: ['null', 'string'],
              default: null,
              doc: 'The card\'s home, from `cards`, ISO 3166-1 alpha-2; null when the card is not known there.',
              pii: 'quasi',
            },
            {
              name: 'time_zone',
              type: ['null', 'string'],
              default: null,
              doc: 'The card\'s time zone, from `cards`, IANA name; null when the card is not known there.',
              pii: 'quasi',
            },
            {
              name: 'card_blocked',
              type: 'boolean',
              doc: 'Whether the card was blocked, from `card_verdicts`.',
            },
            {
              name: 'card_frauds',
              type: {
                type: 'array',
                items: 'int',
              },
              doc: 'Frauds of the card confirmed in the day, 7 days and 30 days before, from `card_verdicts`.',
            },
            {
              name: 'terminal',
              type: [
                'null',
                {
                  type: 'record',
                  name: 'TerminalFigures',
                  doc: 'A terminal\'s features at the time of a transaction, from `terminal_profiles`.',
                  fields: [
                    {
                      name: 'counts',
                      type: {
                        type: 'array',
                        items: 'long',
                      },
                      doc: 'Transactions in the minute, 10 minutes, hour, day, 7 days and 30 days before.',
                    },
                    {
                      name: 'amounts',
                      type: {
                        type: 'array',
                        items: 'long',
                      },
                      doc: 'Sums of their amounts, in euro cents, over the same windows.',
                    },
                    {
                      name: 'frauds',
                      type: {
                        type: 'array',
                        items: 'int',
                      },
                      doc: 'Frauds confirmed in the day, 7 days and 30 days before.',
                    },
                    {
                      name: 'first_fraud_at',
                      type: [
                        'null',
                        {
                          type: 'long',
                          logicalType: 'timestamp-millis',
                        },
                      ],
                      default: null,
                      doc: 'When the first of the 30 days before was confirmed, to a day: start of its bucket, see fraud-service\'s `features/ring.ts`; null when none was. Milliseconds since the Unix epoch, UTC.',
                    },
                    {
                      name: 'fraud_mean',
                      type: ['null', 'double'],
                      default: null,
                      doc: 'Mean amount of the last frauds, 32 at most, confirmed in the 30 days before, in euro cents; null when none has a known amount.',
                    },
                    {
                      name: 'clean_count',
                      type: ['null', 'long'],
                      default: null,
                      doc: 'Transactions after the last of these frauds, by event time, without those of the 7 days before; null when none was confirmed in the 30 days before.',
                    },
                  ],
                },
              ],
              default: null,
              doc: 'The terminal\'s features; null when the transaction names none.',
            },
          ],
        },
      ],
      default: null,
      doc: 'Values taken from other topics; null in decisions of before there were any.',
    },
    {
      name: 'model',
      type: [
        'null',
        {
          type: 'record',
          name: 'ModelSignal',
          doc: 'What a model made of the features.',
          fields: [
            {
              name: 'version',
              type: 'string',
              doc: 'Version of the model.',
            },
            {
              name: 'probability',
              type: 'double',
              doc: 'Probability of fraud, 0 to 1.',
            },
            {
              name: 'top',
              type: {
                type: 'array',
                items: 'Evidence',
              },
              doc: 'The features that counted most, greatest first.',
            },
          ],
        },
      ],
      default: null,
      doc: 'What the model made of it; null without a model.',
    },
    {
      name: 'features_hash',
      type: ['null', 'string'],
      default: null,
      doc: 'MurmurHash3 (x64, 128 bits, seed 0) of all features, hexadecimal; null in decisions of before it was taken.',
    },
    {
      name: 'shadow_rules',
      type: [
        'null',
        {
          type: 'array',
          items: {
            type: 'record',
            name: 'ShadowRule',
            doc: 'A shadow rule that fired: it counted for nothing, and is reported.',
            fields: [
              {
                name: 'rule_id',
                type: 'string',
                doc: 'The rule that fired, snake_case, as in `fraud_rules`.',
              },
              {
                name: 'rule_version',
                type: 'int',
                doc: 'Version of the rule that fired, from 1.',
              },
            ],
          },
        },
      ],
      default: null,
      doc: 'The shadow rules that fired, by rule id; null in decisions of before they were recorded.',
    },
  ],
}

export const fraudFeedbackSchema: AvroSchema = {
  type: 'record',
  name: 'FraudFeedback',
  namespace: 'io.swipestream',
  doc: 'What a customer or an analyst says a transaction really was. Topic `fraud_feedback`, key `card_id`.',
  fields: [
    {
      name: 'feedback_id',
      type: {
        type: 'string',
        logicalType: 'uuid',
      },
      doc: 'Id of this answer. UUIDv7.',
    },
    {
      name: 'transaction_id',
      type: {
        type: 'string',
        logicalType: 'uuid',
      },
      doc: 'Transaction this is about. UUIDv7, as in `transactions_log`.',
    },
    {
      name: 'card_id',
      type: 'string',
      doc: 'Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api.',
      pii: 'pseudonymous',
    },
    {
      name: 'terminal_id',
      type: ['null', 'string'],
      default: null,
      doc: 'Terminal that read the card, as the acquirer names it; null when the transaction names none.',
    },
    {
      name: 'transaction_occurred_at',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-millis',
        },
      ],
      default: null,
      doc: 'Event time of the transaction: when the card was used, as the terminal reports it; null when it is not known. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'amount_minor',
      type: ['null', 'long'],
      default: null,
      doc: 'What was to be paid with the transaction, in minor units of `currency`, 1 to 2^53 - 1; null when it is not known.',
    },
    {
      name: 'currency',
      type: ['null', 'string'],
      default: null,
      doc: 'Currency of `amount_minor`. ISO 4217 alphabetic code, upper case; null when the amount is not known.',
    },
    {
      name: 'verdict',
      type: {
        type: 'enum',
        name: 'Verdict',
        doc: 'What the transaction was. Closed: a reader must never take an unknown verdict for one of these.',
        symbols: ['confirmed_fraud', 'legitimate'],
        closed: true,
      },
      doc: 'What the transaction was, as the one who answered says.',
    },
    {
      name: 'card_action',
      type: {
        type: 'enum',
        name: 'CardAction',
        doc: 'What is to be done with a card. A reader that does not know a newer action sees `none`.',
        symbols: ['none', 'block', 'unblock'],
        default: 'none',
      },
      default: 'none',
      doc: 'What is to be done with the card. A customer\'s `confirmed_fraud` blocks it in any case; an analyst says what they want.',
    },
    {
      name: 'source',
      type: 'string',
      doc: 'Where the answer came from: `customer_email`, `customer_sms`, `customer_app`, `analyst`, or `label` (what a later process, such as chargebacks, found out; it never blocks a card).',
    },
    {
      name: 'actor',
      type: ['null', 'string'],
      default: null,
      doc: 'Who answered: the analyst\'s user name; null for the customer.',
      pii: 'direct',
    },
    {
      name: 'comment',
      type: ['null', 'string'],
      default: null,
      doc: 'Free text of the one who answered; null when there is none.',
      pii: 'direct',
    },
    {
      name: 'given_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When the answer was given. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const fraudRuleSchema: AvroSchema = {
  type: 'record',
  name: 'FraudRule',
  namespace: 'io.swipestream',
  doc: 'A fraud rule: its newest version and those before it. Topic `fraud_rules`, key `rule_id`. One record holds them all, for a compacted topic keeps one record of a key; a tombstone removes the rule.',
  fields: [
    {
      name: 'rule_id',
      type: 'string',
      doc: 'snake_case, such as `impossible_travel`.',
    },
    {
      name: 'version',
      type: 'int',
      doc: 'Number of the version, from 1; never used again.',
    },
    {
      name: 'expression',
      type: 'string',
      doc: 'CEL over the feature catalogue and the rule\'s tables: whether the rule fires.',
    },
    {
      name: 'tables',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'RuleTable',
          doc: 'Numbers of a rule\'s own by a word, such as limits by currency.',
          fields: [
            {
              name: 'name',
              type: 'string',
              doc: 'Its name in the rule\'s texts, after `rule.`; snake_case, such as `limit`.',
              pii: 'none',
            },
            {
              name: 'by',
              type: 'string',
              doc: 'The feature whose word is looked up, such as `tx.currency`.',
            },
            {
              name: 'values',
              type: {
                type: 'map',
                values: 'double',
              },
              doc: 'The number of each word.',
            },
            {
              name: 'default',
              type: 'double',
              doc: 'The number of a word that is not in `values`, in `unit`; -1.8e308 to 1.8e308.',
            },
            {
              name: 'unit',
              type: ['null', 'string'],
              default: null,
              doc: 'Unit of the numbers, or the feature that holds it (`tx.currency`); null where there is none.',
            },
          ],
        },
      },
      doc: 'The rule\'s own tables; empty for most rules.',
    },
    {
      name: 'weight',
      type: 'int',
      doc: 'Points it adds to the score when it fires, 1 to 1000.',
    },
    {
      name: 'reason',
      type: 'string',
      doc: 'Why it fired, for analysts: one English sentence with `{feature}` where values go.',
    },
    {
      name: 'severity',
      type: {
        type: 'enum',
        name: 'Severity',
        doc: 'How urgent an alert is. A reader that does not know a newer severity sees `warning`.',
        symbols: ['info', 'warning', 'critical'],
        default: 'warning',
      },
      doc: 'How urgent an alert is that this rule alone would raise.',
    },
    {
      name: 'mode',
      type: {
        type: 'enum',
        name: 'RuleMode',
        doc: 'What a rule does. A reader that does not know a newer mode sees `off`.',
        symbols: ['live', 'shadow', 'off'],
        default: 'off',
      },
      doc: '`live` counts; `shadow` is evaluated and reported, and changes nothing; `off` is kept.',
    },
    {
      name: 'owner',
      type: 'string',
      doc: 'The person or team to ask.',
    },
    {
      name: 'comment',
      type: 'string',
      doc: 'Why the rule is as it is, or was changed.',
    },
    {
      name: 'created_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When this version was made. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'created_by',
      type: 'string',
      doc: 'Who made this version, as they said or as their key names them.',
      pii: 'direct',
    },
    {
      name: 'earlier',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'RuleVersion',
          doc: 'A rule as it was at one time.',
          fields: [
            {
              name: 'version',
              type: 'int',
              doc: 'Number of the version, from 1; never used again.',
            },
            {
              name: 'expression',
              type: 'string',
              doc: 'CEL over the feature catalogue and the rule\'s tables: whether the rule fires.',
            },
            {
              name: 'tables',
              type: {
                type: 'array',
                items: 'RuleTable',
              },
              doc: 'The rule\'s own tables; empty for most rules.',
            },
            {
              name: 'weight',
              type: 'int',
              doc: 'Points it adds to the score when it fires, 1 to 1000.',
            },
            {
              name: 'reason',
              type: 'string',
              doc: 'Why it fired, for analysts: one English sentence with `{feature}` where values go.',
            },
            {
              name: 'severity',
              type: 'Severity',
              doc: 'How urgent an alert is that this rule alone would raise.',
            },
            {
              name: 'mode',
              type: 'RuleMode',
              doc: '`live` counts; `shadow` is evaluated and reported, and changes nothing; `off` is kept.',
            },
            {
              name: 'owner',
              type: 'string',
              doc: 'The person or team to ask.',
            },
            {
              name: 'comment',
              type: 'string',
              doc: 'Why the rule is as it is, or was changed.',
            },
            {
              name: 'created_at',
              type: {
                type: 'long',
                logicalType: 'timestamp-millis',
              },
              doc: 'When this version was made. Milliseconds since the Unix epoch, UTC.',
            },
            {
              name: 'created_by',
              type: 'string',
              doc: 'Who made this version, as they said or as their key names them.',
              pii: 'direct',
            },
          ],
        },
      },
      doc: 'Versions before this one, newest first, 20 at most.',
    },
  ],
}

export const logLineSchema: AvroSchema = {
  type: 'record',
  name: 'LogLine',
  namespace: 'io.swipestream',
  doc: 'An entry of a log file, as it was written. Topic `server_logs`, key `file_key`.',
  fields: [
    {
      name: 'file_key',
      type: 'string',
      doc: '`<host>/<file_id>`: the entries of a file stay in their order.',
    },
    {
      name: 'host',
      type: 'string',
      doc: 'Name of the machine that the file is on.',
      pii: 'none',
    },
    {
      name: 'file_id',
      type: 'string',
      doc: 'Identity of the file, which a renamed file keeps and a truncated one changes: hexadecimal digits made of device, inode, the head of the file and a generation.',
    },
    {
      name: 'path',
      type: 'string',
      doc: 'Where the file was found, absolute.',
      pii: 'none',
    },
    {
      name: 'generation',
      type: 'int',
      doc: 'How often a file of the same device and inode began anew, from 0.',
    },
    {
      name: 'offset',
      type: 'long',
      doc: 'Byte of the file at which the entry begins, from 0; of a compressed file, of its content.',
    },
    {
      name: 'end_offset',
      type: 'long',
      doc: 'Byte at which the next entry begins. Above `offset`, up to 2^53 - 1.',
    },
    {
      name: 'service',
      type: 'string',
      doc: 'The service that writes the file, as configured.',
    },
    {
      name: 'format',
      type: 'string',
      doc: 'How the file is to be read, as configured, such as `nginx.access`; `auto` to find out by each entry.',
    },
    {
      name: 'message',
      type: 'string',
      doc: 'The entry without its end of line, personal data that was recognised replaced; lines of one entry are joined by a line feed.',
      pii: 'quasi',
    },
    {
      name: 'truncated',
      type: 'boolean',
      doc: 'Whether the entry was longer than the limit and its end was left out.',
    },
    {
      name: 'redactions',
      type: 'int',
      doc: 'How many pieces of personal data were replaced, from 0.',
    },
    {
      name: 'read_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When the entry was read. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const merchantSchema: AvroSchema = {
  type: 'record',
  name: 'Merchant',
  namespace: 'io.swipestream',
  doc: 'Where cards are used. Topic `merchants`, key `merchant_id`; a tombstone removes the merchant.',
  fields: [
    {
      name: 'merchant_id',
      type: 'string',
      doc: 'The merchant, by the id that the acquirer sends.',
    },
    {
      name: 'name',
      type: 'string',
      doc: 'Trading name, as the bank has it, without blanks around it.',
      pii: 'none',
    },
    {
      name: 'category',
      type: ['null', 'string'],
      default: null,
      doc: 'What the merchant sells: category code of 4 digits (ISO 18245), as the bank has it.',
    },
    {
      name: 'country',
      type: ['null', 'string'],
      default: null,
      doc: 'Where the merchant is. ISO 3166-1 alpha-2, upper case; null when the bank does not know.',
    },
    {
      name: 'city',
      type: ['null', 'string'],
      default: null,
      doc: 'Where the merchant is, as the bank writes it; null when the bank does not know.',
    },
    {
      name: 'merged_ids',
      type: {
        type: 'array',
        items: 'string',
      },
      doc: 'Ids of rows of the bank that are the same merchant and were merged into this one, ascending; empty as a rule.',
      default: [],
    },
    {
      name: 'updated_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When the row last changed at its source. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const notificationSchema: AvroSchema = {
  type: 'record',
  name: 'Notification',
  namespace: 'io.swipestream',
  doc: 'One step of one message to a customer or to the people on call. Topic `notifications`, key `customer_id`.',
  fields: [
    {
      name: 'notification_id',
      type: {
        type: 'string',
        logicalType: 'uuid',
      },
      doc: 'The message; the same through all its steps. UUIDv7.',
    },
    {
      name: 'alert_id',
      type: {
        type: 'string',
        logicalType: 'uuid',
      },
      doc: 'The alert the message tells of. UUIDv7.',
    },
    {
      name: 'customer_id',
      type: 'string',
      doc: 'The bank\'s id of the customer written to; `on_call` where the people on call are, `fallback` where a desk of the bank is, because nobody knows how to reach the customer.',
      pii: 'pseudonymous',
    },
    {
      name: 'card_id',
      type: 'string',
      doc: 'Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api. Empty where the message is about no card.',
      pii: 'pseudonymous',
    },
    {
      name: 'channel',
      type: {
        type: 'enum',
        name: 'Channel',
        doc: 'The way a message goes. A reader that does not know a newer channel sees `app`.',
        symbols: ['email', 'sms', 'app'],
        default: 'app',
      },
      doc: 'The way the message went.',
    },
    {
      name: 'recipient',
      type: 'string',
      doc: 'Address or number with all but a hint masked, such as `j***@example.org` or `+49*****89`.',
      pii: 'quasi',
    },
    {
      name: 'status',
      type: {
        type: 'enum',
        name: 'NotificationStatus',
        doc: 'How far a message came. A reader that does not know a newer status sees `queued`: nothing is claimed of it.',
        symbols: ['queued', 'sent', 'delivered', 'failed'],
        default: 'queued',
      },
      doc: 'How far the message came: `sent` is the provider\'s acceptance, `delivered` the provider\'s report.',
    },
    {
      name: 'attempt',
      type: 'int',
      doc: 'Which attempt this step belongs to, from 1; 0 while queued.',
    },
    {
      name: 'provider_message_id',
      type: ['null', 'string'],
      default: null,
      doc: 'The provider\'s id of the message, SMTP Message-ID or Twilio SID; null until it has one.',
    },
    {
      name: 'error',
      type: ['null', 'string'],
      default: null,
      doc: 'Why the attempt failed, with the provider\'s code and no address; null unless `failed`.',
    },
    {
      name: 'occurred_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When the step happened. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'purpose',
      type: {
        type: 'enum',
        name: 'Purpose',
        doc: 'What a message is for. A reader that does not know a newer purpose sees `alert`.',
        symbols: ['alert', 'digest', 'confirmation', 'ops'],
        default: 'alert',
      },
      default: 'alert',
      doc: 'What the message is for: `alert` tells of one alert of a card, `digest` of several, `confirmation` that an answer was understood, `ops` tells the people on call.',
    },
    {
      name: 'merged_into',
      type: [
        'null',
        {
          type: 'string',
          logicalType: 'uuid',
        },
      ],
      default: null,
      doc: 'The `digest` or `ops` message that tells of this alert together with others, by its `notification_id`; null when the alert has its own. UUIDv7.',
    },
  ],
}

export const opsAlertSchema: AvroSchema = {
  type: 'record',
  name: 'OpsAlert',
  namespace: 'io.swipestream',
  doc: 'Something that the people on call must look at. Topic `ops_alerts`, key `service`.',
  fields: [
    {
      name: 'alert_id',
      type: {
        type: 'string',
        logicalType: 'uuid',
      },
      doc: 'Id of this alert. UUIDv7.',
    },
    {
      name: 'service',
      type: 'string',
      doc: 'The service or source it is about, such as `fraud-service`.',
    },
    {
      name: 'code',
      type: 'string',
      doc: 'What happened, upper case, such as `FRAUD_RULE_FAILED`: the name of its runbook.',
    },
    {
      name: 'severity',
      type: {
        type: 'enum',
        name: 'Severity',
        doc: 'How urgent an alert is. A reader that does not know a newer severity sees `warning`.',
        symbols: ['info', 'warning', 'critical'],
        default: 'warning',
      },
      doc: 'How urgent the alert is.',
    },
    {
      name: 'subject',
      type: ['null', 'string'],
      default: null,
      doc: 'What exactly it is about, such as a rule\'s id; null where that is the service itself.',
    },
    {
      name: 'summary',
      type: 'string',
      doc: 'What happened, in one English sentence.',
    },
    {
      name: 'count',
      type: 'long',
      doc: 'How often it happened since the last alert of the same service, code and subject; from 1.',
    },
    {
      name: 'raised_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When the alert was raised. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'opened_at',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-millis',
        },
      ],
      default: null,
      doc: 'When what it is about began, of what has a beginning and an end; null of what just happens. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'resolved_at',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-millis',
        },
      ],
      default: null,
      doc: 'When it was over: the alert tells that what an earlier one of the same service, code and subject told has ended. Null otherwise. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const quarantinedRowSchema: AvroSchema = {
  type: 'record',
  name: 'QuarantinedRow',
  namespace: 'io.swipestream',
  doc: 'A row that broke a contract and waits for somebody to mend it. Topic `etl_quarantine`, key `row_id`; a tombstone says that it was replayed or dropped.',
  fields: [
    {
      name: 'row_id',
      type: 'string',
      doc: 'What it stands under: `<topic>/<partition>/<offset>` of the record that was refused.',
    },
    {
      name: 'stage',
      type: {
        type: 'enum',
        name: 'EtlStage',
        doc: 'Where a row was refused. A reader that does not know a newer stage sees `transform`.',
        symbols: ['extract', 'transform', 'load'],
        default: 'transform',
      },
      doc: 'Where the row was refused.',
    },
    {
      name: 'source_topic',
      type: 'string',
      doc: 'Topic of the record, without the namespace.',
    },
    {
      name: 'source_key',
      type: 'string',
      doc: 'Key of the row, as JSON.',
      pii: 'pseudonymous',
    },
    {
      name: 'code',
      type: 'string',
      doc: 'Why it was refused, upper case, such as `ETL_PHONE_INVALID`: the name of its runbook.',
    },
    {
      name: 'field',
      type: ['null', 'string'],
      default: null,
      doc: 'Column that was refused; null when it is the row as a whole.',
    },
    {
      name: 'reason',
      type: 'string',
      doc: 'Why it was refused, in one English sentence, without the value.',
    },
    {
      name: 'row',
      type: 'string',
      doc: 'The row as JSON, as it came.',
      pii: 'direct',
    },
    {
      name: 'quarantined_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When it was refused. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const reconciliationSchema: AvroSchema = {
  type: 'record',
  name: 'Reconciliation',
  namespace: 'io.swipestream',
  doc: 'Whether a table, its topic and the warehouse hold the same. Topic `etl_reconciliation`, key `table`.',
  fields: [
    {
      name: 'table',
      type: 'string',
      doc: 'The table, as its topic is named: `<source>.<database>.<table>`, or the topic of events.',
    },
    {
      name: 'window_from_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'Beginning of the window compared; 0 for the whole table. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'window_to_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'End of the window compared, itself left out. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'source_rows',
      type: ['null', 'long'],
      default: null,
      doc: 'Rows of the window at the source, from 0; null where there is no source but the topic.',
    },
    {
      name: 'topic_rows',
      type: 'long',
      doc: 'Rows of the window on the topic, its last record of each key, from 0.',
    },
    {
      name: 'warehouse_rows',
      type: 'long',
      doc: 'Rows of the window in the warehouse, from 0.',
    },
    {
      name: 'source_checksum',
      type: ['null', 'string'],
      default: null,
      doc: 'Checksum of those rows at the source, 32 hexadecimal digits; null where there is no source but the topic.',
    },
    {
      name: 'topic_checksum',
      type: 'string',
      doc: 'Checksum of those rows on the topic, 32 hexadecimal digits.',
    },
    {
      name: 'warehouse_checksum',
      type: 'string',
      doc: 'Checksum of those rows in the warehouse, 32 hexadecimal digits.',
    },
    {
      name: 'equal',
      type: 'boolean',
      doc: 'Whether all of them are the same.',
    },
    {
      name: 'reconciled_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When it was compared. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const spendMemorySchema: AvroSchema = {
  type: 'record',
  name: 'SpendMemory',
  namespace: 'io.swipestream',
  doc: 'A sum of spend that may still change: a state of one service, which nobody else reads. Topic `etl_spend_memory`, key `spend_id`; a tombstone says that the sum is final.',
  fields: [
    {
      name: 'spend_id',
      type: 'string',
      doc: '`spend_id` of the sum in `card_spend_daily` or `category_spend_hourly`; `newest/<partition>` for the newest swipe of a partition, of which only the time counts.',
      pii: 'pseudonymous',
    },
    {
      name: 'transactions',
      type: 'long',
      doc: 'Swipes in it, from 1.',
    },
    {
      name: 'currency',
      type: 'string',
      doc: 'Currency of the sum. ISO 4217 alphabetic code, upper case.',
    },
    {
      name: 'amount_minor',
      type: 'long',
      doc: 'Their sum in minor units of `currency`, from 1.',
    },
    {
      name: 'last_occurred_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'Event time of the latest of them. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'transaction_ids',
      type: {
        type: 'array',
        items: 'string',
      },
      default: [],
      doc: 'Of a card\'s day: the swipes in it, by which one that comes again is known. Of a category\'s hour: empty.',
    },
  ],
}

export const terminalEventSchema: AvroSchema = {
  type: 'record',
  name: 'TerminalEvent',
  namespace: 'io.swipestream',
  doc: 'What a terminal\'s features are made of: a transaction there, or what was said of one. Topic `transactions_by_terminal`, key `terminal_id`.',
  fields: [
    {
      name: 'terminal_id',
      type: 'string',
      doc: 'Terminal that read the card, as the acquirer names it.',
    },
    {
      name: 'transaction_id',
      type: {
        type: 'string',
        logicalType: 'uuid',
      },
      doc: 'Transaction this is about. UUIDv7, as in `transactions_log`.',
    },
    {
      name: 'kind',
      type: {
        type: 'enum',
        name: 'TerminalEventKind',
        doc: 'What happened. Closed: a reader must never take an unknown kind for one of these.',
        symbols: ['transaction', 'confirmed_fraud', 'legitimate'],
        closed: true,
      },
      doc: 'A transaction, or a verdict on an earlier one.',
    },
    {
      name: 'amount_minor',
      type: ['null', 'long'],
      default: null,
      doc: 'What was to be paid, in minor units of `currency`, 1 to 2^53 - 1; null for a verdict on a transaction whose amount is not known.',
    },
    {
      name: 'currency',
      type: ['null', 'string'],
      default: null,
      doc: 'Currency of `amount_minor`. ISO 4217 alphabetic code, upper case; null where `amount_minor` is.',
    },
    {
      name: 'occurred_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'When the card was used, or when the verdict was given. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'transaction_occurred_at',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-millis',
        },
      ],
      default: null,
      doc: 'Of a verdict: when the card was used; null when that is not known, and for a transaction, whose `occurred_at` it is. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}

export const terminalProfileSchema: AvroSchema = {
  type: 'record',
  name: 'TerminalProfile',
  namespace: 'io.swipestream',
  doc: 'What fraud-service knows of a terminal, read whole by every instance. Topic `terminal_profiles`, key `terminal_id`, in the partition of its `transactions_by_terminal`.',
  fields: [
    {
      name: 'terminal_id',
      type: 'string',
      doc: 'Terminal that read the card, as the acquirer names it.',
    },
    {
      name: 'newest_at',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-millis',
        },
      ],
      default: null,
      doc: 'Greatest event time of a transaction that was counted; null before the first. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'activity',
      type: {
        type: 'array',
        items: 'long',
      },
      doc: 'Transactions and amounts, a ring of sliding windows, newest first: see fraud-service\'s `features/ring.ts`; 3 numbers a bucket: start in units of 6 s, count, euro cents.',
    },
    {
      name: 'frauds',
      type: {
        type: 'array',
        items: 'long',
      },
      doc: 'Confirmed frauds by the time of the confirmation, a ring of sliding windows, newest first: see fraud-service\'s `features/ring.ts`; 2 numbers a bucket: start in units of 6 s, count.',
    },
    {
      name: 'confirmed',
      type: {
        type: 'array',
        items: 'long',
      },
      doc: 'The last confirmed frauds, newest first, 4 numbers each: time of the confirmation in milliseconds since the Unix epoch, UTC; a hash of the transaction\'s id; its event time in milliseconds, that of the confirmation when it is not known; its amount in euro cents, -1 without a rate or when it is not known.',
    },
    {
      name: 'input_offset',
      type: 'long',
      doc: 'Offset, from 0, in the terminal\'s partition of `transactions_by_terminal`, of the last event applied.',
    },
  ],
}

export const transactionSchema: AvroSchema = {
  type: 'record',
  name: 'Transaction',
  namespace: 'io.swipestream',
  doc: 'A card payment that asks to be judged: one swipe. Topic `transactions_log`, key `card_id`.',
  fields: [
    {
      name: 'transaction_id',
      type: {
        type: 'string',
        logicalType: 'uuid',
      },
      doc: 'UUIDv7, given by transactions-api when it accepts the swipe.',
    },
    {
      name: 'card_id',
      type: 'string',
      doc: 'Card token `v<key version>.<base64url of HMAC-SHA-256 over the card number>`; the card number itself never leaves transactions-api.',
      pii: 'pseudonymous',
    },
    {
      name: 'card_bin',
      type: 'string',
      doc: 'First 6 digits of the card number, `0`-`9`: issuer and product (ISO/IEC 7812-1). Not personal: it is the same for every card of the product.',
      pii: 'none',
    },
    {
      name: 'card_last4',
      type: 'string',
      doc: 'Last 4 digits of the card number, `0`-`9`, as printed on receipts.',
      pii: 'quasi',
    },
    {
      name: 'amount_minor',
      type: 'long',
      doc: 'What is to be paid, in minor units of `currency` (cents for EUR, yen for JPY), 1 to 2^53 - 1.',
    },
    {
      name: 'currency',
      type: 'string',
      doc: 'Currency of `amount_minor`. ISO 4217 alphabetic code, upper case.',
    },
    {
      name: 'merchant_id',
      type: 'string',
      doc: 'The merchant, by the id that the acquirer sends.',
    },
    {
      name: 'merchant_name',
      type: ['null', 'string'],
      default: null,
      doc: 'Name of the merchant as on the statement, as the acquirer sends it; null when it is not sent.',
      pii: 'none',
    },
    {
      name: 'merchant_category',
      type: ['null', 'string'],
      default: null,
      doc: 'What the merchant sells: category code of 4 digits (ISO 18245), as the acquirer sends it; null when it is not sent.',
    },
    {
      name: 'terminal_id',
      type: ['null', 'string'],
      default: null,
      doc: 'The terminal, by the id that the acquirer sends; null for sales without one (e-commerce).',
    },
    {
      name: 'entry_mode',
      type: {
        type: 'enum',
        name: 'EntryMode',
        doc: 'How the card was read. A reader that does not know a newer mode sees `unknown`.',
        symbols: ['chip', 'contactless', 'magnetic_stripe', 'manual', 'ecommerce', 'unknown'],
        default: 'unknown',
      },
      doc: 'How the card was read, as the terminal reports it.',
    },
    {
      name: 'place',
      type: [
        'null',
        {
          type: 'record',
          name: 'Place',
          doc: 'A point on the Earth, WGS 84 (EPSG:4326).',
          fields: [
            {
              name: 'latitude',
              type: 'double',
              doc: 'Degrees north of the equator, WGS 84, -90 to 90.',
              pii: 'quasi',
            },
            {
              name: 'longitude',
              type: 'double',
              doc: 'Degrees east of Greenwich, WGS 84, -180 to 180.',
              pii: 'quasi',
            },
          ],
        },
      ],
      default: null,
      doc: 'Where the terminal stands, as the acquirer sends it; null where that is not known, as for e-commerce.',
      pii: 'quasi',
    },
    {
      name: 'country',
      type: ['null', 'string'],
      default: null,
      doc: 'Country where the card was used, as the acquirer sends it. ISO 3166-1 alpha-2, upper case; null when it is not sent.',
      pii: 'quasi',
    },
    {
      name: 'occurred_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'Event time: when the card was used, as the terminal reports it. Milliseconds since the Unix epoch, UTC.',
    },
    {
      name: 'received_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-millis',
      },
      doc: 'Processing time: when transactions-api accepted the swipe. Milliseconds since the Unix epoch, UTC.',
    },
  ],
}
