#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the answers of a real exporter with deploy/openapi.yml.

    openapi_check.py BINARIES        the directory of the programs, for example .build/debug

Requires PyYAML and jsonschema, which deploy/tools.sh installs into .build/tools.
"""
import pathlib
import re
import sys

sys.dont_write_bytecode = True

import jsonschema  # noqa: E402
import yaml  # noqa: E402

from servers import ACCOUNT, ROOT, Servers  # noqa: E402

DOCUMENT = yaml.safe_load((ROOT / "deploy/openapi.yml").read_text(encoding="utf-8"))
VERSION = re.search(r'static let version = "(.*)"', (ROOT / "Sources/Exporter/Metrics/BuildInfo.swift").read_text(encoding="utf-8"))[1]
failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)
        print(f"openapi: {what}", file=sys.stderr)


def resolve(value):
    """Follows references to other parts of the document."""
    while isinstance(value, dict) and "$ref" in value:
        target = DOCUMENT
        for name in value["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        value = target
    return value


def validate(schema, value, what):
    """Compares a value with a schema, whose references point into the document."""
    validator = jsonschema.Draft202012Validator({"components": DOCUMENT["components"], **schema})
    for error in list(validator.iter_errors(value))[:3]:
        expect(False, f"{what}: {'/'.join(map(str, error.path))}: {error.message[:200]}")


def check(server, path, query, status):
    """Sends a request, and compares the response with the document. Returns the JSON."""
    import json
    import urllib.parse

    target = path + ("?" + urllib.parse.urlencode(query) if query else "")
    code, fields, text = server.get(target)
    expect(code == status, f"{target}: status {code}, not {status}")
    response = resolve(DOCUMENT["paths"][path]["get"]["responses"].get(str(code), {}))
    expect(response, f"{target}: status {code} is not documented")
    content = response.get("content", {}).get(fields["Content-Type"])
    expect(content, f"{target}: {fields['Content-Type']} is not documented for status {code}")
    value = json.loads(text)
    if content:
        validate(content["schema"], value, target)
    link = fields["Link"]
    expect((link is None) == (value.get("next") is None), f"{target}: Link and next differ")
    if link:
        header = resolve(response["headers"]["Link"])
        validate(header["schema"], link, f"{target}: Link")
        expect(server.json(link[1:].split(">")[0]) is not None, f"{target}: Link does not work")
    return value


def check_parameters(server, path):
    """Every documented parameter is accepted, and no other."""
    message = check(server, path, {"other": "1"}, 400)["error"]
    known = set(re.findall(r"\w+", message.split("use ")[1])) - {"or"}
    documented = {resolve(one)["name"] for one in DOCUMENT["paths"][path]["get"]["parameters"]}
    expect(known == documented, f"{path}: parameters {sorted(known)} and {sorted(documented)} differ")
    for one in map(resolve, DOCUMENT["paths"][path]["get"]["parameters"]):
        schema = resolve(one["schema"])
        if "example" in one:
            check(server, path, {one["name"]: one["example"]}, 200)
        if "maximum" in schema:
            check(server, path, {one["name"]: schema["maximum"]}, 200)
            check(server, path, {one["name"]: schema["maximum"] + 1}, 400)
            check(server, path, {one["name"]: schema["minimum"] - 1}, 400)
            first = next(iter(DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"].values()))
            name = next(iter(resolve(first["schema"])["properties"]))
            expect(len(check(server, path, {}, 200)[name]) <= schema["default"], f"{path}: the default limit is larger")
        check(server, path, {one["name"]: ""}, 400)


def main():
    expect(DOCUMENT["info"]["version"] == VERSION, f"the version is not {VERSION}")
    with Servers(sys.argv[1], 12) as server:
        server.inject(index=1, kind="StartUpgrade", url="https://example.com/a")
        for path in DOCUMENT["paths"]:
            check_parameters(server, path)
        everything = check(server, "/api/v1/events", {"limit": 1000}, 200)["events"]
        for field in ("a", "tunnel_id", "serial_number", "version", "site_name"):
            expect(any(field in event for event in everything), f"no event has {field}, so it was not compared")
        connectors = check(server, "/api/v1/connectors", {"limit": 5}, 200)["connectors"]
        for query in ({"account": ACCOUNT}, {"connector": connectors[0]["connector_id"]}, {"connector": connectors[0]["serial_number"]}):
            for path in DOCUMENT["paths"]:
                check(server, path, query, 200)
        check(server, "/api/v1/events", {"since": "1h", "until": "2h"}, 400)
        check(server, "/api/v1/events", {"cursor": "?"}, 400)
    if failures:
        sys.exit(1)
    print("openapi: the answers conform to deploy/openapi.yml")


if __name__ == "__main__":
    main()
