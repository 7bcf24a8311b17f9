#!/usr/bin/env python3
"""Measures scrapes while other clients misuse the endpoint: hostile.py BINARIES

The clients send one byte and stop, stop within a handshake, pipeline requests and never read, or stay idle, with and without
TLS. Beside each group, a scraper with a new connection per scrape measures the duration of a scrape and the exporter's
resident memory. The benchmark fails if a scrape takes 100 ms or does not return 200, or if memory grows by more than 64 MB. At
the limit of 1,000 connections, a scrape may take one second more, because a stalled connection must time out first
(`Limits.stallTimeout`). BINARIES is the directory of the simulator and the exporter. Uses loopback only, Python's standard
library and openssl.
"""

import os
import pathlib
import re
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import time

ACCOUNT = "00000000000000000000000000000001"
SCRAPES = 100
CONNECTORS = 100
LONGEST_SECONDS = 0.1
CONNECTION_LIMIT = 1000
STALL_SECONDS = 1
GROWTH_MEGABYTES = 64


def wait_for(log, pattern):
    """Waits until a program's log matches a pattern. Returns the match."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if match := re.search(pattern, log.read_text(errors="replace")):
            return match
        time.sleep(0.05)
    raise SystemExit(f"{log}: no line matches {pattern}:\n{log.read_text(errors='replace')}")


def start_simulator(work, binaries):
    """Starts the simulator and writes a configuration for it. Returns the process."""
    log = work / "simulator.log"
    simulator = subprocess.Popen(
        [binaries / "magic-connector-simulator", "--web.listen-address", "127.0.0.1:0", "--rate-limit", "0",
         "--connectors", str(CONNECTORS), "--events-per-connector", "500", "--life.speed", "0"],
        stdout=log.open("w"), stderr=subprocess.STDOUT)
    base = wait_for(log, r"base URL +(\S+)")[1]
    wait_for(log, "(?m)^control")
    (work / "token").write_text("simulator-token\n")
    (work / "config.yml").write_text(
        f'accounts: [{{ account_id: "{ACCOUNT}", api_token_file: token }}]\n'
        f'api: {{ base_url: "{base}", max_requests: 1000000 }}\n')
    return simulator


def start_exporter(work, binaries, name, options):
    """Starts an exporter. Returns the process and the endpoint's address."""
    log = work / f"{name}.log"
    exporter = subprocess.Popen(
        [binaries / "magic-connector-exporter", "--config.file", work / "config.yml", "--storage.path", work / name,
         "--web.listen-address", "127.0.0.1:0", *options],
        stdout=subprocess.DEVNULL, stderr=log.open("w"))
    wait_for(log, "history_import_complete")
    host, port = re.search(r'address="?([0-9.]+):(\d+)', log.read_text()).groups()
    return exporter, (host, int(port))


