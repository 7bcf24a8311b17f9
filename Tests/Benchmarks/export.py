#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures `export openmetrics`, and the first line of `events`, of a ledger with 5 million events.

The exporter imports two connectors from the simulator, and their rows are copied, because an import of all events would take
most of an hour. Prints Markdown. Environment: BIN, CONNECTORS, EVENTS per connector, DAYS (at most 29). TMPDIR must have space for 3 GB.
"""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import scrape

CONNECTORS = int(os.environ.get("CONNECTORS", "100"))
EVENTS = int(os.environ.get("EVENTS", "50000"))
DAYS = int(os.environ.get("DAYS", "29"))
IMPORTED = 2
MAX_MEMORY = 200
MAX_FIRST_LINE = 200


def import_history(directory):
    """Imports the history of the first connectors into an empty ledger."""
    simulator = scrape.start_simulator(directory, IMPORTED, ["--history", f"{DAYS}d", "--events-per-connector", str(EVENTS)])
    exporter = scrape.start_exporter(directory, simulator.base, "1s", pinned=False)
    exporter.wait_for("history_import_complete", 900)
    scrape.settle(exporter)
    # The end writes all of the database into one file.
    exporter.child.send_signal(signal.SIGTERM)
    exporter.child.wait()
    for process in (exporter, simulator):
        process.end()


def copy_connectors(directory):
    """Copies the imported connectors until there are enough. Returns the number of events."""
    db = sqlite3.connect(f"{directory}/data/ledger.sqlite")
    db.execute("PRAGMA synchronous = OFF")
    indexes = [row[0] for row in db.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND name IN ('event_position', 'event_time')")]
    for index in indexes:
        db.execute(f"DROP INDEX {index.split()[2]}")
    columns = {table: [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
               for table in ("connector", "tally", "event", "payload")}
    for copy in range(IMPORTED, CONNECTORS):
        source, target = copy % IMPORTED + 1, copy + 1
        for table, names in columns.items():
            key = "id" if table == "connector" else "connector"
            values = {key: str(target), "name": f"'copy{target:028}'"}
            db.execute(f"INSERT INTO {table} ({', '.join(names)}) "
                       f"SELECT {', '.join(values.get(name, name) for name in names)} FROM {table} WHERE {key} = {source}")
    for index in indexes:
        db.execute(index)
    db.commit()
    count = db.execute("SELECT count(*) FROM event").fetchone()[0]
    db.close()
    return count


def first_line(directory, arguments):
    """Returns the median time until `events` prints its first line, in ms."""
    durations = []
    for _ in range(5):
        before = time.perf_counter()
        command = [f"{scrape.BIN}/magic-connector-exporter", "events", "--storage.path", f"{directory}/data", *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            line = process.stdout.readline()
            durations.append(time.perf_counter() - before)
            process.kill()
        if not line:
            sys.exit(f"{' '.join(command)} printed nothing")
    return sorted(durations)[2] * 1000


def main():
    with tempfile.TemporaryDirectory() as directory:
        try:
            import_history(directory)
        finally:
            for process in list(scrape.Process.alive):
                process.end()
        events = copy_connectors(directory)
        size = os.stat(f"{directory}/data/ledger.sqlite").st_size
        lines = {name: first_line(directory, arguments) for name, arguments in {
            "all events": [], "as JSON": ["--json"], "one day": ["--since", "1d"], "a rare kind": ["--kind", "HaError"],
        }.items()}
        before = time.monotonic()
        export = subprocess.Popen(
            [f"{scrape.BIN}/magic-connector-exporter", "export", "openmetrics", "--storage.path", f"{directory}/data",
             "--since", f"{DAYS + 2}d", "-o", "/dev/null"],
            stderr=subprocess.PIPE, text=True)
        errors = export.stderr.read()
        _, status, usage = os.wait4(export.pid, 0)
        seconds = time.monotonic() - before
        if status != 0:
            sys.exit(errors)
        samples, written = re.search(r"as (\d+) samples in (\d+) bytes", errors).groups()
        memory = usage.ru_maxrss / 1024
        print("| connectors | events | ledger | samples | output | time | events/s | memory |")
        print("|---|---|---|---|---|---|---|---|")
        print(f"| {CONNECTORS} | {events:,} | {size / 1e9:.2f} GB | {int(samples):,} | {int(written) / 1e9:.1f} GB "
              f"| {seconds:.0f} s | {events / seconds:,.0f} | {memory:.0f} MB |")
        print(f"\nThe first line of `events`, medians of 5, limit {MAX_FIRST_LINE} ms:\n\n| selection | ms |\n|---|---|")
        for name, milliseconds in lines.items():
            print(f"| {name} | {milliseconds:.0f} |")
        if max(lines.values()) > MAX_FIRST_LINE:
            sys.exit(f"the first line of `events` took longer than {MAX_FIRST_LINE} ms")
        if memory > MAX_MEMORY:
            sys.exit(f"the export used {memory:.0f} MB, more than {MAX_MEMORY} MB")


if __name__ == "__main__":
    main()
