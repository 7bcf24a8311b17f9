# SPDX-License-Identifier: Apache-2.0
"""A simulator and an exporter on loopback, for checks of the pages and of the API."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACCOUNT = "00000000000000000000000000000001"


class Servers:
    """The processes, which end with the context."""

    def __init__(self, binaries, connectors, history="2d", speed="1"):
        self.binaries = pathlib.Path(binaries)
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="magic-connector-pages."))
        self.children = []
        self.connectors, self.history, self.speed = connectors, history, speed

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for child in self.children:
            child.send_signal(signal.SIGKILL)
            child.wait()
        shutil.rmtree(self.work, ignore_errors=True)

    def spawn(self, name, *arguments):
        log = self.work / f"{name}.log"
        with open(log, "wb") as output:
            self.children.append(subprocess.Popen([self.binaries / name, *arguments], stdout=output, stderr=subprocess.STDOUT))
        return log

    def wait_for(self, log, pattern, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := re.search(pattern, log.read_text(encoding="utf-8")):
                return found
            time.sleep(0.05)
        sys.exit(f"{log.stem} did not log {pattern!r}:\n{log.read_text(encoding='utf-8')[-2000:]}")

    def start(self):
        listen = ("--web.listen-address", "127.0.0.1:0")
        log = self.spawn(
            "magic-connector-simulator", *listen, "--rate-limit", "0", "--connectors", str(self.connectors), "--life.speed", "0",
            "--history", self.history, "--history.speed", self.speed, "--unknown-kinds", "0.002",
        )
        base = self.wait_for(log, r"base URL\s+(\S+)")[1]
        self.control = self.wait_for(log, r"control\s+(\S+)")[1]
        (self.work / "token").write_text("simulator-token\n", encoding="utf-8")
        os.chmod(self.work / "token", 0o600)
        (self.work / "config.yml").write_text(
            f'accounts: [{{ account_id: "{ACCOUNT}", api_token_file: token }}]\n'
            f'api: {{ base_url: "{base}", max_requests: 1000000 }}\n'
            f"polling: {{ interval: 1s, discovery_interval: 5s, initial_lookback: 30d }}\n"
            "snapshots: { enabled: false }\n",
            encoding="utf-8",
        )
        log = self.spawn(
            "magic-connector-exporter", *listen, "--config.file", str(self.work / "config.yml"), "--storage.path", str(self.work / "data"),
        )
        self.address = f"http://127.0.0.1:{self.wait_for(log, r'127[.]0[.]0[.]1:([0-9]+)')[1]}"
        self.wait_for(log, "history_import_complete", 180)

    def inject(self, **event):
        body = json.dumps(event).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.control}/events", body, {"Content-Type": "application/json"})).read()

    def get(self, path, **headers):
        """Returns the status, the fields and the body of a response."""
        request = urllib.request.Request(f"{self.address}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.headers, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def json(self, path):
        return json.loads(self.get(path)[2])

    def wait_until(self, condition, what, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                sys.exit(f"not within {seconds} s: {what}")
            time.sleep(0.1)
