"""Clients that misuse an endpoint, each as a function that runs until its process is killed."""

import base64
import os
import signal
import socket
import ssl
import time

from tls_records import APPLICATION_DATA, RecordClient

METRICS = b"GET /metrics HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"
ROUTES = (b"/", b"/metrics", b"/-/healthy", b"/nowhere")
RECORDS = 100_000
# The limit of consecutive records without application data is 32.
RECORDS_BETWEEN_REQUESTS = 31


def request(path, method=b"GET", fields=b""):
    return method + b" " + path + b" HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n"


def forever(act):
    """Repeats an action, and ignores that the endpoint closes the connection."""
    while True:
        try:
            act()
        except (OSError, ValueError):
            time.sleep(0.001)


def hold(count, make):
    """Keeps a number of clients connected, and replaces those that the endpoint closes."""
    def attack(target):
        clients = []
        while True:
            while len(clients) < count:
                try:
                    clients.append(make(target))
                except OSError:
                    break
            time.sleep(0.05)
            clients = [client for client in clients if is_open(client)]
    return attack


def is_open(client):
    try:
        raw = socket.socket(fileno=os.dup(client.fileno()))
        with raw:
            return raw.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def silent(target):
    """Sends one byte and stops, after the TLS handshake if there is one."""
    client = target.open()
    client.sendall(b"G")
    return client


def greedy(target):
    """Sends two hundred requests and reads nothing."""
    client = target.open(receive_buffer=4096)
    client.sendall(METRICS * 200)
    return client


def idle(target):
    """Sends a request and keeps the connection open."""
    client = target.open()
    client.sendall(request(b"/-/healthy", b"HEAD"))
    client.recv(4096)
    return client


def body(target):
    """Sends most of a request body, and stops."""
    client = target.open()
    client.sendall(request(b"/-/reload", b"POST", b"Content-Length: 65536\r\n") + b"x" * 65_000)
    return client


def client_hello(target):
    outgoing = ssl.MemoryBIO()
    try:
        target.context.wrap_bio(ssl.MemoryBIO(), outgoing).do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()


def half_hello(target):
    """Sends half of a TLS client hello, and stops."""
    client, hello = target.connect(), client_hello(target)
    client.sendall(hello[:len(hello) // 2])
    return client


def slow_handshakes(target):
    """Two hundred clients send a client hello byte by byte."""
    hello, clients = client_hello(target), []

    def act():
        clients.extend((target.connect(), iter(hello)) for _ in range(200 - len(clients)))
        for client, rest in list(clients):
            try:
                client.sendall(bytes([next(rest)]))
            except (OSError, StopIteration):
                clients.remove((client, rest))
        time.sleep(0.02)
    forever(act)


def records(kind, version=ssl.TLSVersion.TLSv1_3):
    """Sends records of one kind without application data, as many as the endpoint reads."""
    def attack(target):
        def act():
            client = RecordClient(target.address, version)
            client.socket.sendall(getattr(client, kind)(RECORDS))
        forever(act)
    return attack


def records_between_requests(target):
    """Sends requests with as many key updates between them as the endpoint accepts."""
    head = request(b"/-/healthy", b"HEAD")

    def act():
        client = RecordClient(target.address)
        for _ in range(1000):
            client.socket.sendall(
                b"".join(client.answered_key_updates(RECORDS_BETWEEN_REQUESTS) + client.seal(APPLICATION_DATA, head)
                         for _ in range(8)))
            client.socket.recv(1 << 16)
    forever(act)


def handshakes(target):
    """Repeats complete handshakes."""
    def act():
        with target.open() as client:
            client.sendall(request(b"/-/healthy", b"HEAD"))
            client.recv(4096)
    forever(act)


def certificates(target):
    """Repeats handshakes with a long chain of client certificates."""
    target.context.load_cert_chain(*target.chain)
    handshakes(target)


def pipelining(path, reads):
    """Sends sixteen requests at once for a path, and reads the responses or leaves."""
    def attack(target):
        def act():
            with target.open() as client:
                client.sendall(request(path) * 15 + request(path, fields=b"Connection: close\r\n"))
                while reads and client.recv(1 << 20):
                    pass
        forever(act)
    return attack


def churn(target):
    """Opens connections until none is possible, and then closes the oldest for each new one."""
    clients = []

    def act():
        if len(clients) >= 1500:
            clients.pop(0).close()
        client = target.connect()
        clients.append(client)
        client.sendall(b"G")
    forever(act)


def wrong_password():
    credentials = base64.b64encode(b"prometheus:" + os.urandom(6).hex().encode())
    return request(b"/metrics", fields=b"Authorization: Basic " + credentials + b"\r\n")


def passwords(target):
    """Sends sixteen wrong passwords at once, on eight connections."""
    def act():
        clients = [target.open() for _ in range(8)]
        for client in clients:
            client.sendall(b"".join(wrong_password() for _ in range(16)))
        for client in clients:
            client.recv(1 << 16)
            client.close()
    forever(act)


def hangups(target):
    """Sends SIGHUP without end."""
    while True:
        os.kill(target.pid, signal.SIGHUP)
        time.sleep(0.001)


def reloads(target):
    """Sends POST /-/reload without end."""
    def act():
        with target.open() as client:
            while client.sendall(request(b"/-/reload", b"POST", target.authorization)) or client.recv(4096):
                pass
    forever(act)