def web_configuration(work):
    """Creates a certificate and a web configuration that uses it. Returns the path of the configuration."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-keyout", work / "web.key", "-out", work / "web.crt"],
        check=True, stderr=subprocess.DEVNULL)
    (work / "web.yml").write_text("tls_server_config: { cert_file: web.crt, key_file: web.key }\n")
    return work / "web.yml"


class Endpoint:
    """Client connections to an exporter's endpoint."""

    def __init__(self, pid, address, context=None):
        self.pid, self.address, self.context = pid, address, context

    def connect(self, receive_buffer=None):
        """Opens a TCP connection without a TLS handshake."""
        client = socket.socket()
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(20)
        client.connect(self.address)
        return client

    def open(self, receive_buffer=None):
        """Opens a connection, with a TLS handshake if required."""
        client = self.connect(receive_buffer)
        return self.context.wrap_socket(client) if self.context else client

    def resident(self):
        """Returns the resident memory of the process in MB."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


REQUEST = b"GET /metrics HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"


def scrape(endpoint):
    """Scrapes once on a new connection. Returns the duration in seconds."""
    begin = time.perf_counter()
    with endpoint.open() as client:
        client.sendall(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        response = b""
        while block := client.recv(1 << 20):
            response += block
    if not response.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"a scrape returned {response[:60]!r}")
    return time.perf_counter() - begin


def silent(endpoint):
    """Returns a client that sends one byte and stops, after the TLS handshake if there is one."""
    client = endpoint.open()
    client.sendall(b"G")
    return client


def half_open(endpoint):
    """Returns a client that sends half of a TLS client hello."""
    client = endpoint.connect()
    outgoing = ssl.MemoryBIO()
    try:
        endpoint.context.wrap_bio(ssl.MemoryBIO(), outgoing).do_handshake()
    except ssl.SSLWantReadError:
        hello = outgoing.read()
        client.sendall(hello[:len(hello) // 2])
    return client


def greedy(endpoint):
    """Returns a client that sends two hundred requests and reads nothing."""
    client = endpoint.open(receive_buffer=4096)
    client.sendall(REQUEST * 200)
    return client


def idle(endpoint):
    """Returns a client that has sent a request and keeps its connection open."""
    client = endpoint.open()
    client.sendall(b"HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
    client.recv(4096)
    return client


def measure(name, endpoint, count, make):
    """Connects clients and measures scrapes beside them. Returns the longest as a share of its limit, and the memory in MB."""
    clients = [make(endpoint) for _ in range(count)]
    times = sorted(scrape(endpoint) for _ in range(SCRAPES))
    memory = endpoint.resident()
    print(f"| {name} | {times[SCRAPES // 2] * 1000:.1f} | {times[-1] * 1000:.1f} | {memory:.0f} |", flush=True)
    for client in clients:
        client.close()
    is_full = count > CONNECTION_LIMIT and make is not idle
    return times[-1] / (LONGEST_SECONDS + (STALL_SECONDS if is_full else 0)), memory


def measure_all(prefix, endpoint, groups):
    """Measures beside each group. Returns the longest scrape as a share of its limit, and the memory growth in MB."""
    for _ in range(SCRAPES):
        scrape(endpoint)
    before = endpoint.resident()
    results = [measure(prefix + name, endpoint, count, make) for count, name, make in groups]
    return max(longest for longest, _ in results), max(memory for _, memory in results) - before


def main():
    binaries = pathlib.Path(sys.argv[1]).resolve()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 12000), hard))
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    baseline = (0, "no other client", silent)
    groups = [
        ("", None, [
            baseline,
            (900, "900 clients that send one byte", silent),
            (2000, "2,000 clients that send one byte", silent),
            (50, "50 clients that pipeline and never read", greedy),
            (5000, "5,000 idle connections", idle),
        ]),
        ("TLS: ", unverified, [
            baseline,
            (900, "900 clients with half a handshake", half_open),
            (900, "900 clients that send one byte", silent),
            (50, "50 clients that pipeline and never read", greedy),
            (2000, "2,000 idle connections", idle),
        ]),
    ]
    processes, results = [], []
    with tempfile.TemporaryDirectory(prefix="magic-connector-hostile.") as folder:
        work = pathlib.Path(folder)
        try:
            processes.append(start_simulator(work, binaries))
            print("| beside a scrape | median, ms | longest, ms | resident, MB |\n|---|---:|---:|---:|")
            for prefix, context, beside in groups:
                options = ["--web.config.file", web_configuration(work)] if context else []
                name = "encrypted" if context else "clear"
                exporter, address = start_exporter(work, binaries, name, options)
                processes.append(exporter)
                results.append(measure_all(prefix, Endpoint(exporter.pid, address, context), beside))
                exporter.kill()
        finally:
            for process in processes:
                process.kill()
                process.wait()
    longest, growth = max(result[0] for result in results), max(result[1] for result in results)
    print(f"\nlongest scrape: {longest * 100:.0f} % of its limit ({LONGEST_SECONDS * 1000:.0f} ms; "
          f"{STALL_SECONDS} s more at the connection limit)")
    print(f"memory growth: {growth:.0f} MB (limit: {GROWTH_MEGABYTES} MB)")
    return 0 if longest < 1 and growth <= GROWTH_MEGABYTES else 1


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C")
    sys.exit(main())
