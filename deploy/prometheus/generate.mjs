// Writes rules/slo.yml: node deploy/prometheus/generate.mjs
//
// Multi-window, multi-burn-rate alerts as in the SRE Workbook, chapter "Alerting on SLOs", sections 5 and 6:
// https://sre.google/workbook/alerting-on-slos/. A rate of 1 spends the budget of 30 days in 30 days.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const swipes = 'job="transactions-api", method="POST", route=~"/v1/transactions|/v1/transactions/batch"'
const single = 'job="transactions-api", method="POST", route="/v1/transactions", status!~"5.."'
/** Prometheus 3 calls the bucket 1.0 that a service, and Prometheus 2, calls 1; 0.5 is 0.5 to all of them. */
const bucket = (bound) => (bound.includes('.') ? `le="${bound}"` : `le=~"${bound}([.]0)?"`)
/** The share of a histogram's observations that are above a bound of its buckets. */
const late = (metric, labels, bound) => (window) =>
  `1 - sum(rate(${metric}_bucket{${labels}, ${bucket(bound)}}[${window}])) / sum(rate(${metric}_count{${labels}}[${window}]))`

/** How often it is looked whether the warehouse is fresh. */
const lookSeconds = 30
const seconds = (window) => Number.parseInt(window, 10) * { m: 60, h: 3_600, d: 86_400 }[window.at(-1)]

/** What is promised: at most `budget` of all is an error, over 30 days. `errors` gives the share of errors in a window. */
export const slos = [
  {
    name: 'swipe-availability',
    budget: 0.001,
    errors: (window) => `(sum(rate(http_server_request_duration_seconds_count{${swipes}, status=~"5.."}[${window}])) or vector(0)) / sum(rate(http_server_request_duration_seconds_count{${swipes}}[${window}]))`,
  },
  { name: 'swipe-latency', budget: 0.01, errors: late('http_server_request_duration_seconds', single, '0.5') },
  { name: 'swipe-to-decision', budget: 0.01, errors: late('fraud_decision_latency_seconds', 'job="fraud-service"', '1') },
  { name: 'alert-to-message', budget: 0.01, errors: late('notification_latency_seconds', 'job="notifier", severity="critical"', '30') },
  // Of the looks that a window has room for: when Prometheus began minutes ago, one bad minute is not all there ever was.
  {
    name: 'warehouse-freshness',
    budget: 0.01,
    errors: (window) => `(count_over_time(slo:warehouse_fresh:bool[${window}]) - sum_over_time(slo:warehouse_fresh:bool[${window}])) / ${seconds(window) / lookSeconds}`,
  },
]

/** Each pair of windows must burn as fast; the shorter one ends the alert soon after the trouble. */
const alerts = [
  { name: 'SloBudgetBurnsFast', severity: 'page', pairs: [[14.4, '1h', '5m'], [6, '6h', '30m']], summary: 'The error budget of {{ $labels.slo }} burns fast: what is left of the month may be spent within days' },
  { name: 'SloBudgetBurnsSlowly', severity: 'ticket', pairs: [[3, '1d', '2h'], [1, '3d', '6h']], summary: 'The error budget of {{ $labels.slo }} is being spent too fast to last for the month' },
]
/** Windows that look back far change slowly, and cost more. */
const groups = [
  { name: 'slo-short', interval: '30s', windows: ['5m', '30m', '1h'] },
  { name: 'slo-long', interval: '5m', windows: ['2h', '6h', '1d', '3d'] },
]

const recordErrors = ({ name, errors }, window) => `      - record: slo:errors:ratio_rate${window}
        labels: { slo: ${name} }
        expr: ${errors(window)}
`
const burns = ([factor, long, short]) => [long, short].map((window) => `slo:errors:ratio_rate${window} > on (slo) (${factor} * slo:error_budget:ratio)`).join(' and ')

export const rules = `# Written by generate.mjs: change that.
groups:
  - name: slo-budgets
    interval: ${lookSeconds}s
    rules:
${slos.map(({ name, budget }) => `      - record: slo:error_budget:ratio
        labels: { slo: ${name} }
        expr: vector(${budget})
`).join('')}      # Without etl-extract, as with Debezium in its place, nobody says how far the topics are behind their tables.
      - record: slo:warehouse_fresh:bool
        expr: (max(etl_load_delay_seconds) <= bool 60) * ((max(etl_extract_delay_seconds) <= bool 60) or vector(1))
${groups.map(({ name, interval, windows }) => `
  - name: ${name}
    interval: ${interval}
    rules:
${windows.flatMap((window) => slos.map((slo) => recordErrors(slo, window))).join('')}`).join('')}
  - name: slo-alerts
    rules:
${alerts.map(({ name, severity, pairs, summary }) => `      - alert: ${name}
        expr: (${pairs.map(burns).join(') or (')})
        labels: { severity: ${severity} }
        annotations:
          summary: "${summary}"
          runbook: docs/runbooks/slo-burn.md
`).join('')}`

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(new URL('rules/slo.yml', import.meta.url), rules)
