#!/usr/bin/env bash
# Runs tests, and the programs that they start, under a sanitizer:
# sanitize.sh address|thread [FILTER: the tests of all modules by default]
set -euo pipefail
cd "$(dirname "$0")/.."
sanitizer=$1
filter=${2:-}
swift=${SWIFT:-swift}
scratch=.build-$sanitizer
mkdir -p "$scratch"

options=(--sanitize "$sanitizer" --scratch-path "$scratch")
"$swift" build --build-tests "${options[@]}"
tests=$("$swift" build "${options[@]}" --show-bin-path)/magic-connector-exporterPackageTests.xctest

# Swift's backtracer and the sanitizer handle the same signals.
export SWIFT_BACKTRACE=enable=no
# Programs that end-to-end tests start write reports too, because they may be killed before they exit with a status.
reports=$PWD/$scratch/report
rm -f "$reports".*
# Swift's metadata and memory that is still in use at exit look like leaks.
export ASAN_OPTIONS=detect_leaks=0:log_path=$reports
export TSAN_OPTIONS=history_size=4:log_path=$reports
if [ "$sanitizer" = thread ]; then
    cc=$(dirname "$(readlink -f "$(command -v "$swift")")")/clang
    "$cc" -O1 -shared -fPIC -o "$scratch/tsan-mutex.so" Tests/tsan-mutex.c -ldl
    export LD_PRELOAD=$PWD/$scratch/tsan-mutex.so
fi
if [ -n "$filter" ]; then selection=(--filter "$filter"); else selection=(--skip EndToEndTests); fi
if [ "$sanitizer" = address ]; then
    # This test measures the resident memory, which is mostly the sanitizer's.
    selection+=(--skip 'an idle connection uses little memory')
fi
status=0
"$tests" --testing-library swift-testing --no-parallel "${selection[@]}" || status=$?
unset LD_PRELOAD
for report in "$reports".*; do
    [ -e "$report" ] || continue
    cat "$report"
    status=1
done
exit "$status"
