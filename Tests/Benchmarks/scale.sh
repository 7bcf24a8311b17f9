#!/usr/bin/env bash
# Measures a large fleet: 10,000 connectors and a simulator on the same machine, without a request budget. Prints the time
# and cost of the first import and of a later round of polls, and the time from a restart to readiness.
# BUDGET=1 exits with 1 if a figure exceeds its limit.
set -euo pipefail
cd "$(dirname "$0")/../.."
connectors=${CONNECTORS:-10000}
each=${EACH:-20}
. Tests/Benchmarks/fleet.sh

start_simulator "$connectors" "$each"
configure "{ interval: ${ROUND:-60}s }"

begin() {
    begun=$(now)
    start_exporter
    until [ "$(curl -s -o /dev/null -w '%{http_code}' "http://$address/-/ready")" = 200 ]; do sleep 0.05; done
    ready=$(since "$begun")
}
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$exporter/stat"; }
memory() { awk -v field="$1" '$1 == field ":" { print int($2 / 1024) }' "/proc/$exporter/status"; }
size() { du -sk "$work/data" | cut -f 1; }
polls() {
    curl -fsS --compressed "http://$address/metrics" |
        awk '/^cloudflare_magic_connector_exporter_api_requests_total.account_id="[0-9a-f]*",endpoint="events",status="200"/ { print $NF }'
}

begin
first=$ready
kept=$(size)

# A restart after a crash, with the existing ledger.
kill -KILL "$exporter"
wait "$exporter" 2>/dev/null || true
begin
restart=$ready
resident=$(memory VmRSS)

# One round: every connector is polled once, spread over the interval.
spent=$(cpu)
from=$(now)
until [ "$(polls)" -ge "$connectors" ] 2>/dev/null; do sleep 2; done
took=$(since "$from")
spent=$(awk -v a="$spent" -v b="$(cpu)" 'BEGIN { printf "%.1f", b - a }')
bytes=$(curl -fsS "http://$address/metrics" | wc -c)

awk -v connectors="$connectors" -v each="$each" -v first="$first" -v took="$took" -v cpu="$spent" \
    -v resident="$(memory VmRSS)" -v start="$resident" -v peak="$(memory VmHWM)" -v kept="$kept" -v now="$(size)" \
    -v restart="$restart" -v bytes="$bytes" 'BEGIN {
    printf "connectors                %d, %d events each\n", connectors, each
    printf "first import, to ready    %.1f s, %.0f connectors/s\n", first, connectors / first
    printf "a round of polls          %.1f s, %.0f polls/s\n", took, connectors / took
    printf "CPU of the round          %.1f s\n", cpu
    printf "resident memory           %d MB after the start, %d MB after the round, %d MB at most\n", start, resident, peak
    printf "storage                   %.0f MB, %.0f MB after the round; some %.0f MB after a day of 100 events each\n", \
        kept / 1024, now / 1024, now / 1024 * 100 / each
    printf "restart, to ready         %.2f s\n", restart
    printf "exposition                %.0f MB\n", bytes / 1048576
    if (ENVIRON["BUDGET"] == 1 && (took > 60 || resident > 400 || restart > 5)) exit 1
}'
