#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures 1,000 connectors with snapshots: CPU, memory, scrapes, and the delay from a poll to /metrics.

Events are polled every 60 s and snapshots every 300 s, while two clients scrape every 15 s with gzip. Prints Markdown.
Environment: CONNECTORS, SECONDS.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import scrape

CONNECTORS = int(os.environ.get("CONNECTORS", "1000"))
SECONDS = int(os.environ.get("SECONDS", "90"))
FRESH = b"cloudflare_magic_connector_last_successful_snapshot_poll_timestamp_seconds{"
SNAPSHOT = b"cloudflare_magic_connector_last_snapshot_timestamp_seconds{"


def cpu_seconds(process):
    """Returns the CPU time of a process so far."""
    with open(f"/proc/{process.child.pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start(work, base):
    """Starts the exporter, and returns it when every connector has a snapshot."""
    exporter = scrape.start_exporter(work, base, "60s", pinned=False, snapshots="{ interval: 20s }")
    end = time.monotonic() + 180
    while scrape.fetch(exporter.port, "identity").count(SNAPSHOT) < CONNECTORS:
        if time.monotonic() > end:
            sys.exit("not every connector has a snapshot")
        time.sleep(2)
    path = f"{work}/config.yml"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("interval: 20s }", "interval: 300s }"))
    exporter.child.send_signal(signal.SIGHUP)
    exporter.wait_for("configuration_reloaded", 20)
    return exporter


def steady(exporter):
    """Returns the cores, the memory in MB and the longest of the scrapes in ms over SECONDS."""
    stop, durations = threading.Event(), []

    def client(offset):
        stop.wait(offset)
        while not stop.is_set():
            begin = time.monotonic()
            scrape.fetch(exporter.port, "gzip")
            durations.append((time.monotonic() - begin) * 1000)
            stop.wait(15)

    threads = [threading.Thread(target=client, args=(offset,)) for offset in (0, 7)]
    for thread in threads:
        thread.start()
    before, begin = cpu_seconds(exporter), time.monotonic()
    time.sleep(SECONDS)
    cores = (cpu_seconds(exporter) - before) / (time.monotonic() - begin)
    stop.set()
    for thread in threads:
        thread.join()
    return cores, exporter.memory("VmHWM"), max(durations)


def main():
    for tool in ("wrk", "prometheus-pushgateway", "cc", "taskset"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing: .ci/setup bench installs it")
    work = tempfile.mkdtemp(prefix="magic-connector-bench.")
    try:
        source = f"{scrape.ROOT}/Tests/Benchmarks/bare-server.c"
        subprocess.run(["cc", "-O2", "-Wall", "-Werror", "-o", f"{work}/bare-server", source], check=True)
        flags = ["--snapshots.interval", "300s", "--snapshots.incidents", "0"]
        simulator = scrape.start_simulator(work, CONNECTORS, flags)
        exporter = start(work, simulator.base)
        time.sleep(5)
        body = scrape.fetch(exporter.port, "identity")
        series = sum(not line.startswith(b"#") for line in body.splitlines())
        packed = len(scrape.fetch(exporter.port, "gzip"))
        cores, resident, longest = steady(exporter)
        delays = scrape.exposition_delay(exporter, simulator, CONNECTORS, 12, FRESH, 0.05)
        _, p50, p99 = scrape.wrk(exporter.port, "gzip", 8, pinned=False)
        limits = [
            ("CPU of everything, cores", f"{cores:.3f}", "less than 0.25", cores < 0.25),
            ("resident memory, peak, MB", f"{resident:.0f}", "less than 450", resident < 450),
            ("longest of the scrapes every 15 s, ms", f"{longest:.0f}", "", True),
            ("scrape of 4 clients during polls, p99, ms", f"{p99:.1f} (p50 {p50:.1f})", "less than 50", p99 < 50),
            (
                f"from a poll's answer to /metrics, p99 of {len(delays)}, ms",
                f"{scrape.quantile(delays, 0.99):.0f} (p50 {scrape.quantile(delays, 0.5):.0f})",
                "less than 250",
                bool(delays) and scrape.quantile(delays, 0.99) < 250,
            ),
        ]
        rows, more = scrape.compare(work, exporter, series, codings=("gzip",))
    finally:
        for process in list(scrape.Process.alive):
            process.end()
        shutil.rmtree(work, ignore_errors=True)
    print(f"{CONNECTORS:,} connectors, {series:,} series, {len(body):,} bytes, {packed:,} with gzip\n")
    print("| series | coding | server | bytes | scrapes/s | MB/s | p50 ms | p99 ms | to this exporter |")
    print("|---|---|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    print("\n| measured | value | limit | met |\n|---|---|---|---|")
    for name, value, limit, is_met in limits + more:
        print(f"| {name} | {value} | {limit} | {'yes' if is_met else '**no**'} |")


if __name__ == "__main__":
    main()
