#!/bin/sh
# What Debezium needs beyond what etl-extract's account may: it reads the binary log as a replica does, and locks tables
# for a moment when its snapshot begins.
set -eu
MYSQL_PWD=$(cat /run/secrets/mysql/root)
export MYSQL_PWD
mysql --host=mysql --user=root --execute="GRANT RELOAD, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'extract'@'%'; GRANT LOCK TABLES ON bank.* TO 'extract'@'%'"
echo 'role extract: may read the log'
