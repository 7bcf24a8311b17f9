#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures scrapes of three servers: this endpoint, Debian's prometheus-pushgateway (client_golang) with the same series, and
a bare epoll server in C with the same bytes. Then measures the delay from a poll to /metrics during polling, and the memory.

Prints Markdown. Servers run on core 0 and clients on core 1, if there are two. Environment: SIZES, SECONDS, ROUNDS.
"""

import gzip
import http.client
import json
import multiprocessing
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("BIN") or f"{ROOT}/.build/release"
# Numbers of connectors that result in about 6,000 and about 100,000 series.
SIZES = [int(size) for size in os.environ.get("SIZES", "70,1240").split(",")]
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SECONDS = int(os.environ.get("SECONDS", "2"))
ACCOUNT = "00000000000000000000000000000001"
# The headers of Prometheus 2.45.
HEADERS = {
    "Accept": "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    "User-Agent": "Prometheus/2.45.0",
    "X-Prometheus-Scrape-Timeout-Seconds": "10",
}
SERVER_CORE, CLIENT_CORE = ("0", "1") if (os.cpu_count() or 1) > 1 else ("0", "0")
FRESH = b"cloudflare_magic_connector_last_successful_poll_timestamp_seconds{"


class Process:
    """A child process that is killed at the end of the benchmark."""

    alive = []

    def __init__(self, arguments, core=None, log=None):
        prefix = ["taskset", "-c", core] if core is not None else []
        self.log = log
        output = open(log, "wb") if log else subprocess.PIPE
        self.child = subprocess.Popen(prefix + arguments, stdout=output, stderr=subprocess.STDOUT if log else None)
        Process.alive.append(self)

    def wait_for(self, pattern, seconds=120):
        """Waits until the log matches a pattern. Returns the match."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with open(self.log, encoding="utf-8") as log:
                if found := re.search(pattern, log.read()):
                    return found
            if self.child.poll() is not None:
                break
            time.sleep(0.05)
        with open(self.log, encoding="utf-8") as log:
            sys.exit(f"{self.child.args[0]} did not log {pattern!r}:\n{log.read()[-2000:]}")

    def memory(self, field):
        """Returns a field of /proc/PID/status in MB."""
        with open(f"/proc/{self.child.pid}/status", encoding="utf-8") as status:
            return int(re.search(rf"{field}:\s+(\d+)", status.read())[1]) / 1024

    def end(self):
        if self in Process.alive:
            Process.alive.remove(self)
            self.child.send_signal(signal.SIGKILL)
            self.child.wait()


