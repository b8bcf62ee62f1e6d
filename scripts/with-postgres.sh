#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own on loopback: bash scripts/with-postgres.sh npm test
# The server's address is in POSTRIDER_TEST_DATABASE_URL; it is removed when the command ends.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb || true)")
[ -x "$bin/initdb" ] || { echo 'with-postgres: PostgreSQL is not installed (Debian: apt-get install postgresql)' >&2; exit 1; }

# PostgreSQL refuses to run as root.
as_owner() { "$@"; }
home=$(mktemp -d "${TMPDIR:-/tmp}/postrider-postgres.XXXXXX")
if [ "$(id -u)" = 0 ]; then
  as_owner() { runuser -u postgres -- "$@"; }
  chown postgres "$home"
fi
port=$(node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')

stop() {
  as_owner "$bin/pg_ctl" -D "$home/data" -m fast -w stop >/dev/null 2>&1 || true
  rm -rf "$home"
}
trap stop EXIT

cd /
as_owner "$bin/initdb" -D "$home/data" -U postrider --auth=trust -E UTF8 --locale=C >/dev/null
as_owner "$bin/pg_ctl" -D "$home/data" -w -l "$home/log" \
  -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c max_connections=200" start >/dev/null
cd - >/dev/null
export POSTRIDER_TEST_DATABASE_URL="postgres://postrider@127.0.0.1:$port/postgres"
"$@"
