#!/usr/bin/env bash
# Measures the first import: 200,000 events of history over 100 connectors, without a request budget, on one machine.
# Prints the time until all events are counted and exposed, the time until all payloads are stored, and the memory.
set -euo pipefail
cd "$(dirname "$0")/../.."
connectors=${CONNECTORS:-100}
each=${EACH:-2000}
. Tests/Benchmarks/fleet.sh

start_simulator "$connectors" "$each"
events=$(sed -n 's/^events *//p' "$work/simulator.log")
configure '{ initial_lookback: 30d, rescan_lookback: 30d }'
start=$(now)
start_exporter

counted() {
    curl -fsS --compressed "http://$address/metrics" |
        awk '/^cloudflare_magic_connector_events_total/ { n += $NF } END { print n + 0 }'
}
until [ "$(counted)" -ge "$events" ]; do sleep 0.1; done
listed=$(since "$start")
until grep -q 'history_import_complete' "$work/exporter.log"; do sleep 0.1; done
complete=$(since "$start")
peak=$(awk '/VmHWM/ { print $2 / 1024 }' "/proc/$exporter/status")
size=$(du -sm "$work/data" | cut -f 1)
payloads=$(curl -fsS "http://$address/metrics" |
    awk '/api_requests_total.*endpoint="event"/ { n += $NF } END { print n + 0 }')

awk -v events="$events" -v connectors="$connectors" -v listed="$listed" -v complete="$complete" \
    -v payloads="$payloads" -v peak="$peak" -v size="$size" 'BEGIN {
    printf "events                    %d over %d connectors\n", events, connectors
    printf "counted and in /metrics   %.2f s, %d events/s\n", listed, events / listed
    printf "payloads fetched singly   %d\n", payloads
    printf "all payloads stored       %.2f s\n", complete
    printf "peak resident memory      %d MB\n", peak
    printf "storage                   %d MB\n", size
}'
