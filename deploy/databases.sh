#!/bin/sh
# One database and one role a service, each owning its database and shut out of the others: run by the one-shot
# `databases` at every start, so that a service added later gets its own in a volume that is there already.
set -eu
PGPASSWORD=$(cat /run/secrets/postgres/superuser)
export PGPASSWORD

for service in transactions_api notifier; do
  # The password is read by psql itself: on its command line, others could see it.
  SERVICE=$service psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set name="$service" <<'SQL'
\set password `cat /run/secrets/postgres/$SERVICE`
SELECT format('CREATE ROLE %I LOGIN', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE CONNECT, TEMPORARY ON DATABASE :"name" FROM PUBLIC;
SQL
  echo "database $service: there"
done
