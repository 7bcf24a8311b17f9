#!/usr/bin/env python3
"""Measures a scrape while others misuse the endpoint: hostile.py BINARIES

900 clients send one header byte and stop; 50 pipeline requests and never read; 5,000 connections stay open and idle. Beside
each of them a scraper with a new connection per scrape measures how long a scrape takes, and the exporter's resident memory
is read. BINARIES is the directory of the simulator and the exporter. Loopback only; Python's standard library.
"""

import os
import pathlib
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time

ACCOUNT = "00000000000000000000000000000001"
SCRAPES = 100
CONNECTORS = 100


def wait_for(log, pattern):
    """Waits until a program's log has a line, and returns its match."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if match := re.search(pattern, log.read_text(errors="replace")):
            return match
        time.sleep(0.05)
    raise SystemExit(f"{log}: no line matches {pattern}:\n{log.read_text(errors='replace')}")


def start(work, binaries):
    """Starts simulator and exporter, and returns the processes and the endpoint's address."""
    simulator_log, exporter_log = work / "simulator.log", work / "exporter.log"
    simulator = subprocess.Popen(
        [binaries / "magic-connector-simulator", "--web.listen-address", "127.0.0.1:0", "--rate-limit", "0",
         "--connectors", str(CONNECTORS), "--events-per-connector", "500", "--life.speed", "0"],
        stdout=simulator_log.open("w"), stderr=subprocess.STDOUT)
    base = wait_for(simulator_log, r"base URL +(\S+)")[1]
    wait_for(simulator_log, "(?m)^control")
    (work / "token").write_text("simulator-token\n")
    (work / "config.yml").write_text(
        f'accounts: [{{ account_id: "{ACCOUNT}", api_token_file: token }}]\n'
        f'api: {{ base_url: "{base}", max_requests: 1000000 }}\n')
    exporter = subprocess.Popen(
        [binaries / "magic-connector-exporter", "--config.file", work / "config.yml", "--storage.path", work / "data",
         "--web.listen-address", "127.0.0.1:0"],
        stdout=subprocess.DEVNULL, stderr=exporter_log.open("w"))
    wait_for(exporter_log, "history import complete")
    host, port = re.search(r'address="?([0-9.]+):(\d+)', exporter_log.read_text()).groups()
    return [simulator, exporter], exporter.pid, (host, int(port))


def connect(address, receive_buffer=None):
    """Opens a connection."""
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(20)
    client.connect(address)
    return client


REQUEST = b"GET /metrics HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"


def scrape(address):
    """Scrapes once on a connection of its own, and returns the seconds it took."""
    begin = time.perf_counter()
    with connect(address) as client:
        client.sendall(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        answer = b""
        while block := client.recv(1 << 20):
            answer += block
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"a scrape was answered {answer[:60]!r}")
    return time.perf_counter() - begin


def resident(pid):
    """The resident memory of a process in MB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def silent(address):
    """One client that sends a byte and stops."""
    client = connect(address)
    client.sendall(b"G")
    return client


def greedy(address):
    """One client that asks two hundred times and reads nothing."""
    client = connect(address, receive_buffer=4096)
    client.sendall(REQUEST * 200)
    return client


def idle(address):
    """One client that has scraped and keeps its connection."""
    client = connect(address)
    client.sendall(b"HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
    client.recv(4096)
    return client


def measure(name, address, pid, count, make):
    """Lets clients gather, and measures scrapes beside them."""
    clients = [make(address) for _ in range(count)]
    times = sorted(scrape(address) for _ in range(SCRAPES))
    print(f"| {name} | {times[SCRAPES // 2] * 1000:.1f} | {times[-1] * 1000:.1f} | {resident(pid):.0f} |", flush=True)
    for client in clients:
        client.close()
    return times[-1]


def main():
    binaries = pathlib.Path(sys.argv[1]).resolve()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 12000), hard))
    with tempfile.TemporaryDirectory(prefix="magic-connector-hostile.") as folder:
        processes, pid, address = start(pathlib.Path(folder), binaries)
        try:
            print("| beside a scrape | median, ms | longest, ms | resident, MB |\n|---|---:|---:|---:|")
            worst = max([
                measure("nobody", address, pid, 0, silent),
                measure("900 clients that send one byte", address, pid, 900, silent),
                measure("2,000 clients that send one byte", address, pid, 2000, silent),
                measure("50 that pipeline and never read", address, pid, 50, greedy),
                measure("5,000 idle connections", address, pid, 5000, idle),
            ])
        finally:
            for process in processes:
                process.kill()
                process.wait()
    print(f"bar: 100 ms; longest: {worst * 1000:.1f} ms")
    return 0 if worst < 0.1 else 1


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C")
    sys.exit(main())
