#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the configurations of Alloy, Promtail, Loki and logrotate in this folder, and the examples of ../docs/logs.md.

None of the first three programs runs here. Instead, every key must be in the tables below and in alloy.py, which come from the
references of the programs. Prints the problems and exits 1 if there are any.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

sys.dont_write_bytecode = True

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "dashboards"))

import alloy  # noqa: E402
from linter import logql  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGE = "deploy/docs/logs.md"
KINDS = "Sources/ConnectorEvents/Events/EventKind.swift"
# The fields of a line, in the order in which the exporter writes them.
FIELDS = ("a", "account_id", "connector_id", "id", "kind", "late", "n", "serial_number", "site_name", "t", "time", "tunnel_id", "url", "version")
# Each value of a label is a stream of its own, so only these may be labels.
FEW_VALUES = {"account_id", "kind"}

ANY = None
# Promtail 3.6, docs/sources/send-data/promtail/configuration.md and stages/. A list has the keys of its elements.
PROMTAIL = {
    "server": {"http_listen_address": ANY, "http_listen_port": ANY, "grpc_listen_address": ANY, "grpc_listen_port": ANY, "log_level": ANY, "disable": ANY},
    "positions": {"filename": ANY, "sync_period": ANY, "ignore_invalid_yaml": ANY},
    "clients": {"url": ANY, "tenant_id": ANY, "batchwait": ANY, "batchsize": ANY, "basic_auth": {"username": ANY, "password": ANY, "password_file": ANY}, "external_labels": ANY},
    "scrape_configs": {
        "job_name": ANY, "static_configs": {"targets": ANY, "labels": ANY}, "journal": ANY,
        "pipeline_stages": {
            "match": {"selector": ANY, "pipeline_name": ANY, "action": ANY, "drop_counter_reason": ANY, "stages": ANY},
            "json": {"expressions": ANY, "source": ANY, "drop_malformed": ANY},
            "timestamp": {"source": ANY, "format": ANY, "fallback_formats": ANY, "location": ANY, "action_on_failure": ANY},
            "labels": ANY, "structured_metadata": ANY, "labelallow": ANY,
        },
    },
}
# Loki 3.7 and 3.8, docs/sources/shared/configuration.md. Version 3.8 removed limits_config.unordered_writes.
LOKI = {
    "auth_enabled": ANY,
    "server": {"http_listen_address": ANY, "http_listen_port": ANY, "grpc_listen_address": ANY, "grpc_listen_port": ANY, "log_level": ANY},
    "common": {
        "instance_addr": ANY, "path_prefix": ANY, "replication_factor": ANY, "ring": {"kvstore": {"store": ANY}},
        "storage": {"filesystem": {"chunks_directory": ANY, "rules_directory": ANY}},
    },
    "schema_config": {"configs": {"from": ANY, "store": ANY, "object_store": ANY, "schema": ANY, "index": {"prefix": ANY, "period": ANY}}},
    "limits_config": {
        "allow_structured_metadata": ANY, "reject_old_samples": ANY, "reject_old_samples_max_age": ANY, "creation_grace_period": ANY,
        "max_global_streams_per_user": ANY, "retention_period": ANY,
        "shard_streams": {"enabled": ANY, "time_sharding_enabled": ANY, "time_sharding_ignore_recent": ANY, "desired_rate": ANY},
    },
    "compactor": {"working_directory": ANY, "retention_enabled": ANY, "delete_request_store": ANY},
    "analytics": {"reporting_enabled": ANY},
}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
HOUR = 3600


class Files:
    """The checked files by path, so that tests can change them."""

    def __init__(self, changed=None):
        self.changed = changed or {}

    def text(self, path):
        return self.changed[path] if path in self.changed else (ROOT / path).read_text(encoding="utf-8")


def seconds(text):
    match = re.fullmatch(r"(\d+)([smhdw])", str(text))
    return int(match[1]) * SECONDS[match[2]] if match else 0


def unknown(content, known, where):
    """Yields the keys that the reference of a program lacks."""
    if known is ANY:
        return
    if isinstance(content, list):
        for item in content:
            yield from unknown(item, known, where)
    elif not isinstance(content, dict):
        yield f"{where}: expected keys, found {content!r}"
    else:
        for key, value in content.items():
            if key not in known:
                yield f"{where}: unknown key {key}"
            else:
                yield from unknown(value, known[key], f"{where}.{key}" if where else key)


