#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a program without symbols, independent of the folder of its build: strip.py PROGRAM TARGET.

Two sections contain hashes of debugging information, and thus of paths: Swift's hashes of its modules, which only the compiler
reads, and the build id. The first are cleared. The second becomes the hash of the stripped program. Neither section is
removed, because `strip` then drops the segment that makes relocated data read-only.
"""
import hashlib
import pathlib
import re
import subprocess
import sys


def main():
    program, target = sys.argv[1:]
    subprocess.run(["strip", "-o", target, program], check=True)
    listed = subprocess.run(["readelf", "-SW", target], check=True, capture_output=True, text=True).stdout
    found = re.findall(r"\] (\.swift_modhash|\.note\.gnu\.build-id) +\w+ +\w+ (\w+) (\w+) ", listed)
    sections = {name: (int(offset, 16), int(size, 16)) for name, offset, size in found}
    content = bytearray(pathlib.Path(target).read_bytes())
    if ".swift_modhash" in sections:
        start, size = sections[".swift_modhash"]
        content[start : start + size] = bytes(size)
    if ".note.gnu.build-id" in sections:
        # The header of a note has 16 bytes, with the name "GNU".
        start, size = sections[".note.gnu.build-id"]
        content[start + 16 : start + size] = bytes(size - 16)
        content[start + 16 : start + size] = hashlib.sha1(content).digest()[: size - 16]
    pathlib.Path(target).write_bytes(content)


if __name__ == "__main__":
    main()
