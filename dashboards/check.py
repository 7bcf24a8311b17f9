#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the dashboards against the rules of Grafana's dashboard linter and of this project. Exits 1 if there are problems.

`.lint` excludes single violations, each with a reason. It has the format of the linter, written as JSON, which is YAML too.
An exclusion that matches nothing is a problem, so that exclusions do not outlive their reason.
"""
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True

from linter.own import OWN  # noqa: E402
from linter.rules import LINTER  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


def violations(board):
    """Yields (rule, panel, target index, message) for each violation of a rule, equal ones once."""
    for rule in LINTER + OWN:
        for panel, index, message in {str((panel and panel.get("id"), *rest)): (panel, *rest) for panel, *rest in rule(board)}.values():
            yield rule.__name__.replace("_", "-"), panel, index, message


class Exclusions:
    """The exclusions of a .lint file. An entry matches if all of its attributes do, as in the linter."""

    def __init__(self, file):
        content = json.loads(file.read_text()) if file.is_file() else {}
        self.rules, self.used, self.problems = content.get("exclusions", {}), set(), []
        for unknown in set(content) - {"exclusions"}:
            self.problems.append(f"{file.name}: {unknown} is not allowed; use exclusions")
        for rule, excluded in self.rules.items():
            if not excluded.get("entries"):
                self.problems.append(f"{file.name}: {rule} has no entries; name the dashboards and panels")
            for entry in excluded.get("entries", []):
                if not (entry.get("reason") or excluded.get("reason")):
                    self.problems.append(f"{file.name}: {rule} has an entry without a reason")

    def cover(self, rule, board, panel, index):
        found = False
        for place, entry in enumerate(self.rules.get(rule, {}).get("entries", [])):
            wanted = {"dashboard": board.get("title"), "panel": panel and panel.get("title"), "targetIdx": str(index)}
            if all(entry[name] == value for name, value in wanted.items() if name in entry):
                self.used.add((rule, place))
                found = True
        return found

    def unused(self):
        for rule, excluded in self.rules.items():
            for place, entry in enumerate(excluded.get("entries", [])):
                if (rule, place) not in self.used:
                    yield f".lint: the exclusion of {entry.get('panel', entry.get('dashboard'))} from {rule} matches nothing; remove it"


def check(boards, exclusions):
    """Returns the problems of dashboards, given as pairs of name and content."""
    problems, uids = [], {}
    for name, board in boards:
        for rule, panel, index, message in violations(board):
            if not exclusions.cover(rule, board, panel, index):
                where = f"{name}: {panel.get('title') or panel.get('id')}" if panel else name
                problems.append(f"{where}{'' if index is None else f' [{index}]'}: {message} [{rule}]")
        if not board.get("uid") or board["uid"] in uids:
            problems.append(f"{name}: the uid is missing or not unique [uid]")
        uids[board.get("uid")] = name
    for name, board in boards:
        for linked in re.findall(r"/d/([a-z-]+)", json.dumps(board)):
            if linked not in uids:
                problems.append(f"{name}: the linked dashboard {linked} does not exist [link]")
    return problems + exclusions.problems + list(exclusions.unused())


def main():
    boards = [(file.name, json.loads(file.read_text())) for file in sorted(HERE.glob("*.json"))]
    problems = check(boards, Exclusions(HERE / ".lint"))
    for problem in problems:
        print(f"dashboards: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
