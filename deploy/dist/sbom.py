#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the parts of a program as a bill of materials in CycloneDX 1.5: sbom.py PROGRAM UNSTRIPPED VERSION ARCH.

Parts are the Swift packages whose modules have symbols in the unstripped program, Swift's runtime, and the libraries that the loader finds here, each with the version of its
Debian package. The time and the serial number depend on SOURCE_DATE_EPOCH and the content alone.
"""
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

from packages import licence, packages


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def project():
    """Returns the address of the repository, from deploy/project.env."""
    text = pathlib.Path(__file__).parent.with_name("project.env").read_text(encoding="utf-8")
    return re.search(r"^REPOSITORY=(\S+)$", text, re.M)[1]


def modules(program):
    """Returns the names of the Swift modules that have symbols in a program."""
    symbols = re.findall(r"\$s(\d+)([A-Za-z_]\w*)", run("nm", program))
    return {text[: int(length)] for length, text in symbols}


def swift_packages(unstripped):
    linked = modules(unstripped)
    for name, version, revision, address, folder in packages():
        own = {path.name for path in [*folder.iterdir(), *(folder / "Sources").glob("*")] if path.is_dir()}
        if not own & linked:
            continue
        yield {
            "type": "library",
            "bom-ref": f"pkg:swift/{address.removeprefix('https://')}@{version}",
            "name": name,
            "version": version,
            "scope": "required",
            "licenses": [{"license": {"id": licence(folder)[0]}}],
            "purl": f"pkg:swift/{address.removeprefix('https://')}@{version}",
            "externalReferences": [{"type": "vcs", "url": address}],
            "properties": [{"name": "git:revision", "value": revision}, {"name": "linked", "value": "statically"}],
        }


def runtime():
    """Returns Swift's runtime, Foundation and Dispatch, which have the version of the compiler."""
    version = re.search(r"Swift version (\S+)", run(os.environ.get("SWIFT", "swift"), "--version"))[1]
    return {
        "type": "library",
        "bom-ref": f"pkg:github/swiftlang/swift@swift-{version}-RELEASE",
        "name": "swift-runtime",
        "version": version,
        "scope": "required",
        "description": "Swift's standard library, Foundation with ICU (without its data) and Dispatch",
        "licenses": [{"expression": "Apache-2.0 WITH Swift-exception AND Unicode-3.0"}],
        "purl": f"pkg:github/swiftlang/swift@swift-{version}-RELEASE",
        "externalReferences": [{"type": "vcs", "url": "https://github.com/swiftlang/swift"}],
        "properties": [{"name": "linked", "value": "statically"}],
    }


def owner(path):
    """Returns the Debian package that contains a file."""
    real = os.path.realpath(path)
    for candidate in (real, real.removeprefix("/usr"), "/usr" + real, path, path.removeprefix("/usr")):
        found = subprocess.run(["dpkg-query", "-S", candidate], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.split(": ")[0].split(",")[0]
    sys.exit(f"no Debian package contains {path}")


def libraries(program):
    """Yields the shared libraries, as Debian packages: needed by the program itself, or by its libraries."""
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", program)))
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', pathlib.Path("/etc/os-release").read_text(encoding="utf-8"), re.M))
    files = {}
    for line in run("ldd", program).splitlines():
        match = re.match(r"\s*(?:(\S+) => )?(/\S+) \(", line)
        if match:
            name = match[1] or os.path.basename(match[2])
            files.setdefault(owner(match[2]), []).append(name)
    for package, names in sorted(files.items()):
        architecture, version, source = run("dpkg-query", "-W", "-f=${Architecture}\t${Version}\t${source:Package}", package).split("\t")
        plain = package.split(":")[0]
        address = f"pkg:deb/{release['ID']}/{plain}@{version.replace('+', '%2B').replace(':', '%3A')}?arch={architecture}&distro={release['VERSION_CODENAME']}"
        yield {
            "type": "library",
            "bom-ref": address,
            "name": plain,
            "version": version,
            "scope": "required",
            "purl": address,
            "properties": [
                {"name": "linked", "value": "dynamically" if needed & set(names) else "dynamically, by another library"},
                {"name": "debian:source", "value": source},
                *({"name": "file", "value": name} for name in sorted(names)),
            ],
        }


def main():
    program, unstripped, version, architecture = sys.argv[1:]
    name = os.path.basename(program)
    parts = [*swift_packages(unstripped), runtime(), *libraries(program)]
    moment = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    digest = hashlib.sha256(pathlib.Path(program).read_bytes()).hexdigest()
    main_part = {
        "type": "application",
        "bom-ref": f"{name}@{version}",
        "name": name,
        "version": version,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
        "hashes": [{"alg": "SHA-256", "content": digest}],
        "externalReferences": [{"type": "vcs", "url": project()}],
        "properties": [{"name": "architecture", "value": architecture}],
    }
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": "",
        "version": 1,
        "metadata": {"timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": main_part},
        "components": parts,
        "dependencies": [{"ref": main_part["bom-ref"], "dependsOn": [part["bom-ref"] for part in parts]}],
    }
    bill["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bill, sort_keys=True))}"
    print(json.dumps(bill, indent=2))


if __name__ == "__main__":
    main()
