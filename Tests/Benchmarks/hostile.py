#!/usr/bin/env python3
"""Measures a scrape while others misuse the endpoint: hostile.py BINARIES

In clear text and over TLS, clients send one byte and stop, leave a handshake half done, pipeline requests and never read,
or stay open and idle. Beside each of them a scraper with a new connection per scrape measures how long a scrape takes, and
the exporter's resident memory is read. It fails where a scrape takes 100 ms or is not answered 200, and where memory grows
by more than 64 MB. Only where there is no room left among 1,000 connections may a scrape wait a second more, until one has
made no progress for so long (`Limits.crowdedTimeout`). BINARIES is the directory of the simulator and the exporter. Loopback only; Python's standard library and
openssl.
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
ROOM = 1000
CROWDED_SECONDS = 1
GROWTH_MEGABYTES = 64


def wait_for(log, pattern):
    """Waits until a program's log has a line, and returns its match."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if match := re.search(pattern, log.read_text(errors="replace")):
            return match
        time.sleep(0.05)
    raise SystemExit(f"{log}: no line matches {pattern}:\n{log.read_text(errors='replace')}")


def start_simulator(work, binaries):
    """Starts the simulator, writes a configuration for it, and returns the process."""
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
    """Starts an exporter, and returns the process and the endpoint's address."""
    log = work / f"{name}.log"
    exporter = subprocess.Popen(
        [binaries / "magic-connector-exporter", "--config.file", work / "config.yml", "--storage.path", work / name,
         "--web.listen-address", "127.0.0.1:0", *options],
        stdout=subprocess.DEVNULL, stderr=log.open("w"))
    wait_for(log, "history import complete")
    host, port = re.search(r'address="?([0-9.]+):(\d+)', log.read_text()).groups()
    return exporter, (host, int(port))


def web_configuration(work):
    """Makes a certificate and a web configuration that names it."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-keyout", work / "web.key", "-out", work / "web.crt"],
        check=True, stderr=subprocess.DEVNULL)
    (work / "web.yml").write_text("tls_server_config: { cert_file: web.crt, key_file: web.key }\n")
    return work / "web.yml"


class Endpoint:
    """An exporter's endpoint, as its clients see it."""

    def __init__(self, pid, address, context=None):
        self.pid, self.address, self.context = pid, address, context

    def connect(self, receive_buffer=None):
        """Opens a connection, with nothing said on it."""
        client = socket.socket()
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(20)
        client.connect(self.address)
        return client

    def open(self, receive_buffer=None):
        """Opens a connection on which HTTP can be spoken."""
        client = self.connect(receive_buffer)
        return self.context.wrap_socket(client) if self.context else client

    def resident(self):
        """The resident memory of its process in MB."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


REQUEST = b"GET /metrics HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"


def scrape(endpoint):
    """Scrapes once on a connection of its own, and returns the seconds it took."""
    begin = time.perf_counter()
    with endpoint.open() as client:
        client.sendall(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        answer = b""
        while block := client.recv(1 << 20):
            answer += block
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"a scrape was answered {answer[:60]!r}")
    return time.perf_counter() - begin


def silent(endpoint):
    """One client that sends a byte and stops, after the handshake where there is one."""
    client = endpoint.open()
    client.sendall(b"G")
    return client


def half_open(endpoint):
    """One client that sends half of what begins a handshake."""
    client = endpoint.connect()
    outgoing = ssl.MemoryBIO()
    try:
        endpoint.context.wrap_bio(ssl.MemoryBIO(), outgoing).do_handshake()
    except ssl.SSLWantReadError:
        hello = outgoing.read()
        client.sendall(hello[:len(hello) // 2])
    return client


def greedy(endpoint):
    """One client that asks two hundred times and reads nothing."""
    client = endpoint.open(receive_buffer=4096)
    client.sendall(REQUEST * 200)
    return client


def idle(endpoint):
    """One client that has scraped and keeps its connection."""
    client = endpoint.open()
    client.sendall(b"HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
    client.recv(4096)
    return client


def measure(name, endpoint, count, make):
    """Lets clients gather, measures scrapes beside them, and returns the longest as a share of its bar and the memory in MB."""
    clients = [make(endpoint) for _ in range(count)]
    times = sorted(scrape(endpoint) for _ in range(SCRAPES))
    memory = endpoint.resident()
    print(f"| {name} | {times[SCRAPES // 2] * 1000:.1f} | {times[-1] * 1000:.1f} | {memory:.0f} |", flush=True)
    for client in clients:
        client.close()
    is_crowded = count > ROOM and make is not idle
    return times[-1] / (LONGEST_SECONDS + (CROWDED_SECONDS if is_crowded else 0)), memory


def measure_all(prefix, endpoint, crowds):
    """Measures beside each crowd, and returns the longest scrape as a share of its bar and the growth of memory in MB."""
    for _ in range(SCRAPES):
        scrape(endpoint)
    before = endpoint.resident()
    results = [measure(prefix + name, endpoint, count, make) for count, name, make in crowds]
    return max(longest for longest, _ in results), max(memory for _, memory in results) - before


def main():
    binaries = pathlib.Path(sys.argv[1]).resolve()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 12000), hard))
    stranger = ssl.create_default_context()
    stranger.check_hostname, stranger.verify_mode = False, ssl.CERT_NONE
    nobody = (0, "nobody", silent)
    crowds = [
        ("", None, [
            nobody,
            (900, "900 that send one byte", silent),
            (2000, "2,000 that send one byte", silent),
            (50, "50 that pipeline and never read", greedy),
            (5000, "5,000 idle connections", idle),
        ]),
        ("TLS: ", stranger, [
            nobody,
            (900, "900 with half a handshake", half_open),
            (900, "900 that send one byte", silent),
            (50, "50 that pipeline and never read", greedy),
            (2000, "2,000 idle connections", idle),
        ]),
    ]
    processes, results = [], []
    with tempfile.TemporaryDirectory(prefix="magic-connector-hostile.") as folder:
        work = pathlib.Path(folder)
        try:
            processes.append(start_simulator(work, binaries))
            print("| beside a scrape | median, ms | longest, ms | resident, MB |\n|---|---:|---:|---:|")
            for prefix, context, beside in crowds:
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
    print(f"\nlongest scrape: {longest * 100:.0f} % of its bar ({LONGEST_SECONDS * 1000:.0f} ms; "
          f"{CROWDED_SECONDS} s more where there is no room)")
    print(f"growth of memory: {growth:.0f} MB (bar: {GROWTH_MEGABYTES} MB)")
    return 0 if longest < 1 and growth <= GROWTH_MEGABYTES else 1


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C")
    sys.exit(main())
