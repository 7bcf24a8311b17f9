#!/usr/bin/env python3
"""Measures scrapes while other clients misuse the endpoint: hostile.py [OPTIONS] BINARIES

Each row is one group of clients, on all cores and with the exporter on one core, with and without TLS. Beside them, a scraper
opens a new connection per scrape. A row shows the median and the longest time until a scrape returned 200, repetitions included,
the greatest age of the newest poll, the resident memory of the exporter, and the number of its log lines. The benchmark fails if
a scrape waits too long, polling falls behind, or memory grows too much (see the constants below). BINARIES is the directory of
the simulator and the exporter. Uses loopback only, Python's standard library, openssl, taskset and prlimit.
"""

import argparse
import base64
import collections
import gzip
import math
import multiprocessing
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

import hostile_clients as clients

ACCOUNT = "00000000000000000000000000000001"
INTERVAL_SECONDS = 10
LONGEST_SECONDS = 1
# At the limit of connections, a scrape waits until a stalled connection may be evicted (`Limits.stallTimeout`). If clients
# connect faster than one core can accept, the kernel may drop a SYN, which is sent again after one second, and after two more.
CROWDED_SECONDS = 3.5
CROWDED = re.compile("not read|2,000 clients|connections without end")
OLDEST_POLL_SECONDS = 15
GROWTH_MEGABYTES = 64
# The user and the hash of deploy/web-config.example.yml.
PASSWORD = b"prometheus:example"
USERS = 'basic_auth_users: { prometheus: "$2b$10$nJIrGzxO8tK5NKQ57zJStOvjaTaDeFAvzwvh2aWhD.4Eji56lRkFS" }\n'
TLS = "tls_server_config: { cert_file: web.crt, key_file: web.key, client_auth_type: RequestClientCert }\n"
POLL = re.compile(rb"^cloudflare_magic_connector_last_successful_poll_timestamp_seconds\{.*\} (\S+)$", re.M)

# An exporter, with its web configuration and its limit of descriptors, and the clients beside which it is measured.
Group = collections.namedtuple("Group", "name web descriptors rows")
BOTH = [
    ("no other client", None),
    ("900 clients that send one byte", clients.hold(900, clients.silent)),
    ("2,000 clients that send one byte", clients.hold(2000, clients.silent)),
    ("50 that pipeline scrapes and never read", clients.hold(50, clients.greedy)),
    ("2,000 idle connections", clients.hold(2000, clients.idle)),
    *((f"16 requests for {path.decode()} at once, {'read' if reads else 'not read'}", clients.pipelining(path, reads))
      for path in clients.ROUTES for reads in (True, False)),
    ("1,000 unfinished request bodies", clients.hold(1000, clients.body)),
    ("SIGHUP without end", clients.hangups),
    ("POST /-/reload without end", clients.reloads),
]
ENCRYPTED = [
    ("900 clients with half a handshake", clients.hold(900, clients.half_hello)),
    ("200 handshakes byte by byte", clients.slow_handshakes),
    ("handshakes without end", clients.handshakes),
    ("handshakes with 40 KB of certificates", clients.certificates),
    ("100,000 key updates at once", clients.records("key_updates")),
    ("31 key updates between requests", clients.records_between_requests),
    ("100,000 requests for renegotiation", clients.records("renegotiations", ssl.TLSVersion.TLSv1_2)),
    ("100,000 empty records", clients.records("empty")),
]
GROUPS = [
    Group("", "", None, BOTH),
    Group("256 descriptors: ", "", 256, [("connections without end", clients.churn)]),
    Group("passwords: ", USERS, None, [("wrong ones without end", clients.passwords)]),
    Group("TLS: ", TLS, None, BOTH + ENCRYPTED),
    Group("TLS, passwords: ", TLS + USERS, None, [("wrong ones without end", clients.passwords)]),
]


