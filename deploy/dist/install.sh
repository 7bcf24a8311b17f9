#!/usr/bin/env bash
# install.sh ROOT: runs every command of INSTALL.md as it stands there, in a container whose first process is systemd: with the
# tarball of `make dist`, the simulator, and a copy of the base system ROOT. The blocks are: libraries, unpack, install,
# configure, start, remove. Part of check.sh. Requires root.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=magic-connector-exporter
base=$1
root=$PWD/.build/dist-systemd-root
account=00000000000000000000000000000001
work=$(mktemp -d)
step() { echo "dist-check: INSTALL.md: $*"; }
die() {
    echo "dist-check: INSTALL.md: $*" >&2
    inside journalctl -u $name --no-pager -n 30 >&2 || true
    exit 1
}
seconds() { awk -v began="$1" -v now="$(date +%s%N)" 'BEGIN { printf "%.1f s", (now - began) / 1e9 }'; }

if [ ! -e "$root/.complete-2" ]; then
    rm -rf "$root"
    cp -a "$base" "$root"
    chroot "$root" apt-get install -y -qq --no-install-recommends systemd systemd-sysv dbus curl >"$root.log" 2>&1
    touch "$root/.complete-2"
fi

# Each `sh` block is a file. A new block needs a place below.
awk -v folder="$work" '/^```sh$/ { file = folder "/block" ++count; next } /^```/ { file = "" } file { print > file }' deploy/dist/INSTALL.md
blocks=$(find "$work" -name 'block*' | wc -l)
[ "$blocks" = 5 ] || die "it has $blocks blocks of commands, not 5; change install.sh"
cp .build/dist/$name-*.tar.gz .build/dist/sha256sums.txt "$work"
tar xzf .build/dist/magic-connector-simulator-*.tar.gz --strip-components=1 -C "$work"
printf simulator-token >"$work/token"
chmod -R go+rX "$work"

systemd-nspawn --quiet --directory="$root" --volatile=overlay --private-network --register=no --keep-unit \
    --bind-ro="$work:/work" --machine=dist-check --boot </dev/null >"$work/boot.log" 2>&1 &
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
inside() { nsenter --target "$leader" --all env -i -C /root PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
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
    [ -n "$leader" ] && inside systemctl is-active multi-user.target
}
# A command may read from standard input: here the token.
block() { # number, folder
    inside sh -euc "cd $2 && . /work/block$1" <"$work/token" >"$work/output" 2>&1 || { cat "$work/output" >&2; die "block $1 failed"; }
}

eventually 150 is_up
(inside /work/magic-connector-simulator --connectors 25 --rate-limit 0 >/dev/null 2>&1) &
eventually 150 inside curl -fsS http://127.0.0.1:10978/control/requests
inside sh -c "cp /work/$name-*.tar.gz /work/sha256sums.txt /root"

began=$(date +%s%N)
block 1 /root
block 2 /root
grep -q "^$name, version " "$work/output" || die 'block 2 prints no version'
unpacked=$(inside sh -c "echo /root/$name-*/")
block 3 "$unpacked"
inside sed -i "s|account_id: .*|account_id: \"$account\"|; s|api_token_file: .*|api_token_file: /run/credentials/$name.service/token|" \
    /etc/$name/config.yml
# Not in INSTALL.md: the simulator instead of Cloudflare.
inside sed -i 's|base_url: .*|base_url: http://127.0.0.1:10978/client/v4|' /etc/$name/config.yml
block 4 "$unpacked"
grep -q "^# HELP" "$work/output" || die 'block 4 prints no metrics'
# awk reads all of its input, so that curl does not fail.
counted() { inside curl -fsS http://127.0.0.1:10977/metrics | awk '/^cloudflare_magic_connector_events_total\{.* [1-9]/ { found = 1 } END { exit !found }'; }
eventually 300 counted
step "first counts of 25 connectors $(seconds "$began") after the first command"
[ "$(inside stat -c %a /etc/$name/token)" = 600 ] || die 'other users can read the token'
began=$(date +%s%N)
block 5 /root
step "removed in $(seconds "$began")"
left=$(inside find / -xdev -name "*$name*" -not -path '/proc/*' -not -path '/sys/*' -not -path '/work/*' -not -path '/root/*')
[ -z "$left" ] || die "removal left $left"
if inside systemctl status $name >/dev/null 2>&1; then die 'the service still exists'; fi
step "all $blocks blocks ran"
