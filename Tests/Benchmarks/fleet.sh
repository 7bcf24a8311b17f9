# shellcheck shell=bash
# Sourced by the fleet benchmarks. Starts the simulator without a rate limit, and the exporter.
#
# Sets work (a temporary directory), bin, base (the API's URL) and, once the exporter listens, exporter (its process id) and
# address.

bin=${BIN:-$("${SWIFT:-swift}" build -c release --show-bin-path)}
work=$(mktemp -d "${TMPDIR:-/tmp}/magic-connector-bench.XXXXXX")
pids=()
stop() {
    [ ${#pids[@]} -eq 0 ] || kill -KILL "${pids[@]}" 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT

start_simulator() { # connectors, events per connector
    "$bin/magic-connector-simulator" --web.listen-address 127.0.0.1:0 --rate-limit 0 --life.speed 0 --late-share 0 \
        --connectors "$1" --events-per-connector "$2" >"$work/simulator.log" 2>&1 &
    pids+=($!)
    until grep -q '^control' "$work/simulator.log"; do sleep 0.1; done
    base=$(sed -n 's/^base URL *//p' "$work/simulator.log")
}

configure() { # section "polling"
    echo simulator-token >"$work/token"
    cat >"$work/config.yml" <<YAML
accounts:
  - account_id: "00000000000000000000000000000001"
    api_token_file: token
api: { base_url: "$base", max_requests: 1000000 }
polling: $1
YAML
}

start_exporter() {
    "$bin/magic-connector-exporter" --config.file "$work/config.yml" --storage.path "$work/data" \
        --web.listen-address 127.0.0.1:0 2>"$work/exporter.log" &
    exporter=$!
    pids+=("$exporter")
    until grep -q 'event=listening' "$work/exporter.log"; do
        kill -0 "$exporter"
        sleep 0.02
    done
    # Used by the caller.
    # shellcheck disable=SC2034
    address=$(sed -n 's/.*address="\{0,1\}\([0-9.:]*\).*/\1/p' "$work/exporter.log" | head -n 1)
}

now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; } # seconds since a value of now()
