#!/usr/bin/env bash
# Copies the alerts and dashboards into the chart, because Helm cannot read files outside it. With --check, only compares
# them.
set -euo pipefail
cd "$(dirname "$0")/../.."
files=deploy/helm/magic-connector-exporter/files
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

mkdir "$fresh/rules" "$fresh/dashboards"
for file in deploy/prometheus/*.yml; do
    case $file in *_test.yml) continue ;; esac
    if grep -q '^groups:' "$file"; then cp "$file" "$fresh/rules"; fi
done
cp dashboards/*.json "$fresh/dashboards"

if [ "${1:-}" = --check ]; then
    diff -r "$files" "$fresh" >&2 || { echo "the chart's copies are out of date; run deploy/helm/sync.sh" >&2; exit 1; }
else
    rm -rf "$files"
    cp -r "$fresh" "$files"
    chmod -R u+rwX,go+rX "$files"
fi
