#!/usr/bin/env bash
# Builds .build/icu-data.o, an empty replacement for the data of ICU, and prints the linker's arguments that use it. The
# data have 34 MB: names of languages, currencies and time zones, calendars and collations. Foundation contains them, but
# the exporter formats only numbers and UTC. If the symbol of the data is defined on the command line, the linker does not
# load them from the archive. ICU then reports missing resources, as with the "stubdata" library of its own build. The
# runtime is not changed.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift=${SWIFT:-swift}
out=$PWD/.build/icu-data.o
resources=$("$swift" -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
archive=${resources}_static/linux/lib_FoundationICU.a
# The name contains ICU's version, such as icudt76_dat.
symbol=$(nm -A "$archive" 2>/dev/null | sed -n 's/.* R \(icudt[0-9]*_dat\)$/\1/p' | head -n 1)
[ -n "$symbol" ] || { echo "icu-data.sh: $archive does not define the data of ICU" >&2; exit 1; }
mkdir -p .build
clang=$(dirname "$(command -v "$swift")")/clang
[ -x "$clang" ] || clang=clang
# The layout is that of ICU's stubdata.cpp: a header, and a table of contents without entries.
"$clang" -c -O2 -x c - -o "$out" <<'C'
#include <stdint.h>
__attribute__((aligned(16))) const struct {
    uint16_t header_size;
    uint8_t magic1, magic2;
    uint16_t info_size, reserved;
    uint8_t is_big_endian, charset, char_size, reserved2;
    uint8_t format[4], format_version[4], data_version[4], padding[8];
    uint32_t count, reserved3;
    struct { const char *name; const void *data; } entries[1];
} empty_icu_data = {
    32, 0xda, 0x27, 20, 0, 0, 0, 2, 0, {'T', 'o', 'C', 'P'}, {1}, {0}, {0}, 0, 0, {{0, 0}},
};
C
echo "$out --defsym=$symbol=empty_icu_data"
