#!/usr/bin/env bash
# Runs a command whose tests start the package of `npm run pack` instead of the build:
#   bash scripts/with-package.sh npm test
# The package is installed into an empty folder, which is removed when the command ends. Its program is in
# POSTRIDER_TEST_PROGRAM.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

tarball=$(ls "$root"/dist/postrider-*.tgz 2>/dev/null || true)
[ -f "$tarball" ] || { echo 'with-package: no package in dist: npm run pack makes it' >&2; exit 1; }
place=$(mktemp -d "${TMPDIR:-/tmp}/postrider-installed.XXXXXX")
trap 'rm -rf "$place"' EXIT
npm install --global --prefix "$place" --offline --no-audit --no-fund --silent "$tarball"
export POSTRIDER_TEST_PROGRAM="$place/lib/node_modules/postrider/dist/main.js"
[ -f "$POSTRIDER_TEST_PROGRAM" ] || { echo "with-package: no program at $POSTRIDER_TEST_PROGRAM" >&2; exit 1; }
"$@"