class Target:
    """An exporter's process and endpoint, and connections to it."""

    def __init__(self, process, log, address, context, authorization, chain):
        self.process, self.log, self.address = process, log, address
        self.context, self.authorization, self.chain = context, authorization, chain

    @property
    def pid(self):
        return self.process.pid

    def connect(self, receive_buffer=None):
        """Opens a TCP connection without a TLS handshake."""
        client = socket.socket()
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(20)
        # Without it, the kernel delays the request after a handshake by 40 ms.
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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

    def log_lines(self):
        return self.log.read_bytes().count(b"\n")

    def get(self, path):
        """Returns the status and the body of a response on a new connection; status 0 without a response."""
        fields = b"Accept-Encoding: gzip\r\nConnection: close\r\n" + self.authorization
        try:
            with self.open() as client:
                client.sendall(clients.request(path, fields=fields))
                response = b""
                while block := client.recv(1 << 20):
                    response += block
        except OSError:
            return 0, b""
        head, _, body = response.partition(b"\r\n\r\n")
        return int(head[9:12] or 0), body


def until(action, what, seconds=120):
    """Repeats an action until it returns a true value, and returns that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := action():
            return value
        time.sleep(0.05)
    raise SystemExit(f"{what}: no success within {seconds} s")


def start_simulator(work, options):
    """Starts the simulator and writes a configuration for it. Returns the process."""
    log = work / "simulator.log"
    simulator = subprocess.Popen(
        [options.binaries / "magic-connector-simulator", "--web.listen-address", "127.0.0.1:0", "--rate-limit", "0",
         "--connectors", str(options.connectors), "--events-per-connector", "100", "--life.speed", "0"],
        stdout=log.open("w"), stderr=subprocess.STDOUT)
    base = until(lambda: re.search(r"base URL +(\S+)(?s:.*)^control", log.read_text(), re.M), log)[1]
    (work / "token").write_text("simulator-token\n")
    (work / "config.yml").write_text(
        f'accounts: [{{ account_id: "{ACCOUNT}", api_token_file: token }}]\n'
        f'api: {{ base_url: "{base}", max_requests: 1000000 }}\n'
        f"polling: {{ interval: {INTERVAL_SECONDS}s }}\n")
    return simulator


def start_exporter(work, options, group, cores):
    """Starts an exporter and waits until it is ready. Returns its target."""
    log = work / "exporter.log"
    program = [options.binaries / "magic-connector-exporter"]
    flags = ["--config.file", work / "config.yml", "--storage.path", work / "data", "--web.listen-address", "127.0.0.1:0"]
    if "--web.enable-lifecycle" in subprocess.run(program + ["--help"], capture_output=True, text=True, check=True).stdout:
        flags.append("--web.enable-lifecycle")
    if group.web:
        (work / "web.yml").write_text(group.web)
        flags += ["--web.config.file", work / "web.yml"]
    wrapper = ["taskset", "-c", ",".join(map(str, cores))]
    if group.descriptors:
        wrapper += ["prlimit", f"--nofile={group.descriptors}:{group.descriptors}"]
    process = subprocess.Popen(wrapper + program + flags, stdout=subprocess.DEVNULL, stderr=log.open("w"))
    host, port = until(lambda: re.search(r'address="?([0-9.]+):(\d+)', log.read_text()), log).groups()
    context = None
    if "tls_server_config" in group.web:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    authorization = b""
    if "basic_auth_users" in group.web:
        authorization = b"Authorization: Basic " + base64.b64encode(PASSWORD) + b"\r\n"
    chain = work / "client.crt", work / "client.key"
    target = Target(process, log, (host, int(port)), context, authorization, chain)
    until(lambda: target.get(b"/-/ready")[0] == 200, "/-/ready", 600)
    until(lambda: poll_age(scrape(target)[1]) < INTERVAL_SECONDS, "the first poll")
    return target


def create_certificates(work):
    """Creates a server certificate, and a client's chain of 100 certificates."""
    for name in ("web", "client"):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-keyout", work / f"{name}.key", "-out", work / f"{name}.crt"],
            check=True, stderr=subprocess.DEVNULL)
    (work / "client.crt").write_text((work / "client.crt").read_text() * 100)


