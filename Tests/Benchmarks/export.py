#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures `export openmetrics`, and the first line of `events`, of a ledger with 5 million events.

The exporter imports two connectors from the simulator, and their rows are copied, because an import of all events would take
most of an hour. Prints Markdown. Environment: BIN, CONNECTORS, EVENTS per connector, DAYS. TMPDIR must have space for 3 GB.
"""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("BIN") or f"{ROOT}/.build/release"
CONNECTORS = int(os.environ.get("CONNECTORS", "100"))
EVENTS = int(os.environ.get("EVENTS", "50000"))
DAYS = int(os.environ.get("DAYS", "29"))
IMPORTED = 2
ACCOUNT = "00000000000000000000000000000001"
MAX_MEMORY = 200
MAX_FIRST_LINE = 200


def wait_for(pattern, path, child, seconds=900):
    """Waits until a file matches a pattern. Returns the first group."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with open(path, encoding="utf-8") as log:
            text = log.read()
        if found := re.search(pattern, text):
            return found[1]
        if child.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit(f"{child.args[0]} did not print {pattern!r}:\n{text[-2000:]}")


def start(directory, name, arguments):
    """Starts a program. Returns the process and the file with its output."""
    path = f"{directory}/{name}.log"
    with open(path, "wb") as log:
        return subprocess.Popen([f"{BIN}/magic-connector-{name}", *arguments], stdout=log, stderr=log), path


def import_history(directory):
    """Imports the history of the first connectors into an empty ledger."""
    simulator, log = start(directory, "simulator", [
        "--web.listen-address", "127.0.0.1:0", "--rate-limit", "0", "--life.speed", "0", "--connectors", str(IMPORTED),
        "--history", f"{DAYS}d", "--events-per-connector", str(EVENTS), "--late-share", "0",
    ])
    exporter = None
    try:
        api = wait_for(r"(http://127\.0\.0\.1:\d+)", log, simulator)
        with open(f"{directory}/token", "w", encoding="utf-8") as token:
            token.write("simulator-token\n")
        os.chmod(f"{directory}/token", 0o600)
        with open(f"{directory}/config.yml", "w", encoding="utf-8") as config:
            config.write(f"""\
accounts: [{{ account_id: "{ACCOUNT}", api_token_file: token }}]
api: {{ base_url: {api}/client/v4, max_requests: 1000000 }}
polling: {{ interval: 1s, initial_lookback: {DAYS + 1}d }}
snapshots: {{ enabled: false }}
""")
        exporter, log = start(directory, "exporter", [
            "--config.file", f"{directory}/config.yml", "--storage.path", f"{directory}/data",
            "--web.listen-address", "127.0.0.1:0",
        ])
        wait_for(r"event=(history_import_complete)", log, exporter)
        time.sleep(3)
        exporter.send_signal(signal.SIGTERM)
        exporter.wait()
    finally:
        for process in filter(None, [exporter, simulator]):
            process.kill()
            process.wait()


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
        command = [f"{BIN}/magic-connector-exporter", "events", "--storage.path", f"{directory}/data", *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            line = process.stdout.readline()
            durations.append(time.perf_counter() - before)
            process.kill()
        if not line:
            sys.exit(f"{' '.join(command)} printed nothing")
    return sorted(durations)[2] * 1000


def main():
    with tempfile.TemporaryDirectory() as directory:
        import_history(directory)
        events = copy_connectors(directory)
        size = os.stat(f"{directory}/data/ledger.sqlite").st_size
        lines = {name: first_line(directory, arguments) for name, arguments in {
            "all events": [], "as JSON": ["--json"], "one day": ["--since", f"{DAYS - 1}d"], "a rare kind": ["--kind", "HaError"],
        }.items()}
        before = time.monotonic()
        export = subprocess.Popen(
            [f"{BIN}/magic-connector-exporter", "export", "openmetrics", "--storage.path", f"{directory}/data",
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
