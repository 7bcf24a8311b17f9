#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the words of words.txt that occur in sources and pages, with replacements. Exits 1 if there are any.

One `git grep` finds the lines with any of the words. Only those lines are then matched with single patterns.
"""
import fnmatch
import pathlib
import re
import subprocess
import sys

WORDS = pathlib.Path(__file__).with_name("words.txt")
ROOT = WORDS.parent.parent
PATHS = [
    "Package.swift", "Makefile", "Sources", "Tests", "deploy", "dashboards", ".ci", ".github", "*.md",
    # Not written by hand, or quoted from other projects.
    ":!.ci/words.*", ":!*.json", ":!*.png", ":!*/Corpus/*", ":!Tests/*Files/*", ":!*/Golden/*", ":!*/Fixtures/*", ":!deploy/debian/copyright",
    ":!deploy/helm/*/files/*",
]
COMMENT = re.compile(r"\s*(//|\*)")


def rules():
    for number, line in enumerate(WORDS.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) not in (2, 3):
            sys.exit(f"{WORDS.name}:{number}: expected 2 or 3 fields separated by tabs, found {len(fields)}")
        scope = fields[2].split() if len(fields) == 3 else []
        yield fields[0], re.compile(fields[0]), fields[1], scope


def applies(scope, path, text):
    """Returns whether a line is in the scope of a rule."""
    if "code" in scope and (not path.endswith(".swift") or COMMENT.match(text)):
        return False
    included = [glob for glob in scope if glob != "code" and not glob.startswith("!")]
    excluded = [glob[1:] for glob in scope if glob.startswith("!")]
    if any(fnmatch.fnmatchcase(path, glob) for glob in excluded):
        return False
    return not included or any(fnmatch.fnmatchcase(path, glob) for glob in included)


def main():
    words = list(rules())
    patterns = [argument for pattern, *_ in words for argument in ("-e", pattern)]
    command = ["git", "grep", "--untracked", "-InP", "--null", *patterns, "--", *PATHS]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if found.returncode > 1:
        sys.exit(f"words: git grep failed: {found.stderr.strip()}")
    problems = 0
    for line in found.stdout.splitlines():
        path, number, text = line.split("\0", 2)
        for _, pattern, replacement, scope in words:
            match = pattern.search(text)
            if match and applies(scope, path, text):
                print(f'{path}:{number}: "{match[0]}": use {replacement}')
                problems += 1
    if problems:
        print(f"lint: {problems} words to replace; see .ci/words.txt", file=sys.stderr)
    return 1 if problems else 0


sys.exit(main())
