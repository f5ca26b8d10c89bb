export const help = `npm run etl -- extract [options]

extract   writes the rows of tables to their topics, and what changes in them

  --source URL     the database, mysql://user:password@host:3306/bank (default: ETL_SOURCE_URL)
  --tables NAMES   separated by commas, * for any characters, ! before those to leave out (default: ETL_TABLES, else all)
  --config FILE    settings of single tables, JSON (default: ETL_CONFIG)
  --once           ends when all that is there now is on the topics; else it goes on until Ctrl-C
  --json           the last line of standard output is one JSON object

Kafka and the schema registry are found by KAFKA_BROKERS and SCHEMA_REGISTRY_URL. Exit code: 0 done, 1 failed, 2 wrong use.`
