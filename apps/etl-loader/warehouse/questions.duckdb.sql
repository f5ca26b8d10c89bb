-- The first ten questions of an analyst. The comment above a view is the question, as the documentation prints it.
CREATE SCHEMA IF NOT EXISTS answers;

-- How much is spent a day, and how often?
CREATE OR REPLACE VIEW answers.spend_by_day AS
SELECT CAST(occurred_at AS DATE) AS day, currency, count(*) AS swipes, CAST(sum(amount) AS DECIMAL(18, 2)) AS amount
FROM star.fact_transactions
GROUP BY ALL ORDER BY day, currency;

-- How many swipes are approved, reviewed and declined a day?
CREATE OR REPLACE VIEW answers.outcomes_by_day AS
SELECT
  CAST(occurred_at AS DATE) AS day, count(*) AS decisions,
  count(*) FILTER (WHERE outcome = 'approve') AS approved, count(*) FILTER (WHERE outcome = 'review') AS reviewed, count(*) FILTER (WHERE outcome = 'decline') AS declined,
  round(100.0 * count(*) FILTER (WHERE outcome <> 'approve') / count(*), 1) AS stopped_percent
FROM star.fact_fraud_decisions
GROUP BY ALL ORDER BY day;

-- Which rules fire, and how often were they right, of what people have answered?
CREATE OR REPLACE VIEW answers.rules_that_fire AS
WITH fired AS (SELECT transaction_id, unnest(reasons).rule_id AS rule_id FROM star.fact_fraud_decisions)
SELECT
  rule_id, count(*) AS fired, count(f.verdict) AS answered, count(*) FILTER (WHERE f.verdict = 'confirmed_fraud') AS frauds,
  round(100.0 * count(*) FILTER (WHERE f.verdict = 'confirmed_fraud') / nullif(count(f.verdict), 0), 1) AS right_percent
FROM fired LEFT JOIN star.fact_feedback AS f USING (transaction_id)
GROUP BY ALL ORDER BY fired DESC, rule_id;

-- In which merchant categories is the fraud?
CREATE OR REPLACE VIEW answers.fraud_by_category AS
SELECT coalesce(t.merchant_category, '0000') AS category, count(*) AS swipes, count(*) FILTER (WHERE f.verdict = 'confirmed_fraud') AS frauds, t.currency,
  coalesce(CAST(sum(t.amount) FILTER (WHERE f.verdict = 'confirmed_fraud') AS DECIMAL(18, 2)), 0) AS lost
FROM star.fact_transactions AS t LEFT JOIN star.fact_feedback AS f USING (transaction_id)
GROUP BY ALL ORDER BY lost DESC, category, currency;

-- In which countries are cards used that are at home elsewhere, and how often is it fraud?
CREATE OR REPLACE VIEW answers.abroad AS
SELECT t.country, count(*) AS swipes, count(*) FILTER (WHERE f.verdict = 'confirmed_fraud') AS frauds
FROM star.fact_transactions AS t JOIN star.dim_card AS c USING (card_id) LEFT JOIN star.fact_feedback AS f USING (transaction_id)
WHERE t.country <> c.home_country
GROUP BY ALL ORDER BY swipes DESC, t.country;

-- How long does a decision take, in milliseconds?
CREATE OR REPLACE VIEW answers.decision_time AS
SELECT CAST(t.received_at AS DATE) AS day, count(*) AS decisions,
  quantile_cont(epoch_ms(d.decided_at) - epoch_ms(t.received_at), 0.5) AS p50_ms, quantile_cont(epoch_ms(d.decided_at) - epoch_ms(t.received_at), 0.99) AS p99_ms
FROM star.fact_transactions AS t JOIN star.fact_fraud_decisions AS d USING (transaction_id)
GROUP BY ALL ORDER BY day;

-- Do messages arrive, by channel, and after how many seconds?
CREATE OR REPLACE VIEW answers.delivery_by_channel AS
SELECT channel, count(*) AS messages, count(*) FILTER (WHERE status = 'delivered') AS delivered, count(*) FILTER (WHERE status = 'failed') AS failed,
  quantile_cont((epoch_ms(delivered_at) - epoch_ms(queued_at)) / 1000.0, 0.5) AS p50_seconds
FROM star.fact_notifications
WHERE purpose <> 'ops'
GROUP BY ALL ORDER BY channel;

-- How many stopped swipes were answered, what was said, and by whom?
CREATE OR REPLACE VIEW answers.answers_by_source AS
SELECT coalesce(f.source, 'nobody') AS source, count(*) AS swipes, count(*) FILTER (WHERE f.verdict = 'confirmed_fraud') AS confirmed_fraud, count(*) FILTER (WHERE f.verdict = 'legitimate') AS legitimate
FROM star.fact_fraud_decisions AS d LEFT JOIN star.fact_feedback AS f USING (transaction_id)
WHERE d.outcome <> 'approve'
GROUP BY ALL ORDER BY swipes DESC, source;

-- Which merchants are the most spent at?
CREATE OR REPLACE VIEW answers.top_merchants AS
SELECT t.merchant_id, coalesce(any_value(m.name), any_value(t.merchant_name)) AS name, t.currency, count(*) AS swipes, CAST(sum(t.amount) AS DECIMAL(18, 2)) AS amount
FROM star.fact_transactions AS t LEFT JOIN star.dim_merchant AS m USING (merchant_id)
GROUP BY t.merchant_id, t.currency ORDER BY amount DESC, t.merchant_id LIMIT 10;

-- Which customers were stopped the most, and where did they live then?
CREATE OR REPLACE VIEW answers.stopped_customers AS
SELECT t.customer_id, c.country AS lived_in, count(*) AS stopped
FROM star.fact_fraud_decisions AS d
JOIN star.fact_transactions AS t USING (transaction_id)
LEFT JOIN star.dim_customer AS c ON c.customer_id = t.customer_id AND d.decided_at >= c.valid_from AND (c.valid_to IS NULL OR d.decided_at < c.valid_to)
WHERE d.outcome <> 'approve'
GROUP BY ALL ORDER BY stopped DESC, t.customer_id, lived_in LIMIT 10;
