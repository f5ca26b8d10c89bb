-- The star schema over what is loaded: views, so that it is never older or other than the tables. Made again when a
-- table has changed its shape. The loader fills in the currencies: (code, digits of the minor unit, ten thousandths in it), ISO 4217.
CREATE SCHEMA IF NOT EXISTS star;

CREATE OR REPLACE VIEW star.dim_currency AS
SELECT * FROM (VALUES {{currencies}}) AS c (currency, minor_digits, ten_thousandths);

-- A row a version of a customer: from the place and the time of its record to those of the next. What a record repeats
-- makes no version, so that a record written twice is as one; a removal ends the last. Of a customer who was erased
-- the personal columns are empty in all versions. `valid_to` is null in the version of now.
CREATE OR REPLACE VIEW star.dim_customer AS
WITH told AS (
  SELECT *, (given_name, family_name, email, phone, language, time_zone, country, channels, quiet_from, quiet_to, _removed) AS content
  FROM history.customers
), changed AS (
  SELECT *
  FROM told
  QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY _partition, _offset) = 1
    OR content IS DISTINCT FROM lag(content) OVER (PARTITION BY customer_id ORDER BY _partition, _offset)
)
SELECT
  customer_id,
  row_number() OVER versions AS version,
  given_name, family_name, email, phone, language, time_zone, country, channels, quiet_from, quiet_to, updated_at,
  _written_at AS valid_from,
  lead(_written_at) OVER versions AS valid_to,
  lead(_offset) OVER versions IS NULL AS is_current
FROM changed
WINDOW versions AS (PARTITION BY customer_id ORDER BY _partition, _offset)
QUALIFY NOT _removed;

CREATE OR REPLACE VIEW star.dim_card AS
SELECT card_id, customer_id, card_bin, card_last4, home_country, time_zone, updated_at FROM entities.cards;

CREATE OR REPLACE VIEW star.dim_merchant AS
SELECT merchant_id, name, category, country, city, updated_at FROM entities.merchants;

-- A row a swipe. A producer that tried again can have written a record twice: the first counts. So in all facts.
CREATE OR REPLACE VIEW star.fact_transactions AS
SELECT
  t.transaction_id, t.card_id, k.customer_id, t.merchant_id, t.merchant_name, t.merchant_category, t.terminal_id, t.entry_mode, t.country,
  t.place.latitude AS latitude, t.place.longitude AS longitude,
  t.amount_minor, t.currency,
  CAST(t.amount_minor AS DECIMAL(19, 0)) * CAST(coalesce(c.ten_thousandths, 100) AS DECIMAL(5, 0)) * CAST(0.0001 AS DECIMAL(5, 4)) AS amount,
  t.occurred_at, t.received_at
FROM events.transactions_log AS t
LEFT JOIN star.dim_currency AS c ON c.currency = t.currency
LEFT JOIN entities.cards AS k ON k.card_id = t.card_id
QUALIFY row_number() OVER (PARTITION BY t.transaction_id ORDER BY t._partition, t._offset) = 1;

CREATE OR REPLACE VIEW star.fact_fraud_decisions AS
SELECT transaction_id, card_id, outcome, score, len(reasons) AS reasons_fired, reasons[1].rule_id AS first_rule_id, reasons, event_order, occurred_at, decided_at
FROM events.fraud_decisions
QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY _partition, _offset) = 1;

-- A row a message, with the times of its steps.
CREATE OR REPLACE VIEW star.fact_notifications AS
SELECT
  notification_id,
  min(alert_id) AS alert_id, min(customer_id) AS customer_id, min(card_id) AS card_id, min(channel) AS channel, min(purpose) AS purpose,
  max(attempt) AS attempts,
  min(occurred_at) FILTER (WHERE status = 'queued') AS queued_at,
  min(occurred_at) FILTER (WHERE status = 'sent') AS sent_at,
  min(occurred_at) FILTER (WHERE status = 'delivered') AS delivered_at,
  max(occurred_at) FILTER (WHERE status = 'failed') AS failed_at,
  CASE
    WHEN count(*) FILTER (WHERE status = 'delivered') > 0 THEN 'delivered'
    WHEN count(*) FILTER (WHERE status = 'sent') > 0 THEN 'sent'
    WHEN count(*) FILTER (WHERE status = 'failed') > 0 THEN 'failed'
    ELSE 'queued'
  END AS status
FROM events.notifications
GROUP BY notification_id;

-- What people said a transaction was: their last word.
CREATE OR REPLACE VIEW star.fact_feedback AS
SELECT feedback_id, transaction_id, card_id, verdict, card_action, source, given_at
FROM events.fraud_feedback
QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY given_at DESC, _partition DESC, _offset DESC) = 1;

CREATE OR REPLACE VIEW star.agg_card_spend_daily AS
SELECT card_id, CAST(day AS DATE) AS day, currency, transactions, amount_minor, last_occurred_at FROM entities.card_spend_daily;

-- Each partition of the swipes has a sum of its own: the whole is their sum.
CREATE OR REPLACE VIEW star.agg_category_spend_hourly AS
SELECT category, hour_at, currency, CAST(sum(transactions) AS BIGINT) AS transactions, CAST(sum(amount_minor) AS BIGINT) AS amount_minor
FROM entities.category_spend_hourly
GROUP BY category, hour_at, currency;
