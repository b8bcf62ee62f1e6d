#!/usr/bin/env bash
# Calls every method of the official Python SDK that is ours, in its last version of each generation, against a server.
# Needs Python 3 with venv.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d "${TMPDIR:-/tmp}/postrider-python.XXXXXX")
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

port=$(node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
export HOST="http://127.0.0.1:$port" BEARER_TOKEN=sk_pythonsdkcheckkey
POSTRIDER_LISTEN="127.0.0.1:$port" POSTRIDER_DATA_DIR="$work/data" POSTRIDER_API_KEY="$BEARER_TOKEN" \
  POSTRIDER_ALLOW_SUBNETS=127.0.0.0/8 node "${POSTRIDER_TEST_PROGRAM:-apps/server/dist/main.js}" >"$work/server.log" 2>&1 &
server=$!
for _ in $(seq 300); do
  curl -fs -o /dev/null "$HOST/api/v1/health/ping/" && break
  kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2; exit 1; }
  sleep 0.1
done

for version in 1.99.1 2.9.1; do
  python3 -m venv "$work/$version"
  "$work/$version/bin/pip" install --quiet --disable-pip-version-check "svix==$version"
  "$work/$version/bin/python" scripts/sdk-python/check.py
  # The tour of the README, as it stands there but for the address.
  sed -n '/^```python$/,/^```$/p' README.md | sed -e '/^```/d' -e "s#http://127.0.0.1:8071#$HOST#" >"$work/tour.py"
  POSTRIDER_KEY="$BEARER_TOKEN" "$work/$version/bin/python" "$work/tour.py" >"$work/tour"
  grep -q '#key=' "$work/tour"
  grep -q '^msg_' "$work/tour"
  echo "svix $version: the tour of the README gives a link and a message"
done
