#!/usr/bin/env bash
# Measures a large fleet: 10,000 connectors and a simulator on the same machine, the budget lifted. Prints how long the
# first import and a later round of polls take, what they cost, and how soon the exporter is ready after a restart.
# BUDGET=1 ends with 1 where a number is beyond what is promised.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${BIN:-$("${SWIFT:-swift}" build -c release --show-bin-path)}
connectors=${CONNECTORS:-10000}
each=${EACH:-20}
round=${ROUND:-60}
work=$(mktemp -d "${TMPDIR:-/tmp}/magic-connector-scale.XXXXXX")
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

echo simulator-token >"$work/token"
cat >"$work/config.yml" <<YAML
accounts:
  - account_id: "00000000000000000000000000000001"
    api_token_file: token
api: { base_url: "$base", max_requests: 1000000 }
polling: { interval: ${round}s }
YAML

now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }
# The process that listens is the one that is measured.
begin() {
    begun=$(now)
    "$bin/magic-connector-exporter" --config.file "$work/config.yml" --storage.path "$work/data" \
        --web.listen-address 127.0.0.1:0 2>"$work/exporter.log" &
    exporter=$!
    pids+=("$exporter")
    until grep -q 'msg=listening' "$work/exporter.log"; do
        kill -0 "$exporter"
        sleep 0.02
    done
    address=$(sed -n 's/.*address="\{0,1\}\([0-9.:]*\).*/\1/p' "$work/exporter.log" | head -n 1)
    until [ "$(curl -s -o /dev/null -w '%{http_code}' "http://$address/-/ready")" = 200 ]; do sleep 0.05; done
    ready=$(since "$begun")
}
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$exporter/stat"; }
memory() { awk -v field="$1" '$1 == field ":" { print int($2 / 1024) }' "/proc/$exporter/status"; }
size() { du -sk "$work/data" | cut -f 1; }
polls() {
    curl -fsS --compressed "http://$address/metrics" |
        awk '/^cloudflare_magic_connector_exporter_api_requests_total.endpoint="events",status="200"/ { print $NF }'
}

begin
first=$ready
kept=$(size)

# A restart, as a crash would: what it finds is the ledger of before.
kill -KILL "$exporter"
wait "$exporter" 2>/dev/null || true
begin
restart=$ready
resident=$(memory VmRSS)

# A round: every connector is polled once, in its own moment of the interval.
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
    if (ENVIRON["BUDGET"] == 1 && (took > 70 || resident > 400 || restart > 5)) exit 1
}'
