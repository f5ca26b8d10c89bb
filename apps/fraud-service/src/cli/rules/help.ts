export const help = `Usage: npm run rules -- COMMAND [names] [options]

  list             the rules there are: version, mode, weight, severity, owner, last change
  show ID          a rule, with all that it says
  history ID       its versions, newest first, and what each of them changed
  put PATH…        make each file's rule, or its next version: of a folder every *.json, whose name is its
                   rule_id. A file that says what the rule says already makes no version. When anything is
                   wrong in any file, all of it is told, and nothing is written
  test FILE        whether the file's rule could be put, and what it asks about; without Kafka
  promote ID       one step further: from off to shadow, from shadow to live
  rollback ID      bring an earlier version back, mode included, as a new version

put, promote, rollback:
  --by NAME        who does it, for the history; the system's user unless told
  --comment TEXT   why, for the history; put has the files' own unless told
  --expect N       only when the rule is at version N now; 0: only when it is new. put: with one file

put:
  --dry-run        say what would be done, and write nothing
  --new-only       leave rules that are there as they are: for a start that must not undo what people changed

rollback:
  --to N           the version whose words the new one has

test:
  --values FILE    a JSON object of features by name, such as {"tx.amount": 250}; those not named are
                   absent. Says whether the rule fires, why, and what was absent

  --json           print one JSON object as the last line; "broken" lists what does not hold
  --help           print this

Reads KAFKA_BROKERS, KAFKA_TLS and KAFKA_TLS_*, KAFKA_SASL_*, KAFKA_NAMESPACE, SCHEMA_REGISTRY_URL,
SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD from the environment; no service need run. How
rules are written stands in docs/rules.md.

Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.`
