#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes NOTICE: the parts of the programs, with their copyright notices and licences.

The parts that are Swift packages come from .build/checkouts, so that a new version brings its own notice. The copyright
notices and licences of libyaml and ICU, whose sources contain none, come from deploy/debian/copyright.
"""
import re
import sys

from packages import ROOT, licence, packages

RULE = "-" * 80


def debian_stanza(first_line):
    """Returns the stanza of deploy/debian/copyright that begins with a line, without its first line."""
    text = (ROOT / "deploy/debian/copyright").read_text(encoding="utf-8")
    for stanza in re.split(r"\n\n(?=\S)", text):
        if stanza.startswith(first_line + "\n"):
            lines = stanza.rstrip().split("\n")[1:]
            return "\n".join("" if line == " ." else line.removeprefix(" ") for line in lines)
    sys.exit(f"deploy/debian/copyright: {first_line} is missing")


def owners(files):
    """Returns the copyright notices of a part in deploy/debian/copyright."""
    lines = debian_stanza(f"Files: {files}").split("\n")
    notices = [line.removeprefix("Copyright: ").strip() for line in lines if not line.startswith("License:")]
    return "\n".join(f"Copyright {notice}" for notice in notices)


def main():
    parts = [
        "magic-connector-exporter\n\n" + owners("*") + "\n\nLicensed under the Apache License, Version 2.0, in the file LICENSE.\n\n"
        "The programs contain the parts below. SQLite, libcurl, OpenSSL, zlib, libcrypt and the C and C++ libraries\n"
        "are loaded from the system and are not contained."
    ]
    parts.append(
        "Swift's standard library, Foundation and Dispatch\n\nLicensed under the Apache License, Version 2.0, with the Runtime Library"
        " Exception:\nthe exception permits redistribution without attribution.\nhttps://www.swift.org/legal/license.html"
    )
    for name, version, _, address, folder in packages():
        identifier, text = licence(folder)
        notices = [path.read_text(encoding="utf-8").strip() for path in sorted(folder.glob("NOTICE*"))]
        terms = "Licensed under the Apache License, Version 2.0, in the file LICENSE." if identifier == "Apache-2.0" else text
        parts.append("\n\n".join([f"{name} {version}\n{address}", terms, *notices]))
    parts.append("libyaml, contained in Yams\n\n" + owners("libyaml") + "\n\n" + debian_stanza("License: Expat"))
    parts.append("ICU, contained in Foundation\n\n" + owners("icu") + "\n\n" + debian_stanza("License: Unicode-3.0"))
    print(f"\n\n{RULE}\n\n".join(parts))


if __name__ == "__main__":
    main()