def promtail_pipeline(content):
    (scrape,) = content["scrape_configs"]
    (static,) = scrape["static_configs"]
    stages = {}
    for stage in scrape["pipeline_stages"]:
        ((name, value),) = stage.items()
        if name in stages:
            raise ValueError(f"the stage {name} occurs twice")
        stages[name] = value

    def named(values):
        return {name: text or name for name, text in values.items()}

    return alloy.Pipeline(
        static["labels"]["job"], static["labels"]["__path__"], stages["match"]["selector"], named(stages["json"]["expressions"]),
        named(stages["labels"]), named(stages["structured_metadata"]), stages["labelallow"], (stages["timestamp"]["source"], stages["timestamp"]["format"]),
    )


def check_pipeline(pipeline):
    """Yields the problems of a pipeline: fields that no line has, and labels with many values."""
    yield from (f"no line has the field {field}" for field in pipeline.sources.values() if field not in FIELDS)
    given = {**pipeline.labels, **pipeline.metadata}
    yield from (f"{source} is not extracted from the line" for source in (*given.values(), pipeline.timestamp[0]) if source not in pipeline.sources)
    yield from (f"{name} must have the name of its field {source}" for name, source in (*given.items(), *pipeline.sources.items()) if name != source)
    yield from (f"{name} is both a label and structured metadata" for name in sorted(set(pipeline.labels) & set(pipeline.metadata)))
    yield from (f"{name} has too many values for a label" for name in sorted(set(pipeline.labels) - FEW_VALUES))
    yield from (f"{name} is extracted, but not used" for name in sorted(set(pipeline.sources) - set(given.values()) - {pipeline.timestamp[0]}))
    if sorted(pipeline.kept) != sorted({"job", *pipeline.labels}):
        yield f"the labels {', '.join(pipeline.kept)} are kept, but job, {', '.join(pipeline.labels)} are set"
    if pipeline.timestamp != ("time", "RFC3339"):
        yield f"the timestamp is {' '.join(pipeline.timestamp)}, not time RFC3339"


def check_alloy(files, pipelines):
    path = "deploy/logs/alloy.alloy"
    try:
        components = alloy.parse(files.text(path))
        yield from (f"{path}: {problem}" for problem in alloy.problems(components))
        pipelines[path] = alloy.pipeline(components)
        stamp = next(one for one in components if one.name == "loki.process").found("stage.timestamp")[0].arguments
        if stamp.get("action_on_duplicate_timestamp") != "keep":
            yield f"{path}: action_on_duplicate_timestamp must be keep, because Loki otherwise stores repeated lines twice"
    except (alloy.SyntaxProblem, KeyError, StopIteration, AttributeError) as problem:
        yield f"{path}: {problem!r}"
        return
    for number, block in enumerate(re.findall(r"(?ms)^```alloy\n(.*?)^```", files.text(PAGE)), 1):
        try:
            yield from (f"{PAGE}: Alloy example {number}: {problem}" for problem in alloy.problems(alloy.parse(block), components))
        except alloy.SyntaxProblem as problem:
            yield f"{PAGE}: Alloy example {number}: {problem}"


def check_promtail(files, pipelines):
    path = "deploy/logs/promtail.yml"
    try:
        content = yaml.safe_load(files.text(path))
        yield from (f"{path}: {problem}" for problem in unknown(content, PROMTAIL, ""))
        pipelines[path] = promtail_pipeline(content)
    except (yaml.YAMLError, KeyError, ValueError, TypeError) as problem:
        yield f"{path}: {problem!r}"


