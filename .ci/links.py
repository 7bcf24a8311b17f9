#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the links of all pages: files exist, and anchors are headings. Prints the problems and exits 1 if there are any."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(text: str) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"(?m)^#+ (.*)$", re.sub(r"(?s)```.*?```", "", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def main() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    pages = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    problems = 0
    for page in pages:
        file = ROOT / page
        if not file.is_file():
            continue
        for link in LINK.findall(re.sub(r"(?s)```.*?```", "", file.read_text())):
            if link.startswith(("http:", "https:", "mailto:")):
                continue
            path, _, anchor = link.partition("#")
            target = (file.parent / path) if path else file
            if not target.exists():
                problem = "the file does not exist"
            elif anchor and anchor not in anchors(target.read_text()):
                problem = "the heading does not exist"
            else:
                continue
            print(f"{page}: {link}: {problem}", file=sys.stderr)
            problems += 1
    sys.exit(1 if problems else 0)


main()
