#!/usr/bin/env bash
# check.sh [SUITE…]: installs the tarball of `make dist` in bare systems without Swift (default: bookworm), with only the
# libraries that INSTALL.md names. Starts it with the simulator, waits for the first metrics, stops it, removes it, and
# requires that no file stays. On bookworm, it also boots systemd and runs the commands of INSTALL.md (install.sh). Requires
# root. The base systems stay in .build/dist-root-SUITE; all else is discarded.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=magic-connector-exporter
# What the oldest supported systems have, so that a build on a newer one does not end in a loader's error.
newest='GLIBC_2.36 GLIBCXX_3.4.30 CXXABI_1.3.13 OPENSSL_3.0.0'
step() { echo "dist-check: $*"; }
fail() { echo "dist-check: $*" >&2; exit 1; }
# The time since a time in nanoseconds.
seconds() { awk -v began="$1" -v now="$(date +%s%N)" 'BEGIN { printf "%.1f s", (now - began) / 1e9 }'; }

run() { # in a mount and a network namespace of its own: root, archive, simulator's archive, an empty folder
    local root=$1 work=$4 began removal account=00000000000000000000000000000001
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

    began=$(date +%s%N)
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
        [ $(($(date +%s%N) - began)) -lt 60000000000 ] || { cat "$work/log" >&2; fail 'no metrics in a minute'; }
        sleep 0.1
    done
    step "first counts of 25 connectors $(seconds "$began") after unpacking began"
    step "memory: $(sed -n 's/^VmHWM: *//p' "/proc/$exporter/status")"
    removal=$(date +%s%N)
    kill -TERM "$exporter"
    wait "$exporter" || fail "the exporter ended with status $?"
    "${inside[@]}" rm -rf /opt/exporter /var/lib/exporter
    step "stopped and removed in $(seconds "$removal")"
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
work=$(mktemp -d)
trap 'rm -rf "$program" "$work"' EXIT
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
        script=()
        case $suite in
            jammy | noble)
                mirror=${UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}
                # All of Ubuntu's suites have the same script, but an older debootstrap does not know the newest.
                [ -e "/usr/share/debootstrap/scripts/$suite" ] || script=(/usr/share/debootstrap/scripts/jammy)
                ;;
        esac
        debootstrap --variant=minbase "$suite" "$root" "$mirror" "${script[@]}" \
            >"$root.log" 2>&1 || { tail -n 5 "$root.log" >&2; fail "debootstrap of $suite failed"; }
        cp /etc/resolv.conf "$root/etc/resolv.conf"
        # shellcheck disable=SC2086 # one word for each package
        chroot "$root" apt-get install -y -qq --no-install-recommends $libraries >"$root.log" 2>&1 || { tail -n 5 "$root.log" >&2; fail "the libraries of $suite cannot be installed"; }
        if chroot "$root" sh -c 'command -v swift'; then fail "$suite contains Swift"; fi
        touch "$root/.complete"
    fi
    step "$suite"
    if [ "$suite" = jammy ]; then
        # INSTALL.md says that the program does not start there, and why.
        install "$program" "$root/mnt/$name"
        if chroot "$root" "/mnt/$name" --version >"$root.log" 2>&1; then fail 'the program starts on jammy: change INSTALL.md'; fi
        rm "$root/mnt/$name"
        error="libz.so.1: version \`ZLIB_1.2.12' not found"
        for file in "$root.log" deploy/dist/INSTALL.md; do grep -qF "$error" "$file" || fail "$file lacks: $error"; done
        step "jammy: $error"
        continue
    fi
    unshare --mount --net --pid --mount-proc --fork --kill-child "$0" --run "$root" "$archive" "$simulator" "$work"
done
if [[ " $* " = *" bookworm "* ]]; then deploy/dist/install.sh "$PWD/.build/dist-root-bookworm"; fi
step 'all checks passed'
