#!/usr/bin/env bash
# Packs the release build into .build/dist: a tarball of the exporter as Prometheus projects lay it out, one of the
# simulator, their bills of materials, and sha256sums.txt. The same commit, compiler and libraries produce the same bytes.
set -euo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C TZ=UTC PYTHONDONTWRITEBYTECODE=1
umask 022
bin=$("${SWIFT:-swift}" build -c release --show-bin-path)
name=magic-connector-exporter
out=$PWD/.build/dist
limit=$((50 * 1000 * 1000))
fail() { echo "dist: $*" >&2; exit 1; }

SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
version=$("$bin/$name" --version | sed -n 's/.*version \([0-9][^ ]*\)$/\1/p' | head -n 1)
case $(uname -m) in
    x86_64) arch=amd64 ;;
    aarch64) arch=arm64 ;;
    *) fail "$(uname -m) is not supported" ;;
esac

rm -rf "$out"
mkdir -p "$out"
folder() { echo "$out/$1-$version.linux-$arch"; }
pack() { # the program's name
    local folder
    folder=$(folder "$1")
    # Sorted, without names of users, and with the time of the commit. gzip -n stores neither name nor time.
    tar --sort=name --format=ustar --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
        --mode=u+rwX,go+rX,go-w -C "$out" -cf - "${folder##*/}" | gzip -9n >"$folder.tar.gz"
    rm -rf "$folder"
}

for program in "$name" magic-connector-simulator; do
    if readelf -d "$bin/$program" | grep -qE 'NEEDED.*libswift|R(UN)?PATH'; then
        fail "$bin/$program loads Swift's runtime or has a path of its own; build it with \`make release\`"
    fi
    target=$(folder "$program")
    mkdir "$target"
    deploy/dist/strip.py "$bin/$program" "$target/$program"
    readelf -lW "$target/$program" | grep -q GNU_RELRO || fail "$program has no segment GNU_RELRO"
    if strings -n 6 "$target/$program" | grep -F "$PWD/" >&2; then fail "$program contains paths of this folder"; fi
    size=$(stat -c %s "$target/$program")
    [ "$size" -le "$limit" ] || fail "$program has $size bytes, more than $limit"
    deploy/dist/sbom.py "$target/$program" "$bin/$program" "$version" "$arch" >"$target.cdx.json"
    deploy/dist/notice.py >"$target/NOTICE"
    cp LICENSE "$target"
    echo "dist: $program $version for $arch: $size bytes, stripped from $(stat -c %s "$bin/$program")"
done

target=$(folder "$name")
deploy/dist/generate.sh "$target/$name" "$target" "$(date -d "@$SOURCE_DATE_EPOCH" '+%B %-d, %Y')"
cp deploy/dist/INSTALL.md README.md CHANGELOG.md deploy/config.example.yml deploy/web-config.example.yml "$target"
mkdir "$target"/{prometheus,dashboards,logs,systemd}
cp deploy/prometheus/{alerts,rules,prometheus,alertmanager}.yml "$target/prometheus"
cp dashboards/*.json "$target/dashboards"
cp deploy/logs/{alloy.alloy,promtail.yml,loki.yml,logrotate} "$target/logs"
cp -r deploy/runbooks "$target"
cp deploy/systemd/$name.{service,socket} "$target/systemd"
cp deploy/debian/default "$target/systemd/$name.default"

pack "$name"
pack magic-connector-simulator
(cd "$out" && sha256sum -- *.tar.gz *.cdx.json >sha256sums.txt && cat sha256sums.txt)
