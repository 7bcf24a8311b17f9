#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks .github/workflows: pinned actions, permissions, time limits, and targets that the Makefile has.

Exits 1 and prints the problems if there are any. If actionlint is installed, it checks the rest.
"""
import pathlib
import re
import shutil
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def targets():
    """Returns the targets of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", text, re.M))


def made(text, values):
    """Returns the targets that a workflow's text calls, with those that a matrix lists."""
    calls = re.findall(r"^\s*(?:- )?(?:run: )?(?:.*&& )?make ([a-z][a-z -]*[a-z])", text, re.M)
    return {word for call in [*calls, *values] for word in re.sub(r'"[^"]*"', "", call).split() if re.fullmatch(r"[a-z][a-z-]*", word)}


def matrix_targets(jobs):
    for job in jobs.values():
        matrix = job.get("strategy", {}).get("matrix", {})
        yield from matrix.get("target", [])
        yield from (entry["target"] for entry in matrix.get("include", []) if "target" in entry)


def check(path, known):
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\s*(- )?uses:", line) and not PINNED.search(line):
            yield f"{path.name}:{number}: pin the action to a full hash, and name its version: {line.strip()}"
        if "${{" in line and re.search(r"\brun:.*\$\{\{", line):
            yield f"{path.name}:{number}: pass expressions to commands with env"
    if workflow.get("permissions") != {"contents": "read"}:
        yield f"{path.name}: the default permissions must be contents: read"
    for name, job in workflow["jobs"].items():
        if "timeout-minutes" not in job:
            yield f"{path.name}: job {name} has no timeout-minutes"
    for target in sorted(made(text, matrix_targets(workflow["jobs"])) - known):
        yield f"{path.name}: the Makefile has no target {target}"


def main():
    known = targets()
    paths = sorted((ROOT / ".github/workflows").glob("*.yml"))
    problems = [problem for path in paths for problem in check(path, known)]
    for problem in problems:
        print(f"workflows: {problem}", file=sys.stderr)
    if shutil.which("actionlint") and subprocess.run(["actionlint", *paths], check=False).returncode != 0:
        return 1
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