def fetch(port, encoding, path="/metrics"):
    """Returns the body of one scrape without decoding."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={**HEADERS, "Accept-Encoding": encoding})
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.read()


def start_simulator(work, connectors, flags=()):
    simulator = Process(
        [f"{BIN}/magic-connector-simulator", "--web.listen-address", "127.0.0.1:0", "--rate-limit", "0"]
        + ["--life.speed", "0", "--late-share", "0", "--connectors", str(connectors), "--events-per-connector", "150", *flags],
        core=CLIENT_CORE,
        log=f"{work}/simulator.log",
    )
    simulator.base = simulator.wait_for(r"base URL\s+(\S+)")[1]
    simulator.control = simulator.wait_for(r"control\s+(\S+)")[1]
    return simulator


def start_exporter(work, base, interval, pinned=True, snapshots="{ enabled: false }"):
    with open(f"{work}/token", "w", encoding="utf-8") as token:
        token.write("simulator-token\n")
    with open(f"{work}/config.yml", "w", encoding="utf-8") as config:
        config.write(
            f'accounts: [{{ account_id: "{ACCOUNT}", api_token_file: token }}]\n'
            f'api: {{ base_url: "{base}", max_requests: 1000000 }}\n'
            f"polling: {{ interval: {interval}, initial_lookback: 30d, rescan_interval: 1d, rescan_lookback: 30d }}\n"
            f"snapshots: {snapshots}\n"
        )
    exporter = Process(
        [f"{BIN}/magic-connector-exporter", "--config.file", f"{work}/config.yml", "--storage.path", f"{work}/data"]
        + ["--web.listen-address", "127.0.0.1:0", "--web.max-requests", "0"],
        core=SERVER_CORE if pinned else None,
        log=f"{work}/exporter.log",
    )
    exporter.port = int(exporter.wait_for(r"127\.0\.0\.1:(\d+)")[1])
    return exporter


def settle(exporter):
    """Waits until the number of series is stable. Returns it."""
    last, since = None, 0
    while since < 4:
        time.sleep(0.5)
        body = [line for line in fetch(exporter.port, "identity").splitlines() if not line.startswith(b"process_")]
        size = sum(not line.startswith(b"#") for line in body)
        last, since = (size, since + 1) if size == last else (size, 0)
    return last


def start_pushgateway(work, body):
    """Starts a pushgateway with the same series. It adds `job` and `instance` to each series, and its own families."""
    gateway = Process(
        ["prometheus-pushgateway", "--web.listen-address=127.0.0.1:0", "--log.level=info"],
        core=SERVER_CORE,
        log=f"{work}/pushgateway.log",
    )
    gateway.port = int(gateway.wait_for(r"address=\S+:(\d+)")[1])
    pushed, dropped = [], False
    for line in body.splitlines(keepends=True):
        # The gateway exposes its own process_*.
        dropped = b" process_" in line[:20] if line.startswith(b"#") else line.startswith(b"process_")
        if not dropped and line != b"# EOF\n":
            pushed.append(line)
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=120)
    connection.request("PUT", "/metrics/job/bench", b"".join(pushed))
    response = connection.getresponse()
    text = response.read()
    if response.status >= 300:
        sys.exit(f"the pushgateway rejected the series: {response.status} {text[:500]!r}")
    return gateway


def start_bare(work, body, encoding):
    path = f"{work}/body.{encoding}"
    with open(path, "wb") as file:
        file.write(body)
    bare = Process(
        [f"{work}/bare-server", path] + (["gzip"] if encoding == "gzip" else []),
        core=SERVER_CORE,
        log=f"{work}/bare-{encoding}.log",
    )
    bare.port = int(bare.wait_for(r"(\d+)\n")[1])
    return bare


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def wrk(port, encoding, seconds, pinned=True):
    """Runs wrk with 4 connections. Returns scrapes/s, p50 and p99 in ms."""
    headers = [part for name, value in HEADERS.items() for part in ("-H", f"{name}: {value}")]
    prefix = ["taskset", "-c", CLIENT_CORE] if pinned else []
    run = subprocess.run(
        prefix
        + ["wrk", "-t1", "-c4", f"-d{seconds}s", "--timeout", "60s", "--latency", "-H", f"Accept-Encoding: {encoding}"]
        + headers
        + [f"http://127.0.0.1:{port}/metrics"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in run or "Socket errors" in run:
        sys.exit(f"wrk reported errors:\n{run}")
    requests, duration = re.search(r"(\d+) requests in ([\d.]+\w+)", run).groups()
    percentile = {p: milliseconds(re.search(rf"\n\s+{p}%\s+(\S+)", run)[1]) for p in (50, 99)}
    return int(requests) / milliseconds(duration) * 1000, percentile[50], percentile[99]


def compare(work, exporter, series, codings=("gzip", "identity")):
    """Measures the three servers in turns. Returns table rows, and the ratios for gzip."""
    plain = fetch(exporter.port, "identity")
    gateway = start_pushgateway(work, urllib.request.urlopen(f"http://127.0.0.1:{exporter.port}/metrics").read())
    rows, limits = [], []
    for encoding in codings:
        body = fetch(exporter.port, encoding)
        if encoding == "gzip" and abs(len(gzip.decompress(body)) - len(plain)) > 1000:
            sys.exit("the two codings contain different bodies")
        bare = start_bare(work, body, encoding)
        servers = {"this exporter": exporter, "prometheus-pushgateway": gateway, "bare C server": bare}
        sizes = {name: len(fetch(server.port, encoding)) for name, server in servers.items()}
        runs = {name: [] for name in servers}
        names = list(servers)
        for turn in range(ROUNDS):
            for name in names[turn % 3 :] + names[: turn % 3]:
                # A slow pushgateway needs enough time for more than one scrape per client.
                slow = name == "prometheus-pushgateway" and series > 20000
                if slow and turn > 0:
                    continue
                runs[name].append(wrk(servers[name].port, encoding, max(12, SECONDS) if slow else SECONDS))
        rates = {name: statistics.median(run[0] for run in runs[name]) for name in servers}
        ours = rates["this exporter"]
        for name in servers:
            rate = rates[name]
            p50, p99 = (statistics.median(run[i] for run in runs[name]) for i in (1, 2))
            rows.append(
                f"| {series:,} | {'plain' if encoding == 'identity' else 'gzip'} | {name} | {sizes[name]:,} | {rate:,.1f} | "
                f"{rate * sizes[name] / 1e6:,.0f} | {p50:,.2f} | {p99:,.2f} | {rate / ours:.4g} |"
            )
        if encoding == "gzip":
            gain = ours / rates["prometheus-pushgateway"] if rates["prometheus-pushgateway"] else float("inf")
            share = ours / rates["bare C server"]
            limits.append((f"{series:,} series, gzip: times the pushgateway", f"{gain:,.0f}", "at least 100", gain >= 100))
            limits.append((f"{series:,} series, gzip: share of the bare server", f"{share:.2f}", "at least 0.5", share >= 0.5))
        bare.end()
    gateway.end()
    return rows, limits


def poll_times(packed, family=FRESH):
    """Returns the time of each connector's last poll from one body, of which only the beginning is decompressed."""
    stream, body, start, end = zlib.decompressobj(31), b"", -1, -1
    while end < 0 and not stream.eof:
        searched = max(0, len(body) - 200)
        body += stream.decompress(packed, 1 << 20)
        packed = stream.unconsumed_tail
        start = body.find(family, searched) if start < 0 else start
        end = body.find(b"\n#", start) if start >= 0 else -1
    return {
        line[: line.rindex(b" ")]: float(line[line.rindex(b" ") + 1 :]) for line in body[start:end].splitlines() if line
    }


