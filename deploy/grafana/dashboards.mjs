// What the dashboards show. Units are Grafana's: s seconds, reqps and ops a second, short plain numbers, percentunit a share.

const rate = (metric, by, labels = '') => `sum by (${by}) (rate(${metric}${labels === '' ? '' : `{${labels}}`}[$__rate_interval]))`
const quantile = (q, metric, by, labels = '') => `histogram_quantile(${q}, ${rate(`${metric}_bucket`, by === '' ? 'le' : `le, ${by}`, labels)})`
/** Median, and what 99 of 100 stay below. */
const latency = (metric, labels = '') => [
  ['p50', quantile(0.5, metric, '', labels)],
  ['p99', quantile(0.99, metric, '', labels)],
]

const swipes = 'job="transactions-api", method="POST", route=~"/v1/transactions.*"'

/** A row of panels shares the width. A query is its legend and its expression. */
export const dashboards = [
  {
    uid: 'swipestream-overview',
    title: 'Overview',
    rows: [
      [
        { title: 'Error budget burnt in the last hour', about: '1: at this pace the budget of 30 days lasts for 30 days. Above 14.4 somebody is called.', kind: 'bars', unit: 'short', thresholds: [1, 14.4], queries: [['{{slo}}', 'slo:errors:ratio_rate1h / on (slo) slo:error_budget:ratio']] },
        { title: 'Error budget burnt in three days', about: 'As beside it.', kind: 'bars', unit: 'short', thresholds: [1, 3], queries: [['{{slo}}', 'slo:errors:ratio_rate3d / on (slo) slo:error_budget:ratio']] },
        { title: 'Alerts that fire', kind: 'table', unit: 'short', queries: [['', 'sum by (alertname, severity, job, topic, slo) (ALERTS{alertstate="firing"})']] },
      ],
      [
        { title: 'Swipes', unit: 'reqps', queries: [['accepted', `sum(rate(http_server_request_duration_seconds_count{${swipes}, status=~"2.."}[$__rate_interval]))`], ['decided', 'sum(rate(fraud_decisions_total[$__rate_interval]))']] },
        { title: 'Swipe to decision', about: 'From the acceptance of a swipe to its decision. Promised: 99 of 100 within 1 s.', unit: 's', queries: latency('fraud_decision_latency_seconds') },
        { title: 'Alert to message, critical', about: "From the decision to the provider's acceptance. Promised: 99 of 100 within 30 s.", unit: 's', queries: latency('notification_latency_seconds', 'severity="critical"') },
      ],
      [
        { title: 'Records that wait, by consumer', unit: 'short', queries: [['{{job}} {{topic}}', 'job_topic:consumer_lag_records:sum']] },
        { title: 'Oldest row of the outboxes', unit: 's', queries: [['{{job}}', 'max by (job) (outbox_oldest_seconds)']] },
        { title: 'How old the warehouse is', unit: 's', queries: [['behind the topics', 'max(etl_load_delay_seconds)'], ['topics behind the bank', 'max(etl_extract_delay_seconds)']] },
      ],
      [
        { title: 'Instances', kind: 'stat', unit: 'short', queries: [['{{job}}', 'sum by (job) (up{job!="prometheus"})']] },
        { title: 'Components that are down', kind: 'stat', unit: 'short', thresholds: [0, 1], queries: [['{{job}} {{component}}', 'min by (job, component) (component_up) == 0']] },
      ],
    ],
  },
  {
    uid: 'swipestream-kafka',
    title: 'Kafka and consumers',
    rows: [
      [
        { title: 'Records that wait', about: 'By service and topic, of all partitions.', unit: 'short', queries: [['{{job}} {{topic}}', 'job_topic:consumer_lag_records:sum']] },
        { title: 'Records handled', unit: 'ops', queries: [['{{job}} {{topic}}', rate('consumer_records_total', 'job, topic')]] },
        { title: 'How long what waits will take', about: 'At the pace of the last five minutes.', unit: 's', queries: [['{{job}} {{topic}}', 'job_topic:consumer_lag_records:sum / (job_topic:consumer_records:rate5m > 0)']] },
      ],
      [
        { title: 'Time of a batch, p99', about: 'From taking it to having written what came of it.', unit: 's', queries: [['{{job}} {{topic}}', quantile(0.99, 'consumer_batch_seconds', 'job, topic')]] },
        { title: 'Records in memory', unit: 'short', queries: [['{{job}} {{topic}} queued', 'sum by (job, topic) (consumer_queued_records)'], ['{{job}} {{topic}} in hand', 'sum by (job, topic) (consumer_in_flight_records)']] },
        { title: 'The slowest partition of each topic', unit: 'short', queries: [['{{job}} {{topic}}', 'max by (job, topic) (consumer_lag_records)']] },
      ],
      [
        { title: 'Given up to dead-letter topics', unit: 'ops', queries: [['{{job}} {{topic}} {{code}}', rate('consumer_dead_letters_total', 'job, topic, code')]] },
        { title: 'On dead-letter topics', about: 'With those redriven. How many are open: npm run dlq -- list.', unit: 'short', queries: [['{{topic}}', 'max by (topic) (dead_letter_topic_records) > 0']] },
        { title: 'Tried again', unit: 'ops', queries: [['{{job}} {{topic}} {{code}}', rate('consumer_retries_total', 'job, topic, code')]] },
        { title: 'Partitions that wait', unit: 'short', queries: [['{{job}} {{instance}}', 'consumer_waiting_partitions']] },
      ],
      [
        { title: 'Outbox: rows that wait', unit: 'short', queries: [['{{job}}', 'sum by (job) (outbox_pending_rows)'], ['{{job}} set aside', 'max by (job) (outbox_rejected_rows)']] },
        { title: 'Outbox: age of the oldest', unit: 's', queries: [['{{job}}', 'max by (job) (outbox_oldest_seconds)']] },
        { title: 'Outbox: published', unit: 'ops', queries: [['{{job}} {{topic}}', rate('outbox_published_total', 'job, topic')]] },
        { title: 'Outbox: shards by instance', unit: 'short', queries: [['{{job}} {{instance}}', 'outbox_shards_owned']] },
      ],
      [
        { title: 'State to be restored', unit: 'short', queries: [['{{job}} {{topic}}', 'sum by (job, topic) (consumer_state_unrestored_records)']] },
        { title: 'Tables: keys in memory', unit: 'short', queries: [['{{job}} {{topic}}', 'sum by (job, topic) (table_keys)']] },
        { title: 'Tables: records behind', unit: 'short', queries: [['{{job}} {{topic}}', 'sum by (job, topic) (table_lag_records)']] },
      ],
    ],
  },
  {
    uid: 'swipestream-fraud',
    title: 'Fraud',
    rows: [
      [
        { title: 'Decisions', unit: 'ops', queries: [['{{outcome}}', rate('fraud_decisions_total', 'outcome')]] },
        { title: 'Swipe to decision', unit: 's', queries: latency('fraud_decision_latency_seconds') },
        { title: 'Share that is not approved', unit: 'percentunit', queries: [['', 'sum(rate(fraud_decisions_total{outcome!="approve"}[$__rate_interval])) / sum(rate(fraud_decisions_total[$__rate_interval]))']] },
      ],
      [
        { title: 'Alerts by rule', about: 'Transactions that live rules fired on.', unit: 'ops', queries: [['{{rule}}', rate('fraud_rule_hits_total', 'rule', 'mode="live"')]] },
        { title: 'Shadow rules: what they would have found', unit: 'ops', queries: [['{{rule}}', rate('fraud_rule_hits_total', 'rule', 'mode="shadow"')]] },
        { title: 'Shadow rules: decisions they would change', unit: 'ops', queries: [['{{outcome}} to {{candidate}}', 'sum by (outcome, candidate) (rate(fraud_shadow_decisions_total[$__rate_interval]))']] },
      ],
      [
        { title: 'Precision of rules, 30 days', about: 'Of what a rule fired on and somebody judged, the share that was fraud.', kind: 'bars', unit: 'percentunit', queries: [['{{rule}} ({{mode}})', '(sum by (rule, mode) (increase(fraud_rule_verdicts_total{verdict="confirmed_fraud", change="given"}[30d])) - sum by (rule, mode) (increase(fraud_rule_verdicts_total{verdict="confirmed_fraud", change="taken_back"}[30d]))) / (sum by (rule, mode) (increase(fraud_rule_verdicts_total{change="given"}[30d])) - sum by (rule, mode) (increase(fraud_rule_verdicts_total{change="taken_back"}[30d])))']] },
        { title: 'Verdicts', unit: 'ops', queries: [['{{verdict}}', rate('fraud_verdicts_total', 'verdict', 'change="given"')]] },
        { title: 'Rules', unit: 'short', queries: [['{{mode}}', 'max by (mode) (fraud_rules)'], ['broken', 'max(fraud_rules_broken)']] },
        { title: 'Failures', unit: 'ops', queries: [['{{rule}}', rate('fraud_rule_failures_total', 'rule')], ['model', 'sum(rate(fraud_model_failures_total[$__rate_interval]))']] },
      ],
    ],
  },
  {
    uid: 'swipestream-notifier',
    title: 'Notifier',
    rows: [
      [
        { title: 'Messages', unit: 'ops', queries: [['{{channel}} {{status}}', rate('notifications_total', 'channel, status')]] },
        { title: 'Alert to message, p99', about: 'With quiet hours and digests where the severity is not critical.', unit: 's', queries: [['{{channel}} {{severity}}', quantile(0.99, 'notification_latency_seconds', 'channel, severity')]] },
        { title: 'Messages that wait', unit: 'short', queries: [['{{channel}}', 'max by (channel) (notifications_pending)'], ['alerts without a contact', 'max(alerts_waiting_for_contact)']] },
      ],
      [
        { title: 'Attempts that failed', unit: 'ops', queries: [['{{channel}} {{code}}', rate('notification_attempt_failures_total', 'channel, code')]] },
        { title: 'Channels', kind: 'stat', unit: 'short', queries: [['{{channel}}', 'min by (channel) (notification_channel_up)']] },
        { title: 'Sent twice, taken back', unit: 'ops', queries: [['{{channel}} twice', rate('notification_duplicates_total', 'channel')], ['{{channel}} taken back', rate('notification_leases_expired_total', 'channel')]] },
      ],
      [
        { title: 'Answers', unit: 'ops', queries: [['{{way}} {{outcome}}', rate('answers_total', 'way, outcome')]] },
        { title: 'What Twilio reports', unit: 'ops', queries: [['{{result}}', rate('delivery_reports_total', 'result')], ['refused: {{reason}}', rate('twilio_requests_refused_total', 'reason')]] },
        { title: 'Streams of inboxes', unit: 'short', queries: [['open', 'sum(inbox_streams)']] },
      ],
    ],
  },
  {
    uid: 'swipestream-etl',
    title: 'ETL',
    rows: [
      [
        { title: 'How far topics are behind tables', unit: 's', queries: [['{{table}}', 'max by (table) (etl_extract_delay_seconds)']] },
        { title: 'How far the warehouse is behind topics', unit: 's', queries: [['{{topic}}', 'max by (topic) (etl_load_delay_seconds)']] },
        { title: 'Age of records when they are loaded, p99', unit: 's', queries: [['{{topic}}', quantile(0.99, 'etl_load_freshness_seconds', 'topic')]] },
      ],
      [
        { title: 'Rows extracted', unit: 'ops', queries: [['{{table}} {{outcome}}', rate('etl_extract_rows_total', 'table, outcome')]] },
        { title: 'Rows cleaned', unit: 'ops', queries: [['{{table}} {{outcome}}', rate('etl_rows_cleaned_total', 'table, outcome')]] },
        { title: 'Records loaded', unit: 'ops', queries: [['{{topic}}', rate('etl_load_records_total', 'topic')]] },
        { title: 'Records to load', unit: 'short', queries: [['{{topic}}', 'sum by (topic) (etl_load_lag_records)']] },
      ],
      [
        { title: 'Into quarantine', unit: 'ops', queries: [['{{code}}', rate('etl_rows_quarantined_total', 'code')], ['load {{topic}}', rate('etl_load_quarantined_total', 'topic')]] },
        { title: 'Values left out', unit: 'ops', queries: [['{{table}} {{column}}', rate('etl_values_dropped_total', 'table, column')]] },
        { title: 'Tables that differ', kind: 'stat', unit: 'short', thresholds: [0, 1], queries: [['{{table}}', 'max by (table) (etl_reconciliation_differs)']] },
        { title: 'Tables that stand still', kind: 'stat', unit: 'short', thresholds: [0, 1], queries: [['{{table}}', 'max by (table) (etl_extract_table_stopped)']] },
      ],
      [
        { title: 'Snapshot', unit: 'percentunit', queries: [['{{table}}', 'max by (table) (etl_extract_snapshot_rows) / max by (table) (etl_extract_snapshot_rows_estimated)']] },
        { title: 'Time of a batch, p99', unit: 's', queries: [['{{topic}}', quantile(0.99, 'etl_load_batch_seconds', 'topic')]] },
      ],
      [
        { title: 'Logs: age of positions that are not remembered', unit: 's', queries: [['{{instance}}', 'log_ship_checkpoint_age_seconds']] },
        { title: 'Logs: bytes to ship', unit: 'bytes', queries: [['{{instance}}', 'log_ship_lag_bytes']] },
        { title: 'Logs: entries', unit: 'ops', queries: [['shipped, {{service}}', rate('log_ship_entries_total', 'service')], ['indexed: {{result}}', rate('log_entries_indexed_total', 'result')], ['as they are: {{reason}}', rate('log_entries_unparsed_total', 'reason')]] },
      ],
    ],
  },
  {
    uid: 'swipestream-services',
    title: 'Services',
    variable: 'job',
    rows: [
      [
        { title: 'Requests', unit: 'reqps', queries: [['{{job}} {{method}} {{route}}', rate('http_server_request_duration_seconds_count', 'job, method, route', 'job=~"$job"')]] },
        { title: 'Requests that failed', unit: 'reqps', queries: [['{{job}} {{method}} {{route}} {{status}}', rate('http_server_request_duration_seconds_count', 'job, method, route, status', 'job=~"$job", status=~"5.."')]] },
        { title: 'Time of a request, p99', unit: 's', queries: [['{{job}} {{method}} {{route}}', quantile(0.99, 'http_server_request_duration_seconds', 'job, method, route', 'job=~"$job"')]] },
      ],
      [
        { title: 'CPU', about: 'Cores. A process does most of its work on one.', unit: 'short', queries: [['{{job}} {{instance}}', 'rate(process_cpu_seconds_total{job=~"$job"}[$__rate_interval])']] },
        { title: 'Memory', unit: 'bytes', queries: [['{{job}} {{instance}}', 'process_resident_memory_bytes{job=~"$job"}']] },
        { title: 'Objects', unit: 'bytes', queries: [['{{job}} {{instance}}', 'nodejs_heap_size_used_bytes{job=~"$job"}']] },
      ],
      [
        { title: 'Event loop: how late, p99', unit: 's', queries: [['{{job}} {{instance}}', 'nodejs_eventloop_lag_p99_seconds{job=~"$job"}']] },
        { title: 'Time in the garbage collector', unit: 'percentunit', queries: [['{{job}} {{kind}}', 'sum by (job, kind) (rate(nodejs_gc_duration_seconds_sum{job=~"$job"}[$__rate_interval]))']] },
        { title: 'Components', kind: 'stat', unit: 'short', queries: [['{{job}} {{component}}', 'min by (job, component) (component_up{job=~"$job"})']] },
        { title: 'Started', unit: 'dateTimeFromNow', kind: 'stat', queries: [['{{job}} {{instance}}', 'process_start_time_seconds{job=~"$job"} * 1000']] },
      ],
      [
        { title: 'Requests held for their decision', unit: 'ops', queries: [['{{result}}', rate('decision_waits_total', 'result')]] },
        { title: 'Decisions applied, feedback', unit: 'ops', queries: [['decisions {{result}}', rate('decisions_total', 'result')], ['feedback {{result}}', rate('feedback_total', 'result')]] },
        { title: 'Access log: lines dropped, writes failed', unit: 'ops', queries: [['{{job}} dropped', rate('access_log_lines_dropped_total', 'job')], ['{{job}} failed', rate('access_log_failures_total', 'job')]] },
      ],
    ],
  },
]
