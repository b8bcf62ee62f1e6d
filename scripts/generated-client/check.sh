#!/usr/bin/env bash
# Generates the Python client from our OpenAPI document, compares the page of the Authentication API with the committed
# one byte for byte, and runs the page's samples against a server. Needs Java and Python 3 with venv.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d "${TMPDIR:-/tmp}/postrider-client.XXXXXX")
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check openapi-generator-cli==7.10.0
"$work/venv/bin/openapi-generator-cli" generate -g python -i packages/contract/openapi.json -o "$work/client" >"$work/log" 2>&1 \
  || { cat "$work/log" >&2; exit 1; }
cmp "$work/client/docs/AuthenticationApi.md" docs/AuthenticationApi.md
echo 'docs/AuthenticationApi.md is the generated page, byte for byte'

"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$work/client"
port=$(node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
export HOST="http://127.0.0.1:$port" BEARER_TOKEN=sk_generatedclientcheck
POSTRIDER_LISTEN="127.0.0.1:$port" POSTRIDER_DATA_DIR="$work/data" POSTRIDER_API_KEY="$BEARER_TOKEN" \
  node "${POSTRIDER_TEST_PROGRAM:-apps/server/dist/main.js}" >"$work/server.log" 2>&1 &
server=$!
for _ in $(seq 300); do
  curl -fs -o /dev/null "$HOST/api/v1/health/ping/" && break
  kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2; exit 1; }
  sleep 0.1
done
"$work/venv/bin/python" scripts/generated-client/check.py docs/AuthenticationApi.md
