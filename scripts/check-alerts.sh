#!/usr/bin/env bash
# Runs the tests of the alert rules with Prometheus' promtool: that of this machine, or the one in Debian's package, which is
# unpacked and not installed, since that would start a server.
set -euo pipefail
cd "$(dirname "$0")/../deploy/prometheus"

promtool=$(command -v promtool || true)
if [ -z "$promtool" ]; then
  home=$(mktemp -d "${TMPDIR:-/tmp}/postrider-promtool.XXXXXX")
  trap 'rm -rf "$home"' EXIT
  # As root apt fetches as a user of its own, who has to get in.
  [ "$(id -u)" != 0 ] || chown _apt "$home"
  fetch() { (cd "$home" && apt-get download -qq prometheus); }
  fetch 2>/dev/null || { apt-get update -qq && fetch; }
  dpkg --fsys-tarfile "$home"/prometheus_*.deb | tar -x -C "$home" ./usr/bin/promtool
  promtool=$home/usr/bin/promtool
fi
"$promtool" check rules alerts.yaml
"$promtool" test rules alerts.test.yaml
