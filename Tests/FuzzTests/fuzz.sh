#!/usr/bin/env bash
# Fuzzes each target for a while: fuzz.sh PROGRAM [SECONDS, 30 each] [SUBJECT…]
#
# What is found lies in .build-fuzz/found/SUBJECT; copy it into Corpus/SUBJECT together with the fix.
set -euo pipefail
cd "$(dirname "$0")"
program=$1
seconds=${2:-30}
shift $(($# < 2 ? $# : 2))
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    mapfile -t targets < <(ls Corpus)
fi
scratch=../../.build-fuzz
# Swift's own crash handler waits for a debugger below libFuzzer's.
export SWIFT_BACKTRACE=enable=no
failed=()
for target in "${targets[@]}"; do
    mkdir -p "$scratch/found/$target" "$scratch/grown/$target"
    log=$scratch/found/$target.log
    if FUZZ_TARGET=$target "$program" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$scratch/found/$target/" -print_final_stats=1 \
        "$scratch/grown/$target" "Corpus/$target" >"$log" 2>&1; then
        awk -v target="$target" '
            /number_of_executed_units/ { runs = $2 } / cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cover = $(i + 1) }
            END { printf "%-14s %9d inputs, %6d edges, nothing found\n", target, runs, cover }' "$log"
    else
        failed+=("$target")
        echo "$target: found something:"
        grep -aE '^finding|ERROR|Test unit written' "$log" || tail -n 5 "$log"
    fi
done
if [ ${#failed[@]} -gt 0 ]; then
    exit 1
fi
