#!/bin/bash
# Makes a connector of a file, or gives the one that is there its settings, and waits until it runs:
#
#   CONNECT_URL=http://127.0.0.1:8083 deploy/connect/register.sh [FILE [NAME]]
#
# Needs curl. A variable in the file, ${env:NAME}, is one of the worker's environment: no password is kept in a topic.
set -euo pipefail
file=${1:-$(dirname "$0")/bank-connector.json}
name=${2:-bank}
connectors=${CONNECT_URL:?is the address of Kafka Connect, such as http://127.0.0.1:8083}/connectors

answer=$(curl -sS -X PUT -H 'Content-Type: application/json' --data-binary "@$file" -w '\n%{http_code}' "$connectors/$name/config")
case ${answer##*$'\n'} in
  200 | 201) ;;
  *)
    echo "$name: Kafka Connect refuses it: ${answer%$'\n'*}" >&2
    exit 1
    ;;
esac

# 404: it is known in a moment. The first task is the only one.
for _ in $(seq 120); do
  status=$(curl -sS "$connectors/$name/status")
  case $status in
    *'"state":"FAILED"'*)
      echo "$name: does not run: $status" >&2
      exit 1
      ;;
    *'"tasks":[{"id":0,"state":"RUNNING"'*)
      echo "$name: runs"
      exit 0
      ;;
  esac
  sleep 0.5
done
echo "$name: does not run after a minute: $status" >&2
exit 1
