#!/usr/bin/env bash
# Runs tests under a sanitizer: sanitize.sh address|thread [FILTER, all rooms but not end to end]
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

# Swift's handler of crashes and the sanitizer's want the same signals.
export SWIFT_BACKTRACE=enable=no
# Swift's metadata looks like leaks; pages that tests do not free at their end are none.
export ASAN_OPTIONS=detect_leaks=0
export TSAN_OPTIONS=history_size=4
if [ "$sanitizer" = thread ]; then
    cc=$(dirname "$(readlink -f "$(command -v "$swift")")")/clang
    "$cc" -O1 -shared -fPIC -o "$scratch/tsan-mutex.so" Tests/tsan-mutex.c -ldl
    export LD_PRELOAD=$PWD/$scratch/tsan-mutex.so
fi
if [ -n "$filter" ]; then selection=(--filter "$filter"); else selection=(--skip EndToEndTests); fi
exec "$tests" --testing-library swift-testing --no-parallel "${selection[@]}"
