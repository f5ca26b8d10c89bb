export const help = `Usage: npm run backtest -- --input FILE --rules DIR [--candidate DIR] [options]
       npm run backtest -- [--topic T] --rules DIR [--candidate DIR] [options]

Runs recorded transactions through fraud-service's own functions and tells how well rules find frauds.

  --input FILE       CSV or NDJSON, plain or gzip, in the order of time: the columns of the Fraud Detection
                     Handbook, or the fields of the Transaction contract (place as latitude, longitude);
                     is_fraud or label says what a transaction was
  --topic T          the transactions of a topic, from its first record to what is its end at the start, with
                     labels from fraud_feedback (default, without --input: transactions_log). Nothing is
                     written, no group is joined
  --rules DIR        a folder of rule files as npm run rules -- put takes it: the live set
  --candidate DIR    another, which judges the same transactions in the same pass: what would change
  --model DIR        the folder of a model, for rules on model.probability

  --from DATE        first day that is reported, such as 2018-07-25 (UTC); what is earlier warms up the features
  --to DATE          last day that is reported
  --label-delay D    how long after its transaction a label of a file is known to the features, such as 7d,
                     12h or 0 (default 7d)
  --examples N       transactions that are shown of each kind of difference, 0 to 1000 (default 5)
  --export-features FILE
                     write the labelled transactions with their features, for model/train.py; gzipped when
                     the name ends in .gz

  --json             print one JSON object as the last line; "broken" lists what does not hold
  --help             print this

FIRED, A DAY       transactions a rule fired on; of a set: that are not approved
FRAUDS, PREC       frauds among them; precision: their share of the labelled ones among them
RECALL             the share of all labelled frauds that it fired on
FOUND, MEDIAN, P90 an episode of fraud begins at a card's fraud before which it had none for 7 days. The share of
                   the episodes that begin in the reported days in which it fired on a fraud, and the time from
                   the episode's first fraud to that one (0 when it was the first)

Rows that are no transactions are told, counted and left out. Reading a topic takes KAFKA_BROKERS, KAFKA_TLS and
KAFKA_TLS_*, KAFKA_SASL_*, KAFKA_NAMESPACE, SCHEMA_REGISTRY_URL, SCHEMA_REGISTRY_USERNAME and
SCHEMA_REGISTRY_PASSWORD from the environment. docs/rules.md tells more.

Exit code: 0 every promise holds, 1 one is broken (a wrong rule, a row refused, a file in no order), 2 wrong use.`
