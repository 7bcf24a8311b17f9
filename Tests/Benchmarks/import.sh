#!/usr/bin/env bash
# Measures the first import: 200,000 events of history over 100 connectors, the budget lifted, everything on this machine.
# Prints how long it took until every event was counted and in /metrics, until every payload was there, and the memory.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=$("${SWIFT:-swift}" build -c release --show-bin-path)
connectors=${CONNECTORS:-100}
each=${EACH:-2000}
work=$(mktemp -d "${TMPDIR:-/tmp}/magic-connector-bench.XXXXXX")
pids=()
stop() {
    [ ${#pids[@]} -eq 0 ] || kill -KILL "${pids[@]}" 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT

"$bin/magic-connector-simulator" --web.listen-address 127.0.0.1:0 --rate-limit 0 --life.speed 0 --late-share 0 \
    --connectors "$connectors" --events-per-connector "$each" >"$work/simulator.log" 2>&1 &
pids+=($!)
until grep -q '^control' "$work/simulator.log"; do sleep 0.1; done
base=$(sed -n 's/^base URL *//p' "$work/simulator.log")
events=$(sed -n 's/^events *//p' "$work/simulator.log")

echo simulator-token >"$work/token"
cat >"$work/config.yml" <<YAML
accounts:
  - account_id: "00000000000000000000000000000001"
    api_token_file: token
api: { base_url: "$base", max_requests: 1000000 }
polling: { initial_lookback: 30d, rescan_lookback: 30d }
YAML
start=$(date +%s.%N)
"$bin/magic-connector-exporter" --config.file "$work/config.yml" --storage.path "$work/data" \
    --web.listen-address 127.0.0.1:0 2>"$work/exporter.log" &
exporter=$!
pids+=("$exporter")
until grep -q 'msg=listening' "$work/exporter.log"; do sleep 0.02; done
address=$(sed -n 's/.*address="\{0,1\}\([0-9.:]*\).*/\1/p' "$work/exporter.log" | head -n 1)

since() { awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { printf "%.2f", b - a }'; }
counted() {
    curl -fsS --compressed "http://$address/metrics" |
        awk '/^cloudflare_magic_connector_events_total/ { n += $NF } END { print n + 0 }'
}
until [ "$(counted)" -ge "$events" ]; do sleep 0.1; done
listed=$(since)
until grep -q 'history import complete' "$work/exporter.log"; do sleep 0.1; done
complete=$(since)
peak=$(awk '/VmHWM/ { print $2 / 1024 }' "/proc/$exporter/status")
size=$(du -sm "$work/data" | cut -f 1)
payloads=$(curl -fsS "http://$address/metrics" |
    awk '/api_requests_total.endpoint="event"/ { n += $NF } END { print n + 0 }')

awk -v events="$events" -v connectors="$connectors" -v listed="$listed" -v complete="$complete" \
    -v payloads="$payloads" -v peak="$peak" -v size="$size" 'BEGIN {
    printf "events                    %d over %d connectors\n", events, connectors
    printf "counted and in /metrics   %.2f s, %d events/s\n", listed, events / listed
    printf "payloads fetched singly   %d\n", payloads
    printf "all payloads settled      %.2f s\n", complete
    printf "peak resident memory      %d MB\n", peak
    printf "storage                   %d MB\n", size
}'
