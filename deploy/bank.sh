#!/bin/sh
# The tables of the bank's database, and one role for each who comes to it: run by the one-shot `bank` at every start.
#   core     the bank's own system: writes and reads rows, alters nothing
#   extract  etl-loader: reads rows, and sees which transactions are open
set -eu
MYSQL_PWD=$(cat /run/secrets/mysql/root)
export MYSQL_PWD

sql() { mysql --host=mysql --user=root --default-character-set=utf8mb4 "$@"; }

# On standard input: on a command line, others could see the passwords. They are of characters that need no quoting.
role() {
  password=$(cat "/run/secrets/mysql/$1")
  printf "CREATE USER IF NOT EXISTS '%s'@'%%' IDENTIFIED BY '%s'; ALTER USER '%s'@'%%' IDENTIFIED BY '%s';\n" "$1" "$password" "$1" "$password" | sql
  echo "role $1: there"
}

echo 'CREATE DATABASE IF NOT EXISTS bank CHARACTER SET utf8mb4' | sql
sed 's/^CREATE TABLE /CREATE TABLE IF NOT EXISTS /' /schema.sql | sql bank
role core
role extract
sql <<'SQL'
GRANT SELECT, INSERT, UPDATE, DELETE ON bank.* TO 'core'@'%';
GRANT SELECT ON bank.* TO 'extract'@'%';
GRANT PROCESS ON *.* TO 'extract'@'%';
SQL
