#!/usr/bin/env bash
# check.sh [SUITE…]: installs the tarball of `make dist` in bare Debian systems without Swift (default: bookworm), with only
# the libraries that INSTALL.md names. Starts it with the simulator, waits for the first metrics, stops it, removes it, and
# requires that no file stays. Requires root. The base systems stay in .build/dist-root-SUITE; all else is discarded.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=magic-connector-exporter
# What the oldest supported systems have, so that a build on a newer one does not end in a loader's error.
newest='GLIBC_2.36 GLIBCXX_3.4.30 CXXABI_1.3.13 OPENSSL_3.0.0'
step() { echo "dist-check: $*"; }
fail() { echo "dist-check: $*" >&2; exit 1; }

run() { # in a mount and a network namespace of its own: root, archive, simulator's archive
    local root=$1 work seconds first account=00000000000000000000000000000001
    work=$(mktemp -d)
    mount -t tmpfs dist-check "$work"
    mkdir "$work"/{upper,lower,root}
    mount -t overlay overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/lower" "$work/root"
    mount -t proc proc "$work/root/proc"
    mount --bind /dev "$work/root/dev"
    mount -t tmpfs outside "$work/root/mnt"
    tar xzf "$3" --strip-components=1 -C "$work/root/mnt"
    cp "$2" "$work/root/mnt/archive.tar.gz"
    ip link set lo up
    # An array, so that a command in the background is the process itself, not a subshell.
    inside=(chroot "$work/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin)
    counted() {
        curl -fsS --max-time 2 http://127.0.0.1:10977/metrics 2>/dev/null |
            awk '/^cloudflare_magic_connector_events_total\{/ { sum += $NF } END { exit !(sum > 0) }'
    }
    "${inside[@]}" /mnt/magic-connector-simulator --connectors 25 --rate-limit 0 >/dev/null 2>&1 &
    until curl -fsS -o /dev/null http://127.0.0.1:10978/control/requests 2>/dev/null; do sleep 0.1; done

    seconds=$(date +%s%N)
    "${inside[@]}" sh -c "mkdir /opt/exporter && tar xzf /mnt/archive.tar.gz --strip-components=1 -C /opt/exporter"
    if "${inside[@]}" ldd "/opt/exporter/$name" | grep 'not found'; then fail 'a library is missing'; fi
    "${inside[@]}" "/opt/exporter/$name" --version | head -n 1
    "${inside[@]}" sh -c "cd /opt/exporter && umask 077 && printf simulator-token >token && sed -i \
        's|account_id: .*|account_id: \"$account\"|; s|base_url: .*|base_url: http://127.0.0.1:10978/client/v4|' config.example.yml"
    "${inside[@]}" "/opt/exporter/$name" --config.file=/opt/exporter/config.example.yml --config.check
    "${inside[@]}" "/opt/exporter/$name" --config.file=/opt/exporter/config.example.yml --storage.path=/var/lib/exporter \
        >"$work/log" 2>&1 &
    exporter=$!
    until counted; do
        kill -0 "$exporter" 2>/dev/null || { cat "$work/log" >&2; fail 'the exporter ended'; }
        [ $(($(date +%s%N) - seconds)) -lt 60000000000 ] || { cat "$work/log" >&2; fail 'no metrics in a minute'; }
        sleep 0.1
    done
    first=$((($(date +%s%N) - seconds) / 1000000))
    step "first counts of 25 connectors $first ms after unpacking began"
    step "memory: $(sed -n 's/^VmHWM: *//p' "/proc/$exporter/status")"
    kill -TERM "$exporter"
    wait "$exporter" || fail "the exporter ended with status $?"
    "${inside[@]}" rm -rf /opt/exporter /var/lib/exporter
    kill -TERM %1
    # Whatever was written to the system is in the upper layer.
    if find "$work/upper" ! -type d | grep .; then fail 'these files stayed'; fi
    if find "$work/upper" -mindepth 1 -name '*exporter*' | grep .; then fail 'these folders stayed'; fi
}

if [ "${1:-}" = --run ]; then
    shift
    run "$@"
    exit
fi

archive=$(echo "$PWD"/.build/dist/$name-*.tar.gz)
simulator=$(echo "$PWD"/.build/dist/magic-connector-simulator-*.tar.gz)
(cd .build/dist && sha256sum --check --quiet sha256sums.txt) || fail 'sha256sums.txt is wrong'
program=$(mktemp)
trap 'rm -f "$program"' EXIT
folder=$(basename "$archive" .tar.gz)
tar xzf "$archive" -O "$folder/$name" >"$program"
for limit in $newest; do
    found=$(objdump -T "$program" | grep -oE "\b${limit%%_*}_[0-9.]+" | sort -uV | tail -n 1)
    [ "$(printf '%s\n' "$found" "$limit" | sort -V | tail -n 1)" = "$limit" ] || fail "the program needs $found, newer than $limit"
    step "needs at most $found"
done

libraries=$(sed -n 's/^apt-get install --no-install-recommends //p' deploy/dist/INSTALL.md)
[ -n "$libraries" ] || fail 'INSTALL.md names no libraries'
[ $# -gt 0 ] || set -- bookworm
for suite; do
    root=$PWD/.build/dist-root-$suite
    if [ ! -e "$root/.complete" ]; then
        step "$suite: creating the base system"
        rm -rf "$root"
        mirror=$(apt-cache policy base-files | grep -oE 'https?://[^ ]+' | head -n 1)
        debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$root.log" || { tail -n 5 "$root.log" >&2; fail "debootstrap of $suite failed"; }
        cp /etc/resolv.conf "$root/etc/resolv.conf"
        # shellcheck disable=SC2086 # one word for each package
        chroot "$root" apt-get install -y -qq --no-install-recommends $libraries >"$root.log" 2>&1 || { tail -n 5 "$root.log" >&2; fail "the libraries of $suite cannot be installed"; }
        if chroot "$root" sh -c 'command -v swift'; then fail "$suite contains Swift"; fi
        touch "$root/.complete"
    fi
    step "$suite"
    unshare --mount --net --pid --mount-proc --fork --kill-child "$0" --run "$root" "$archive" "$simulator"
done
step 'all checks passed'
