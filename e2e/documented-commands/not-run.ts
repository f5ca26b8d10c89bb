const bench = 'a bench: it wants minutes and a machine that does nothing else; bench/test runs each in small'
const whole = 'starts everything or tests everything: what the tests of e2e/ do themselves'
const own = "has names of a reader's own in it; tests of the command say what it does"
const changes = 'changes what it is about for good; tests of the command do it to data of their own'
const outside = 'writes to somebody outside'
const byHand = 'takes the system from under those who use it; it was done by hand, and the page says what was seen'
const elsewhere = 'run by a test of its own: '

/**
 * Why a block of commands is not run by documented-commands.e2e.test.ts. By page and first command, without the comment
 * behind it: each block that no comment of its page marks as run.
 */
export const notRun: Readonly<Record<string, string>> = {
  'README.md: npm start': whole,
  'README.md: npm run --silent stack > /tmp/stack.env': whole,
  "README.md: SMTP_URL='smtp://user:password@mail.example.com:587?requireTLS=true' npm start": outside,
  'docs/add-a-service.md: npm run contracts -- generate': `${elsewhere}add-a-service.e2e.test.ts`,
  'docs/add-a-service.md: npx tsc -b apps/review-desk': `${elsewhere}add-a-service.e2e.test.ts`,
  'docs/add-a-service.md: npm run contracts -- register': `${elsewhere}add-a-service.e2e.test.ts`,
  'docs/add-a-service.md: npm run topics -- read review_cases': `${elsewhere}add-a-service.e2e.test.ts`,
  'docs/detection-quality.md: npm run bench -- fraud-quality --json': bench,
  "docs/etl.md: npm run etl -- run --source mysql://user:password@host:3306/shop --tables '*' --warehouse shop.duckdb --once": `${elsewhere}run-tables.int.test.ts`,
  'docs/etl.md: npm run etl -- status': `${elsewhere}run-tables.int.test.ts`,
  'docs/etl.md: npm run etl -- quarantine list': own,
  'docs/etl.md: npm run etl -- forget c0001042 --dry-run': own,
  'docs/etl.md: npm run stack -- --servers kafka,registry,mariadb,connect': whole,
  "docs/log-shipping.md: docker compose exec elasticsearch curl -s 'http://127.0.0.1:9200/logs-*/_search?q=http.response.status_code:>=400&pretty'": `${elsewhere}system.compose.test.ts`,
  'docs/messages.md: npm run notify -- preview ops --alert my-alert.json': own,
  'docs/notifier.md: TOKEN=$(npm run --silent notify -- token c1 2>/dev/null)': own,
  "docs/notifier.md: curl -X PUT -H 'Content-Type: application/json' -d '{\"url\":\"http://127.0.0.1:3002/v1/twilio/inbound\"}' http://127.0.0.1:4010/simulator/inbound-url": 'says what npm start does by itself',
  "docs/notifier.md: npm run notify -- silence add --service fraud-service --code FRAUD_RULE_FAILED --minutes 90 --comment 'The rule is being mended.'": own,
  'docs/notifier.md: npm run notify -- ledger --since 2h --status failed': own,
  'docs/notifier.md: npm run notify -- send-test --channel email --to you@bank.example': outside,
  'docs/observability.md: OTEL_EXPORTER_OTLP_ENDPOINT=http://jaeger:4318 docker compose --profile observability up --wait': whole,
  'docs/performance.md: npm run bench -- messaging --json': bench,
  'docs/performance.md: npm run bench -- fraud --json': bench,
  'docs/performance.md: npm run bench -- notifier --json': bench,
  'docs/performance.md: npm run bench -- etl --json': bench,
  'docs/performance.md: npm run bench -- logs --json': bench,
  'docs/rules.md: npm run rules -- test my-rules/night_spree.json': own,
  "docs/rules.md: npm run rules -- promote night_spree --comment 'Two weeks in shadow: 9 of 11 were fraud.'": own,
  'docs/rules.md: npm run rules -- history night_spree': own,
  'docs/rules.md: npm run backtest -- --input transactions.csv.gz --rules deploy/rules': own,
  'docs/rules.md: FRAUD=http://127.0.0.1:3001 KEY=rules_…': own,
  'docs/warehouse.md: npm run etl -- load': `${elsewhere}table-to-warehouse.int.test.ts`,
  'docs/write-your-own-consumer.md: npm run --silent stack > /tmp/stack.env': `${elsewhere}own-consumer.int.test.ts`,
  'docs/write-your-own-consumer.md: . /tmp/stack.env && npm start': `${elsewhere}own-consumer.int.test.ts`,
  'docs/write-your-own-consumer.md: . /tmp/stack.env': `${elsewhere}own-consumer.int.test.ts`,
  'docs/runbooks/dead-letters.md: npm run dlq -- list': `${elsewhere}dlq-look.int.test.ts`,
  'docs/runbooks/dead-letters.md: npm run dlq -- redrive transactions_log --code HANDLER_FAILED --dry-run': `${elsewhere}dlq-redrive.int.test.ts`,
  "docs/runbooks/dead-letters.md: npm run dlq -- redrive transactions_log --offset 12 --edit 'merchant_category=5411' --edit 'terminal_id=null'": `${elsewhere}dlq-redrive.int.test.ts`,
  'docs/runbooks/etl-quarantine.md: npm run etl -- quarantine list': own,
  'docs/runbooks/etl-reconciliation-differs.md: npm run etl -- status': own,
  'docs/runbooks/fraud-rule-failed.md: npm run rules -- list': own,
  "docs/runbooks/fraud-rule-failed.md: npm run rules -- rollback night_spree --to 3 --comment 'Version 4 divides by zero.'": changes,
  'docs/runbooks/fraud-rule-failed.md: npm run rules -- test my-rules/night_spree.json --values swipe.json': own,
  "docs/runbooks/fraud-rule-failed.md: echo 'stray key|NULL' | kafka-console-producer.sh --bootstrap-server $KAFKA_BROKERS --topic fraud_rules \\": changes,
  "docs/runbooks/registry-lost.md: curl -sS -X POST -H 'Content-Type: application/zip' --data-binary @registry.zip \"${SCHEMA_REGISTRY_URL%/apis*}/apis/registry/v3/admin/import\"": byHand,
  'docs/runbooks/replay.md: kafka_tool consumer-groups --group notifier --topic fraud_alerts --reset-offsets --to-datetime 2026-01-05T10:00:00.000 --dry-run': byHand,
  'docs/runbooks/replay.md: for topic in card_profiles card_verdicts terminal_profiles transactions_by_terminal; do kafka_tool topics --delete --topic $topic; done': byHand,
  'docs/runbooks/replay.md: kafka_tool consumer-groups --group fraud-service --all-topics --reset-offsets --to-earliest --execute': byHand,
  'docs/runbooks/notify-template-invalid.md: npm run notify -- preview --dir my-texts': own,
}
