#!/usr/bin/env bash
# Starts the exporter and prints its addresses. Polls your account if CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID are
# set, otherwise the simulator. Ctrl-C stops all processes.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=$("${SWIFT:-swift}" build -c release --show-bin-path)
metrics=http://localhost:10977
storage=${STORAGE:-data}

pids=()
temporary=
stop() {
    trap - INT TERM EXIT
    [ ${#pids[@]} -eq 0 ] || kill -TERM "${pids[@]}" 2>/dev/null || true
    wait || true
    [ -z "$temporary" ] || rm -rf "$temporary"
}
trap stop EXIT
trap 'stop; exit 0' INT TERM

if [ -n "${CLOUDFLARE_API_TOKEN:-}" ] && [ -n "${CLOUDFLARE_ACCOUNT_ID:-}" ]; then
    echo "Polling account $CLOUDFLARE_ACCOUNT_ID."
else
    # Each run simulates new connectors, so each run uses a new ledger.
    temporary=$(mktemp -d "${TMPDIR:-/tmp}/magic-connector-demo.XXXXXX")
    storage=$temporary
    export CLOUDFLARE_API_TOKEN=simulator-token
    export CLOUDFLARE_ACCOUNT_ID=00000000000000000000000000000001
    export CLOUDFLARE_BASE_URL=http://127.0.0.1:10978/client/v4
    "$bin/magic-connector-simulator" --rate-limit 0 --life.speed 20 --history 1d --history.speed 1 \
        --unknown-kinds 0.002 &
    pids+=($!)
    until curl -fsS -o /dev/null http://127.0.0.1:10978/control/requests 2>/dev/null; do
        kill -0 "${pids[0]}" 2>/dev/null || { echo "the simulator did not start" >&2; exit 1; }
        sleep 0.1
    done
fi

if [ ${#pids[@]} -gt 0 ]; then
    "$bin/magic-connector-exporter" --config.file deploy/demo/simulator.yml --storage.path "$storage" &
else
    "$bin/magic-connector-exporter" --storage.path "$storage" &
fi
pids+=($!)

for _ in $(seq 600); do
    kill -0 "${pids[-1]}" 2>/dev/null || exit 1
    curl -fsS -o /dev/null "$metrics/-/ready" 2>/dev/null && break
    sleep 0.2
done

cat <<TEXT

  Landing page:    $metrics
  Metrics:         $metrics/metrics
  Failures:        curl -s $metrics/metrics | grep 'operation_consecutive_failures.* [1-9]'
  Stuck:           curl -s $metrics/metrics | grep '_stuck.* 1$'
  Ctrl-C stops it.

TEXT
curl -s "$metrics/metrics" | grep -E '_connectors\{|operation_consecutive_failures.* [1-9]|_stuck.* 1$' | head -n 12 || true
wait -n "${pids[@]}"
