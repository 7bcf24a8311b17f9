#!/usr/bin/env bash
# Builds .build/deb/magic-connector-exporter_VERSION_ARCH.deb from the release build, and checks it with lintian.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=$("${SWIFT:-swift}" build -c release --show-bin-path)/magic-connector-exporter
name=magic-connector-exporter
out=$PWD/.build/deb
tree=$out/$name
if readelf -d "$bin" | grep -q 'NEEDED.*libswift'; then
    echo "$bin links Swift's runtime dynamically; build it with \`make release\`" >&2
    exit 1
fi
if readelf -d "$bin" | grep -qE 'R(UN)?PATH'; then
    echo "$bin loads libraries from a path of its own; build it with \`make release\`" >&2
    exit 1
fi
version=$("$bin" --version | sed -n 's/.*version \([0-9][^ ]*\)$/\1/p' | head -n 1)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
day() { LC_ALL=C TZ=UTC date -d "@$SOURCE_DATE_EPOCH" "$1"; }

rm -rf "$out"
mkdir -p "$tree/staged"
cp -r deploy/debian "$tree/debian"
cp README.md CHANGELOG.md "$tree"
cp deploy/systemd/$name.{service,socket} "$tree/debian"
cp deploy/logs/logrotate "$tree/debian/$name.logrotate"
cat >"$tree/debian/changelog" <<TEXT
$name ($version-1) unstable; urgency=medium

  * Changes: /usr/share/doc/$name/changelog.gz

 -- $(sed -n 's/^Maintainer: //p' deploy/debian/control)  $(day '+%a, %d %b %Y %H:%M:%S +0000')
TEXT

staged=$tree/staged
deploy/dist/strip.py "$bin" "$staged/$name"
deploy/dist/generate.sh "$bin" "$staged" "$(day '+%B %-d, %Y')"
# The service receives its token as a systemd credential.
sed "s|^\( *api_token_file:\) token\$|\1 /run/credentials/$name.service/token|" deploy/config.example.yml >"$staged/config.yml"
grep -q "^ *api_token_file: /run/credentials" "$staged/config.yml"
mkdir "$staged/prometheus" "$staged/dashboards" "$staged/logs"
cp deploy/prometheus/*.yml "$staged/prometheus"
cp -r deploy/runbooks "$staged/runbooks"
cp dashboards/*.json "$staged/dashboards"
cp deploy/logs/{alloy.alloy,promtail.yml,loki.yml} "$staged/logs"

(cd "$tree" && DEB_BUILD_OPTIONS=nocheck debian/rules binary >"$out/log" 2>&1) || { cat "$out/log" >&2; exit 1; }
package=$(echo "$out"/*.deb)
lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$package"
echo "$package"