def scrape(target):
    """Scrapes until the response is 200. Returns the duration in seconds, and the body."""
    begin = time.perf_counter()
    while True:
        status, body = target.get(b"/metrics")
        duration = time.perf_counter() - begin
        if status == 200:
            return duration, body
        if duration > 60 or target.process.poll() is not None:
            raise SystemExit(f"no scrape within {duration:.0f} s; the newest status is {status}")


def poll_age(body):
    """Returns the age of the newest poll in seconds; infinity before the first one."""
    return time.time() - max(map(float, POLL.findall(gzip.decompress(body))), default=-math.inf)


def measure(name, target, attack, seconds):
    """Measures scrapes beside an attack. Returns the longest, the greatest age of the newest poll, and the memory in MB."""
    lines = target.log_lines()
    process = multiprocessing.get_context("fork").Process(target=attack, args=(target,), daemon=True) if attack else None
    if process:
        process.start()
    times, ages, memory = [], [], 0
    end, next_age = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        duration, body = scrape(target)
        times.append(duration)
        if time.monotonic() >= next_age:
            ages.append(poll_age(body))
            memory = max(memory, target.resident())
            next_age = time.monotonic() + 1
        time.sleep(0.005)
    if process:
        process.kill()
        process.join()
    # What an attack leaves behind, such as a queue of requests, belongs to its row.
    until(lambda: ages.append(poll_age(scrape(target)[1])) or ages[-1] < INTERVAL_SECONDS / 2, "a new poll")
    times.sort()
    print(f"| {name} | {times[len(times) // 2] * 1000:.1f} | {times[-1] * 1000:.1f} | {max(ages):.1f} | {memory:.0f} "
          f"| {target.log_lines() - lines} |", flush=True)
    return times[-1], max(ages), memory


def measure_group(group, cores, work, options):
    """Measures all rows of a group with one exporter. Returns the violated limits."""
    rows = [row for row in group.rows if re.search(options.only, group.name + row[0])]
    if not rows:
        return []
    target = start_exporter(work, options, group, cores)
    failures = []
    try:
        for _ in range(20):
            scrape(target)
        before = target.resident()
        for name, attack in rows:
            name = f"{group.name}{name}, {len(cores)} core{'s' if len(cores) > 1 else ''}"
            longest, age, memory = measure(name, target, attack, options.seconds)
            wait = CROWDED_SECONDS if CROWDED.search(name) else LONGEST_SECONDS
            for value, limit, unit in ((longest, wait, "s for a scrape"),
                                       (age, OLDEST_POLL_SECONDS, "s since the newest poll"),
                                       (memory - before, GROWTH_MEGABYTES, "MB more memory")):
                if value > limit:
                    failures.append(f"{name}: {value:.1f} {unit}; the limit is {limit}")
            # Stalled connections may be evicted after a second.
            time.sleep(1.5)
            scrape(target)
    finally:
        target.process.kill()
        target.process.wait()
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binaries", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--connectors", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=5, help="duration of a row")
    parser.add_argument("--only", default="", help="a regular expression for the names of rows")
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 12000), hard))
    every = sorted(os.sched_getaffinity(0))
    failures = []
    with tempfile.TemporaryDirectory(prefix="magic-connector-hostile.") as folder:
        work = pathlib.Path(folder)
        create_certificates(work)
        simulator = start_simulator(work, options)
        try:
            print("| beside a scrape | median, ms | longest, ms | newest poll, s | resident, MB | log lines |\n"
                  "|---|---:|---:|---:|---:|---:|")
            for cores in (every[:2], every[:1]):
                for group in GROUPS:
                    failures += measure_group(group, cores, work, options)
        finally:
            simulator.kill()
            simulator.wait()
    print("\n" + ("\n".join(failures) or "all limits held"))
    return 1 if failures else 0


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C")
    sys.exit(main())