def check_loki(files):
    path = "deploy/logs/loki.yml"
    try:
        content = yaml.safe_load(files.text(path))
        limits = content["limits_config"]
        shards = limits["shard_streams"]
        (period,) = content["schema_config"]["configs"]
    except (yaml.YAMLError, KeyError, ValueError, TypeError) as problem:
        yield f"{path}: {problem!r}"
        return
    yield from (f"{path}: {problem}" for problem in unknown(content, LOKI, ""))
    if not limits.get("allow_structured_metadata") or (period["store"], period["schema"], period["index"]["period"]) != ("tsdb", "v13", "24h"):
        yield f"{path}: structured metadata needs tsdb and schema v13, and retention an index period of 24h"
    if limits.get("reject_old_samples") and seconds(limits.get("reject_old_samples_max_age")) < 30 * 24 * HOUR:
        yield f"{path}: reject_old_samples_max_age must be at least 30d"
    if seconds(limits.get("retention_period")) < seconds(limits.get("reject_old_samples_max_age")):
        yield f"{path}: retention_period must be at least reject_old_samples_max_age"
    if not shards.get("time_sharding_enabled"):
        yield f"{path}: time_sharding_enabled must be true, because Loki otherwise rejects late events"
    # Half of ingester.max_chunk_age, whose default is 2h.
    if seconds(shards.get("time_sharding_ignore_recent")) + seconds(limits.get("creation_grace_period")) > HOUR:
        yield f"{path}: time_sharding_ignore_recent and creation_grace_period together must be at most 1h"


def check_logrotate(files, paths):
    path = "deploy/logs/logrotate"
    text = files.text(path)
    rotated = re.findall(r"(?m)^(/\S+) \{$", text)
    if set(rotated) != paths:
        yield f"{path}: rotates {' '.join(rotated)}, but the collectors read {' '.join(sorted(paths))}"
    if re.search(r"(?m)^\s*copytruncate", text):
        yield f"{path}: copytruncate could lose events"
    program = shutil.which("logrotate") or shutil.which("logrotate", path="/usr/sbin")
    if program:
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory, "logrotate")
            file.write_text(text, encoding="utf-8")
            file.chmod(0o644)
            found = subprocess.run([program, "--debug", "--state", f"{directory}/state", str(file)], capture_output=True, text=True, check=False)
            errors = [line for line in found.stderr.splitlines() if line.startswith("error:")]
            if found.returncode or errors:
                yield f"{path}: logrotate: {' '.join(errors) or found.stderr}"


def check_page(files, pipeline):
    """Checks the tables and the queries of the page. A query may use the variables of Grafana."""
    page = files.text(PAGE)
    rows = re.findall(r"(?m)^\| `(\w+)` \| [^|]+ \| ([^|]+) \|", page)
    if tuple(name for name, _ in rows) != FIELDS:
        yield f"{PAGE}: the table of fields has {' '.join(name for name, _ in rows)}, not {' '.join(FIELDS)}"
    for name, place in rows:
        wanted = "label" if name in pipeline.labels else "metadata" if name in pipeline.metadata else "timestamp" if name == pipeline.timestamp[0] else "line"
        if place.strip() != wanted:
            yield f"{PAGE}: {name} is {wanted}, not {place.strip()}"
    kinds = set(re.findall(r'EventKind\("(\w+)"\)', files.text(KINDS)))
    blocks = re.findall(r"(?ms)^```logql\n(.*?)^```", page)
    if not blocks:
        yield f"{PAGE}: has no query"
    for block in blocks:
        for query in re.split(r"\n\s*\n", block.strip()):
            yield from (f"{PAGE}: {problem}" for problem in logql.problems(query, pipeline, FIELDS))
            for name, operator, value in (one for found in parsed(query) for one in found.matchers + found.filters):
                if name == "kind" and not any(re.fullmatch(value, kind) if operator in ("=~", "!~") else value == kind for kind in kinds):
                    yield f"{PAGE}: no kind of event matches {value}"


def parsed(query):
    try:
        return logql.queries(query)
    except logql.SyntaxProblem:
        return []


def check(files):
    pipelines = {}
    yield from check_alloy(files, pipelines)
    yield from check_promtail(files, pipelines)
    for path, pipeline in pipelines.items():
        yield from (f"{path}: {problem}" for problem in check_pipeline(pipeline))
    if len(pipelines) == 2:
        first, second = pipelines.values()
        for name, value in vars(first).items():
            if value != getattr(second, name) and not (name == "kept" and sorted(value) == sorted(second.kept)):
                yield f"Alloy and Promtail differ in {name}: {value} and {getattr(second, name)}"
        yield from check_logrotate(files, {pipeline.path for pipeline in pipelines.values()})
        yield from check_page(files, first)
    yield from check_loki(files)


def main():
    problems = list(check(Files()))
    for problem in problems:
        print(f"logs: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
