#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the addresses that files repeat with project.env.

    project.py                     prints the differences and exits 1 if there are any; part of `make lint`
    project.py --get KEY           prints an address
    project.py --set KEY=VALUE…    replaces addresses in project.env and in every other file
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROJECT = ROOT / "deploy/project.env"
# The files that must contain an address, with a text for each place: {KEY} stands for an address.
PLACES = {
    "deploy/prometheus/values.yml": ["runbook_url: {REPOSITORY}/blob/main/deploy/runbooks/\n"],
    "Sources/Exporter/Metrics/BuildInfo.swift": ['"{REPOSITORY}/blob/main/deploy/runbooks/"'],
    "dashboards/generator/panels.py": ['RUNBOOKS = "{REPOSITORY}/blob/main/deploy/runbooks/"'],
    "deploy/helm/magic-connector-exporter/Chart.yaml": [
        "home: {REPOSITORY}\n",
        "sources:\n  - {REPOSITORY}\n",
        "  - name: {MAINTAINERS}\n    email: {EMAIL}\n    url: {REPOSITORY}\n",
    ],
    "deploy/helm/magic-connector-exporter/values.yaml": ["  repository: {IMAGE}\n"],
    "deploy/debian/control": [
        "Maintainer: {MAINTAINERS} <{EMAIL}>\n",
        "Homepage: {REPOSITORY}\n",
        "Vcs-Browser: {REPOSITORY}\n",
        "Vcs-Git: {REPOSITORY}.git\n",
    ],
    "deploy/debian/copyright": ["Source: {REPOSITORY}\n"],
    "deploy/debian/NEWS": [" -- {MAINTAINERS} <{EMAIL}>  "],
    "deploy/docker/Dockerfile": ['image.source="{REPOSITORY}"', 'image.url="{REPOSITORY}"'],
    "deploy/docker/compose.yml": ["image: ${{EXPORTER_IMAGE:-{IMAGE}:"],
    "deploy/docker/compose.demo.yml": ["image: ${{SIMULATOR_IMAGE:-{SIMULATOR_IMAGE}:"],
    "deploy/systemd/magic-connector-exporter.service": ["Documentation={REPOSITORY}\n"],
    ".github/ISSUE_TEMPLATE/config.yml": ["url: {REPOSITORY}/"],
    "SECURITY.md": ["{REPOSITORY}/security/advisories/new"],
}
# Addresses of this project with another owner or name of the host are outdated.
OURS = re.compile(r"(?:https://github\.com/|ghcr\.io/|@)[\w./-]*magic-connector-exporter[\w.-]*(?:/(?:magic-connector-exporter|charts))?")


def project():
    """Returns the addresses of project.env by name."""
    lines = PROJECT.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def repository(address):
    """Returns OWNER/NAME of an address on GitHub."""
    return address.removeprefix("https://github.com/")


def texts():
    """Yields the path and the text of every file of the repository that is text."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in sorted(set(listed.stdout.split("\0")) - {""}):
        path = ROOT / name
        if path.is_file():
            try:
                yield name, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def check(values):
    problems = []
    for name, places in PLACES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        problems += [f"{name} lacks {place.format(**values).strip()}" for place in places if place.format(**values) not in text]
    known = [value.removeprefix("oci://") for value in values.values()]
    for name, text in texts():
        for number, line in enumerate(text.splitlines(), 1):
            for match in OURS.finditer(line):
                if not any(value in line for value in known):
                    problems.append(f"{name}:{number}: {match[0]} is not an address of deploy/project.env")
    return problems


def replace(values, changes):
    texts_by_old = {values[key]: value for key, value in changes.items()}
    if "REPOSITORY" in changes:
        # The command gh takes the repository without its host.
        texts_by_old["--repo " + repository(values["REPOSITORY"])] = "--repo " + repository(changes["REPOSITORY"])
    for name, text in texts():
        changed = text
        for old, new in texts_by_old.items():
            changed = changed.replace(old, new)
        if changed != text:
            (ROOT / name).write_text(changed, encoding="utf-8")
            print(name)


def main():
    values = project()
    arguments = sys.argv[1:]
    if arguments[:1] == ["--get"] and len(arguments) == 2 and arguments[1] in values:
        print(values[arguments[1]])
        return 0
    if arguments[:1] == ["--set"] and len(arguments) > 1:
        changes = dict(argument.split("=", 1) for argument in arguments[1:])
        if changes.keys() - values.keys():
            sys.exit(f"unknown: {', '.join(changes.keys() - values.keys())}")
        replace(values, changes)
        return 0
    if arguments:
        sys.exit(__doc__)
    problems = check(values)
    for problem in problems:
        print(f"project: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
