#!/usr/bin/env bash
# Builds the images of exporter and simulator with Podman, from the tarballs of `make dist` and a base by debootstrap.
# Checks their contents, runs them hardened, and runs the Compose demo with Prometheus and Alertmanager from Debian. Grafana,
# Loki and Alloy have no package there, so they do not run. Requires root. The base systems stay in .build/image-root and
# .build/image-servers. All else, including Podman's storage and network, is discarded with the namespaces.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=magic-connector-exporter
image=$(deploy/project.py --get IMAGE)
simulator=$(deploy/project.py --get SIMULATOR_IMAGE)
limit=$((100 * 1000 * 1000))
suite=bookworm
step() { echo "image-check: $*"; }
fail() { echo "image-check: $*" >&2; exit 1; }
# Without systemd, Podman logs an error for each container with a health check. The checks below run it instead.
podman() { command podman --log-level fatal "$@"; }
milliseconds() { echo $((($(date +%s%N) - $1) / 1000000)); }
eventually() { # problem, command...
    local why=$1
    shift
    for _ in $(seq 300); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.2
    done
    podman ps --all >&2
    podman logs --tail 20 exporter >&2 || true
    fail "$why"
}
# The sum of all events. The image has curl, so the host needs no access to the container's network.
events() { podman exec exporter curl -fsS http://127.0.0.1:10977/metrics | awk '/^cloudflare_magic_connector_events_total\{/ { sum += $NF } END { printf "%d\n", sum }'; }
counted() { [ "$(events)" -gt "$1" ]; }

build() { # work
    local version arch=amd64 field
    [ "$(uname -m)" = x86_64 ] || arch=arm64
    tar -C .build/image-root -c . | podman import --quiet - localhost/base >/dev/null
    tar -C .build/image-servers -c . | podman import --quiet --change USER=65534 --change 'ENTRYPOINT ["prometheus"]' - localhost/prometheus >/dev/null
    tar -C .build/image-servers -c . | podman import --quiet --change USER=65534 --change 'ENTRYPOINT ["prometheus-alertmanager"]' - localhost/alertmanager >/dev/null
    # The release's own step, with Podman as `docker`. Its default format has no health check.
    mkdir "$1/bin"
    cat >"$1/bin/docker" <<TEXT
#!/bin/sh
[ "\$1" = build ] || { echo "docker \$1 is not expected" >&2; exit 1; }
shift
exec podman build --quiet --format docker --isolation chroot --network host --build-arg DEBIAN_IMAGE=localhost/base "\$@"
TEXT
    chmod +x "$1/bin/docker"
    NO_PUSH=1 PATH=$1/bin:$PATH deploy/dist/release.sh image-push >"$1/log" 2>&1 || { tail -n 20 "$1/log" >&2; fail 'the images cannot be built'; }
    version=$(git grep -hoP 'static let version = "\K[^"]+' -- 'Sources/Exporter/*BuildInfo.swift')
    for field in "$image" "$simulator"; do podman tag "$field:$version-$arch" "$field:$version"; done
    image=$image:$version
    simulator=$simulator:$version
    [ "$(podman inspect --format '{{.Architecture}}' "$image")" = "$arch" ] || fail "the image is not for $arch"
}

contents() { # work
    local size container label
    size=$(podman inspect --format '{{.Size}}' "$image")
    step "the image has $((size / 1000000)) MB"
    [ "$size" -le "$limit" ] || fail "the image has $size bytes, more than $limit"
    [ "$(podman inspect --format '{{.Config.User}}' "$image")" = 65532:65532 ] || fail 'the user is not 65532'
    for label in title description source url licenses version revision created; do
        [ -n "$(podman inspect --format "{{index .Config.Labels \"org.opencontainers.image.$label\"}}" "$image")" ] || fail "the label $label is missing"
    done
    container=$(podman create "$image")
    podman export "$container" >"$1/image.tar"
    podman rm --volumes "$container" >/dev/null
    # Programs, the loader and libraries are the only executable files: no shell, no package manager.
    tar tvf "$1/image.tar" | awk '$1 ~ /^-..x/ { print $NF }' | grep -vE '^lib(64)?/|^usr/lib/' | sort >"$1/programs"
    printf '%s\n' usr/bin/curl usr/local/bin/$name | diff - "$1/programs" || fail 'the image contains other programs'
    if tar tvf "$1/image.tar" | grep -E '^-..[sS]|^-.....[sS]'; then fail 'the image contains setuid programs'; fi
    if tar tf "$1/image.tar" | grep -E '^(var/lib/apt|var/cache|usr/share/man|bin/|sbin/)'; then fail 'the image contains more than it needs'; fi
    step "packages: $(tar tf "$1/image.tar" | grep -c '^var/lib/dpkg/status.d/.') with their licences"
}

hardened=(--cgroups=disabled --read-only --cap-drop=all --security-opt=no-new-privileges)

single() { # work
    local began before pid status
    mkdir "$1/etc"
    cp deploy/demo/simulator.yml deploy/demo/simulator-token "$1/etc"
    podman run "${hardened[@]}" --rm --network none "$image" --version | head -n 1
    podman run "${hardened[@]}" --detach --name simulator --network none "$simulator" --connectors 25 --rate-limit 0 >/dev/null
    eventually 'the simulator does not become healthy' podman healthcheck run simulator
    began=$(date +%s%N)
    podman run "${hardened[@]}" --detach --name exporter --network container:simulator --volume "$1/etc:/etc/$name:ro" \
        --volume "ledger:/var/lib/$name" "$image" --config.file=/etc/$name/simulator.yml >/dev/null
    eventually 'no counts in a minute' counted 0
    step "first counts of 25 connectors $(milliseconds "$began") ms after the start of the container"
    podman healthcheck run exporter || fail 'the health check fails'
    pid=$(podman inspect --format '{{.State.Pid}}' exporter)
    [ "$(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")" = 65532 ] || fail 'the exporter does not run as user 65532'
    grep -q '^CapEff:\s*0*$' "/proc/$pid/status" || fail 'the exporter has capabilities'
    before=$(events)
    began=$(date +%s%N)
    podman stop --time 30 exporter >/dev/null 2>&1
    status=$(podman inspect --format '{{.State.ExitCode}}' exporter)
    [ "$status" = 0 ] || fail "the exporter ended with status $status after SIGTERM"
    step "stopped by SIGTERM in $(milliseconds "$began") ms"
    podman start exporter >/dev/null
    eventually 'counts were lost' counted $((before - 1))
    # The health check must fail if the exporter does not respond.
    podman kill --signal STOP exporter >/dev/null
    if timeout 5 podman healthcheck run exporter >/dev/null 2>&1; then fail 'the health check succeeds without a response'; fi
    podman kill --signal CONT exporter >/dev/null
    podman rm --force --time 5 exporter >/dev/null
    podman rm --force --time 5 simulator >/dev/null
    podman volume rm ledger >/dev/null
}

# Without a pipe to grep, which would end before curl.
query() { [[ $(curl -fsS --get http://127.0.0.1:9090/api/v1/query --data-urlencode "query=$1") =~ \"value\":\[[0-9.]+,\"[1-9] ]]; }
ruled() { [[ $(curl -fsS http://127.0.0.1:9090/api/v1/rules) = *'"name":"MagicConnectorOffline"'* ]]; }
alerted() { [[ $(curl -fsS http://127.0.0.1:9093/api/v2/alerts) = *'"alertname":"MagicConnector'* ]]; }
served() { [[ $(curl -fsS http://127.0.0.1:10977/metrics) =~ magic_connector_events_total\{[^}]*\}\ [1-9] ]]; }

compose() { # in a network namespace of its own
    local began left services=(exporter simulator prometheus alertmanager)
    ip link set lo up
    podman system service --time 0 unix:///run/podman.sock >/dev/null 2>&1 &
    eventually 'the API of Podman does not start' test -S /run/podman.sock
    export DOCKER_HOST=unix:///run/podman.sock PROMETHEUS_IMAGE=localhost/prometheus ALERTMANAGER_IMAGE=localhost/alertmanager
    cd deploy/docker
    stack() { ../../.build/tools/bin/docker-compose --progress quiet -f compose.yml -f compose.demo.yml "$@"; }
    began=$(date +%s%N)
    stack up --detach --no-build "${services[@]}"
    eventually 'the exporter of the stack has no counts' served
    step "compose: first counts $(milliseconds "$began") ms after \`up\`"
    eventually 'Prometheus does not scrape the exporter' query 'up{job="magic-connector-exporter"}'
    eventually 'Prometheus has no metrics' query 'sum(cloudflare_magic_connector_events_total)'
    step "compose: Prometheus has them after $(milliseconds "$began") ms"
    eventually 'Prometheus has no alerts' ruled
    eventually 'no alert reaches Alertmanager' alerted
    step "compose: an alert is in Alertmanager after $(milliseconds "$began") ms"
    stack down --volumes
    left=$(podman ps --all --quiet; podman volume ls --format '{{.Name}}')
    [ -z "$left" ] || fail "containers or volumes stayed: $left"
}

case ${1:-} in
    --compose)
        compose
        exit
        ;;
    --run)
        work=$2
        # Podman stores everything below these directories.
        mkdir -p /var/lib/containers /etc/containers/networks
        for folder in /var/lib/containers /etc/containers/networks /run /dev/shm /var/tmp; do mount -t tmpfs image-check "$folder"; done
        # crun rejects version 2 of cgroups beside version 1.
        if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi
        # Low limits are always allowed, also in a container.
        cat >"$work/containers.conf" <<'TEXT'
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[network]
network_backend = "netavark"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
TEXT
        export CONTAINERS_CONF=$work/containers.conf TMPDIR=/var/tmp
        began=$(date +%s%N)
        step 'building the images'
        build "$work"
        step "built in $(milliseconds "$began") ms"
        contents "$work"
        step 'run against the simulator'
        single "$work"
        step 'Compose demo'
        unshare --net "$0" --compose
        exit
        ;;
esac

(cd .build/dist && sha256sum --check --quiet sha256sums.txt) || fail 'sha256sums.txt is wrong'
for root in root servers; do
    if [ ! -e .build/image-$root/.complete ]; then
        step "creating .build/image-$root"
        rm -rf .build/image-$root
        mirror=$(apt-cache policy base-files | grep -oE 'https?://[^ ]+' | head -n 1)
        include=ca-certificates
        [ $root = root ] || include=prometheus,prometheus-alertmanager
        debootstrap --variant=minbase --include=$include $suite .build/image-$root "$mirror" >.build/image-$root.log ||
            { tail -n 5 .build/image-$root.log >&2; fail "debootstrap of .build/image-$root failed"; }
        rm -rf .build/image-$root/var/cache/apt/archives/*.deb
        if [ $root = servers ]; then install -d -o 65534 -g 65534 .build/image-servers/{prometheus,alertmanager}; fi
        touch .build/image-$root/.complete
    fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unshare --mount --pid --fork --kill-child --mount-proc "$0" --run "$work"
step 'all checks passed'
