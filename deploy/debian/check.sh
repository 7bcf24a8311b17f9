#!/usr/bin/env bash
# Installs, runs, upgrades, removes and purges the package of `make deb` with the simulator, in a container whose first
# process is systemd. Requires root. All changes are discarded with the container; only its base system stays, in
# .build/deb-root.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=magic-connector-exporter
package=$(echo "$PWD"/.build/deb/*.deb)
simulator=$("${SWIFT:-swift}" build -c release --show-bin-path)/magic-connector-simulator
root=$PWD/.build/deb-root
work=$(mktemp -d)
account=00000000000000000000000000000001

step() { echo "deb-check: $*"; }
# The time since a time in nanoseconds.
seconds() { awk -v began="$1" -v now="$(date +%s%N)" 'BEGIN { printf "%.1f s", (now - began) / 1e9 }'; }
die() {
    echo "deb-check: $*" >&2
    inside journalctl -u $name --no-pager -n 30 >&2 || true
    exit 1
}

if [ ! -e "$root/.complete" ]; then
    step 'creating the base system of the container'
    rm -rf "$root"
    # shellcheck source=/dev/null
    . /etc/os-release
    mirror=$(apt-cache policy base-files | grep -oE 'https?://[^ ]+' | head -n 1)
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,procps,curl,ca-certificates \
        "$VERSION_CODENAME" "$root" "$mirror" >"$work/debootstrap.log" || { tail -n 5 "$work/debootstrap.log" >&2; exit 1; }
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    # The package's dependencies, so that the container needs no network.
    depends=$(dpkg-deb -f "$package" Depends | sed 's/([^)]*)//g; s/,/ /g')
    # shellcheck disable=SC2086 # one word for each package
    chroot "$root" apt-get install -y -qq --no-install-recommends $depends libstdc++6 >"$work/apt.log" 2>&1
    touch "$root/.complete"
fi

# The same package with a later version, for the upgrade.
dpkg-deb -R "$package" "$work/later"
sed -i 's/^Version: .*/&+later/' "$work/later/DEBIAN/control"
dpkg-deb -Znone -b "$work/later" "$work/later.deb" >/dev/null
# The same path as in README.md.
mkdir -p "$work/.build/deb"
cp "$package" "$work/.build/deb"
cp "$simulator" "$work/simulator"
rm -rf "$work/later"
chmod 755 "$work"
# The simulator contains Swift's runtime too, so the package's dependencies are enough.

systemd-nspawn --quiet --directory="$root" --volatile=overlay --private-network --register=no --keep-unit \
    --bind-ro="$work:/work" --machine=deb-check --boot </dev/null >"$work/boot.log" 2>&1 &
container=$!
leader=
finish() {
    [ -z "$leader" ] || inside systemctl --force --force poweroff >/dev/null 2>&1 || true
    for _ in $(seq 50); do kill -0 "$container" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "$container" 2>/dev/null || true
    wait "$container" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
inside() { nsenter --target "$leader" --all env -i -C / PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
eventually() { # tries, command...
    local tries=$1
    shift
    for _ in $(seq "$tries"); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.2
    done
    die "timed out waiting for: $*"
}
is_up() {
    leader=$(pgrep --parent "$container" | head -n 1)
    [ -n "$leader" ] && inside systemctl is-system-running --wait
    # Some units cannot start in a container, so the state "degraded" is accepted.
    [ -n "$leader" ] && inside systemctl is-active multi-user.target
}
active() { [ "$(inside systemctl is-active $name.service)" = active ]; }
ready() { active && inside curl -fsS http://127.0.0.1:10977/-/ready; }
main_pid() { inside systemctl show -P MainPID $name.service; }
events() { inside curl -fsS http://127.0.0.1:10977/metrics | awk '/^cloudflare_magic_connector_events_total\{/ { sum += $NF } END { printf "%d\n", sum }'; }
# Counts appear in /metrics shortly after readiness.
some() { [ "$(events)" -gt 0 ]; }
counted() { [ "$(events)" -ge "$first" ]; }
expect() { # problem, command...
    local why=$1
    shift
    "$@" || die "$why"
}

eventually 150 is_up
(inside /work/simulator --connectors 5 --rate-limit 0 >/dev/null 2>&1) &

step install
began=$(date +%s%N)
inside sh -c 'cd /work && apt install ./.build/deb/magic-connector-exporter_*.deb' >/dev/null 2>&1
expect 'the service is enabled without a token' test "$(inside systemctl is-enabled $name.service || true)" = disabled
expect 'the service was started without a token' test "$(inside systemctl is-active $name.service || true)" = inactive
inside systemctl start $name.service 2>/dev/null && die 'the service started without a token'
inside systemctl reset-failed

step 'run against the simulator'
inside sh -c "
    set -e
    sed -i 's|account_id: .*|account_id: \"$account\"|; s|base_url: .*|base_url: http://127.0.0.1:10978/client/v4|' /etc/$name/config.yml
    sed -i 's|interval: 60s|interval: 2s|' /etc/$name/config.yml
    umask 077; printf simulator-token > /etc/$name/token"
inside systemctl enable --now --quiet $name.service
eventually 150 ready
eventually 50 some
first=$(events)
step "first counts of 5 connectors $(seconds "$began") after the installation began"
[ $(($(date +%s%N) - began)) -lt 60000000000 ] || die 'no counts in a minute'
expect 'the service runs as root' test "$(inside ps -o uid= -p "$(main_pid)" | tr -d ' ')" != 0
expect 'the seccomp filter is missing' inside grep -q '^Seccomp:.*2' "/proc/$(main_pid)/status"
expect 'other users can read the ledger' test "$(inside stat -c %a /var/lib/private/$name)" = 700
expect 'other users can read the events log' test "$(inside stat -c %a /var/log/private/$name)" = 700

# Only root may raise the priority of a thread, so this message is harmless.
complaints=$(inside journalctl "_PID=$(main_pid)" -o cat | grep -iE 'failed|denied|not permitted' | grep -v 'thread priority' || true)
expect "the sandbox blocks the service: $complaints" test -z "$complaints"

step reload
inside systemctl reload $name.service
reloaded() { inside curl -fsS http://127.0.0.1:10977/metrics | grep -q "_config_last_reload_successful 1"; }
eventually 50 reloaded

step 'restart after SIGKILL'
before=$(main_pid)
inside kill -KILL "$before"
restarted() { [ "$(main_pid)" != "$before" ] && ready; }
eventually 150 restarted
eventually 50 counted

step upgrade
before=$(main_pid)
inside dpkg -i /work/later.deb >/dev/null
eventually 150 restarted
eventually 50 counted
expect 'the upgrade lost the configuration' inside grep -q "$account" /etc/$name/config.yml

if inside /usr/bin/$name --help | grep -q web.systemd-socket; then
    step 'socket activation'
    inside sed -i 's|^ARGS=.*|ARGS="--web.systemd-socket"|' /etc/default/$name
    inside systemctl stop $name.service
    inside systemctl start $name.socket
    # The first connection starts the service.
    eventually 150 inside curl -fsS http://127.0.0.1:10977/-/ready
    before=$(main_pid)
    inside systemctl restart $name.service
    eventually 150 restarted
fi

step "exposure: $(inside systemd-analyze security --no-pager $name.service | tail -n 1)"
step "memory: $(inside sed -n 's/^VmHWM: *//p' "/proc/$(main_pid)/status")"

step remove
began=$(date +%s%N)
inside dpkg -r $name >/dev/null 2>&1
expect 'the service runs after the removal' test "$(inside systemctl is-active $name.service || true)" = inactive
expect 'the removal deleted the ledger' inside test -d /var/lib/private/$name
expect 'the removal deleted the configuration' inside test -e /etc/$name/config.yml

step purge
inside dpkg -P $name >/dev/null 2>&1
for path in /etc/$name /etc/default/$name /var/lib/$name /var/lib/private/$name /usr/share/$name /usr/bin/$name \
    /var/log/$name /var/log/private/$name /etc/logrotate.d/$name; do
    inside test ! -e "$path" || die "purge left $path"
done
left=$(inside find / -xdev -name "*$name*" -not -path '/proc/*' -not -path '/work/*' -not -path '/var/log/*' -not -path '/sys/*')
expect "purge left $left" test -z "$left"
step "removed and purged without a trace in $(seconds "$began")"
step 'all checks passed'
