#!/bin/bash
# Kafka Connect with account and password of the source in its environment, where bank-connector.json looks for them.
set -eu
url=$(sed -n 's/^ETL_SOURCE_URL=//p' /run/secrets/etl-extract/env)
account=${url#mysql://}
account=${account%%@*}
export ETL_SOURCE_USER=${account%%:*} ETL_SOURCE_PASSWORD=${account#*:}
exec /docker-entrypoint.sh start
