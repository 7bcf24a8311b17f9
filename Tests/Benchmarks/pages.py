#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the page of a connector with 50,000 events, and scrapes while ten clients page through the events of the API.

Prints Markdown. The exporter runs on core 0 and the clients on core 1, if there are two. Environment: EVENTS, SECONDS, ROUNDS.
"""

import http.client
import json
import multiprocessing
import os
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time

import scrape

EVENTS = int(os.environ.get("EVENTS", "50000"))
SECONDS = float(os.environ.get("SECONDS", "8"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
CLIENTS = 10
CONNECTORS = 25


def get(connection, path, headers=None):
    """Returns the duration in ms and the body of one request."""
    begin = time.perf_counter()
    connection.request("GET", path, headers=headers or {})
    response = connection.getresponse()
    body = response.read()
    duration = (time.perf_counter() - begin) * 1000
    if response.status not in (200, 503):
        sys.exit(f"{path}: status {response.status}")
    return duration, response.status, body


def start(work, connectors, events):
    """Starts both programs and waits for the import of the history."""
    flags = ["--events-per-connector", str(events), "--history", "7d"]
    simulator = scrape.start_simulator(work, connectors, flags)
    exporter = scrape.start_exporter(work, simulator.base, "1d")
    exporter.wait_for("history_import_complete", 300)
    scrape.settle(exporter)
    return simulator, exporter


def page_durations(port):
    """Returns the durations in ms of the pages of the largest connector, by name."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connectors = json.loads(get(connection, "/api/v1/connectors?limit=1000")[2])["connectors"]
    largest = max(connectors, key=lambda one: one["events"])
    if largest["events"] < EVENTS:
        sys.exit(f"the connector has only {largest['events']} events")
    path = f"/connectors/{largest['account_id']}/{largest['connector_id']}"
    targets = {
        "connector page": path,
        "connector page, kind=*Failure": f"{path}?kind=*Failure",
        "API, 1,000 events": "/api/v1/events?limit=1000",
        "API, rare kind": "/api/v1/events?kind=FinishUpgradeFailure",
        "landing page, q=…": "/?q=2026",
    }
    return {name: [get(connection, target)[0] for _ in range(20)] for name, target in targets.items()}


def paging(port, stop, pages):
    """Pages through all events again and again, with a low priority, so that the client does not delay the scraper."""
    os.nice(15)

    def client():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        cursor = ""
        while not stop.is_set():
            _, status, body = get(connection, f"/api/v1/events?limit=1000{cursor}")
            if status == 200:
                with pages.get_lock():
                    pages.value += 1
                # Decoding all of the JSON would take much of the core that the scraper uses.
                following = re.search(rb'"next":"([^"]+)"', body[-100:])
                cursor = f"&cursor={following[1].decode()}" if following else ""

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def scrapes(port):
    """Returns the durations of scrapes over SECONDS, in ms."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    durations, end = [], time.monotonic() + SECONDS
    while time.monotonic() < end:
        durations.append(get(connection, "/metrics", {**scrape.HEADERS, "Accept-Encoding": "gzip"})[0])
        time.sleep(0.005)
    return durations


def compare(port):
    """Measures scrapes alone and beside the clients, in turns. Returns the durations of both, and the pages per second."""
    alone, beside, pages, seconds = [], [], multiprocessing.Value("q", 0), 0.0
    for _ in range(ROUNDS):
        alone += scrapes(port)
        stop = multiprocessing.Event()
        clients = multiprocessing.Process(target=paging, args=(port, stop, pages))
        clients.start()
        time.sleep(0.5)
        begin = time.monotonic()
        beside += scrapes(port)
        seconds += time.monotonic() - begin
        stop.set()
        clients.join()
    return sorted(alone), sorted(beside), pages.value / seconds


def main():
    work = tempfile.mkdtemp(prefix="magic-connector-bench.")
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {int(scrape.CLIENT_CORE)})
    try:
        simulator, exporter = start(work, 1, EVENTS)
        pages = page_durations(exporter.port)
        for process in (exporter, simulator):
            process.end()
        shutil.rmtree(f"{work}/data")
        simulator, exporter = start(work, CONNECTORS, 2000)
        alone, beside, rate = compare(exporter.port)
        memory = exporter.memory("VmHWM")
    finally:
        for process in list(scrape.Process.alive):
            process.end()
        shutil.rmtree(work, ignore_errors=True)
    print(f"One connector with {EVENTS:,} events in 7 days, 20 requests of each kind:\n")
    print("| request | median ms | longest ms | limit ms | met |\n|---|---|---|---|---|")
    for name, durations in pages.items():
        median = statistics.median(durations)
        print(f"| {name} | {median:.1f} | {max(durations):.1f} | 100 | {'yes' if median < 100 else '**no**'} |")
    print(f"\n{CONNECTORS} connectors, scrapes every 5 ms, {len(alone):,} alone and {len(beside):,} beside {CLIENTS} clients:\n")
    print("| scrapes | p50 ms | p99 ms | longest ms |\n|---|---|---|---|")
    for name, durations in (("alone", alone), (f"beside {CLIENTS} clients, {rate:.0f} pages/s", beside)):
        quantiles = [scrape.quantile(durations, share) for share in (0.5, 0.99)]
        print(f"| {name} | {quantiles[0]:.2f} | {quantiles[1]:.2f} | {max(durations):.2f} |")
    print(f"\nResident memory, peak: {memory:.0f} MB")


if __name__ == "__main__":
    main()