def exposition_delay(exporter, simulator, connectors, seconds=2.5, family=FRESH, pause=0.004):
    """Returns the sorted delays from the end of a poll to its exposition, in ms. Scrapes continuously, so these are upper bounds."""
    stop = threading.Event()

    def inject():
        index = 0
        while not stop.wait(0.1):
            index = (index + 97) % connectors
            event = json.dumps({"index": index, "kind": "Reconcile"}).encode()
            request = urllib.request.Request(f"{simulator.control}/events", event, {"Content-Type": "application/json"})
            urllib.request.urlopen(request).read()

    thread = threading.Thread(target=inject)
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", exporter.port)
    bodies = []
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            connection.request("GET", "/metrics", headers={**HEADERS, "Accept-Encoding": "gzip"})
            bodies.append((time.time(), connection.getresponse().read()))
            time.sleep(pause)
    finally:
        stop.set()
        thread.join()
    with multiprocessing.Pool(2) as pool:
        tables = pool.starmap(poll_times, [(body, family) for _, body in bodies], chunksize=4)
    delays = []
    for (moment, _), before, now in zip(bodies[1:], tables, tables[1:]):
        delays += [(moment - polled) * 1000 for series, polled in now.items() if before.get(series) != polled]
    return sorted(delays)


def quantile(values, share):
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def live(work, simulator, connectors, series):
    """Measures during polling: an interval of 60 s, new events, and four clients without a pause."""
    exporter = start_exporter(work, simulator.base, "60s", pinned=False)
    settle_start = time.monotonic()
    while fetch(exporter.port, "identity").count(FRESH) < connectors and time.monotonic() - settle_start < 30:
        time.sleep(0.3)
    time.sleep(2)
    delays = exposition_delay(exporter, simulator, connectors)
    _, p50, p99 = wrk(exporter.port, "gzip", 6, pinned=False)
    resident = exporter.memory("VmRSS")
    peak = exporter.memory("VmHWM")
    exporter.end()
    return [
        (
            f"{series:,} series, {connectors / 60:.0f} polls/s: poll result to /metrics, p99 of {len(delays)}, ms",
            f"{quantile(delays, 0.99):.1f} (p50 {quantile(delays, 0.5):.1f})",
            "at most 50",
            bool(delays) and quantile(delays, 0.99) <= 50,
        ),
        (f"{series:,} series, during polling: scrape of 4 clients, p99, ms", f"{p99:.1f} (p50 {p50:.1f})", "at most 20", p99 <= 20),
        (f"{series:,} series: resident memory, MB", f"{resident:.0f} (peak {peak:.0f})", "at most 200", resident <= 200),
    ]


def main():
    for tool in ("wrk", "prometheus-pushgateway", "cc", "taskset"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing: .ci/setup bench installs it")
    work = tempfile.mkdtemp(prefix="magic-connector-bench.")
    rows, limits = [], []
    try:
        source = f"{ROOT}/Tests/Benchmarks/bare-server.c"
        subprocess.run(["cc", "-O2", "-Wall", "-Werror", "-o", f"{work}/bare-server", source], check=True)
        for connectors in SIZES:
            shutil.rmtree(f"{work}/data", ignore_errors=True)
            simulator = start_simulator(work, connectors)
            # The import uses both cores. The measured exporter is a second start on one core.
            first = start_exporter(work, simulator.base, "1d", pinned=False)
            first.wait_for("history_import_complete", 180)
            settle(first)
            first.end()
            exporter = start_exporter(work, simulator.base, "1d")
            series = settle(exporter)
            more, met = compare(work, exporter, series)
            rows += more
            limits += met
            exporter.end()
            if connectors == SIZES[-1]:
                limits += live(work, simulator, connectors, series)
            simulator.end()
    finally:
        for process in list(Process.alive):
            process.end()
        shutil.rmtree(work, ignore_errors=True)
    print("| series | coding | server | bytes | scrapes/s | MB/s | p50 ms | p99 ms | to this exporter |")
    print("|---|---|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    print("\n| measured | value | limit | met |\n|---|---|---|---|")
    for name, value, limit, is_met in limits:
        print(f"| {name} | {value} | {limit} | {'yes' if is_met else '**no**'} |")


if __name__ == "__main__":
    main()
