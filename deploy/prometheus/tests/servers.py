# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus and a real Alertmanager with the routes of this repository, and a receiver of notifications."""
import dataclasses
import http.server
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable

import yaml

HERE = pathlib.Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def fetch(url: str) -> object:
    with urllib.request.urlopen(url, timeout=5) as response:
        body = response.read()
    return json.loads(body) if body[:1] in b"{[" else body


def wait(what: str, condition: Callable[[], object], limit: float) -> object:
    """Returns the result of a condition as soon as it is true."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        try:
            if result := condition():
                return result
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"timed out after {limit:.0f} s: {what}")


def scaled(text: str, scale: int) -> str:
    """A duration such as 5m, divided."""
    size = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
    return f"{max(round(int(text[:-1]) * size[text[-1]] / scale), 1)}s"


@dataclasses.dataclass
class Notification:
    time: float
    status: str
    alerts: list[dict]


class Servers:
    """All programs of a test. `scale` divides the delays of the rules and routes."""

    def __init__(self, folder: pathlib.Path, targets: list[int], scale: int, thresholds: dict) -> None:
        self.folder, self.scale = folder, scale
        self.notifications: list[Notification] = []
        self.children: list[subprocess.Popen] = []
        self.receiver = self.receive()
        self.build_rules(thresholds)
        alertmanager, prometheus = free_port(), free_port()
        self.alertmanager, self.prometheus = f"http://127.0.0.1:{alertmanager}", f"http://127.0.0.1:{prometheus}"
        (folder / "alertmanager.yml").write_text(self.routes())
        (folder / "prometheus.yml").write_text(json.dumps({
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(folder / "alerts.yml")],
            "scrape_configs": [{
                "job_name": "magic-connector-exporter",
                "static_configs": [{"targets": [f"127.0.0.1:{port}" for port in targets]}],
            }],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]},
        }))
        name = "prometheus-alertmanager" if shutil.which("prometheus-alertmanager") else "alertmanager"
        self.start(
            name, f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/alertmanager",
            f"--web.listen-address=127.0.0.1:{alertmanager}", "--cluster.listen-address=",
        )
        self.start(
            "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/prometheus",
            f"--web.listen-address=127.0.0.1:{prometheus}",
        )
        wait("Alertmanager", lambda: fetch(f"{self.alertmanager}/-/ready"), 20)
        wait("Prometheus", lambda: fetch(f"{self.prometheus}/-/ready"), 20)

    def start(self, name: str, *arguments: str) -> None:
        with open(self.folder / f"{name}.log", "wb") as log:
            self.children.append(subprocess.Popen([name, *arguments], stdout=log, stderr=log))

    def stop(self) -> None:
        for child in self.children:
            child.terminate()
        for child in self.children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
        self.receiver.shutdown()

    def build_rules(self, thresholds: dict) -> None:
        """Builds the rules with shorter delays."""
        alerts = [rule for group in yaml.safe_load((HERE / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
        values = {
            "thresholds": thresholds,
            "fleet_keep_firing_for": scaled("10m", self.scale),
            "for": {rule["alert"]: scaled(rule["for"], self.scale) for rule in alerts if "for" in rule},
        }
        (self.folder / "values.yml").write_text(json.dumps(values))
        subprocess.run(
            [sys.executable, HERE / "build.py", "--values", self.folder / "values.yml", "--output", self.folder], check=True
        )

    def routes(self) -> str:
        """The routes of the repository with a webhook as the receiver, and shorter delays."""
        text = (HERE / "alertmanager.yml").read_text()
        url = f"http://127.0.0.1:{self.receiver.server_address[1]}/"
        text = text.replace("  - name: nowhere", f"  - name: nowhere\n    webhook_configs: [{{ url: '{url}', max_alerts: 0 }}]")
        return re.sub(r"(group_wait|group_interval): (\S+)", lambda m: f"{m[1]}: {scaled(m[2], self.scale)}", text)

    def receive(self) -> http.server.ThreadingHTTPServer:
        notifications = self.notifications

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                notifications.append(Notification(time.time(), body["status"], body["alerts"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def query(self, expr: str) -> list[dict]:
        answer = fetch(f"{self.prometheus}/api/v1/query?query={urllib.parse.quote(expr)}")
        return answer["data"]["result"]

    def muted(self) -> list[dict]:
        """The alerts that Alertmanager has and does not notify."""
        return [a for a in fetch(f"{self.alertmanager}/api/v2/alerts") if a["status"]["state"] == "suppressed"]

    def notified(self, status: str | None = None, **labels: str) -> list[dict]:
        """The notified alerts with these labels."""
        return [
            alert
            for notification in list(self.notifications)
            for alert in notification.alerts
            if status in (None, alert["status"]) and labels.items() <= alert["labels"].items()
        ]

    def evaluation_time(self) -> float:
        return sum(group["evaluationTime"] for group in fetch(f"{self.prometheus}/api/v1/rules")["data"]["groups"])

    def rule_errors(self) -> list[str]:
        groups = fetch(f"{self.prometheus}/api/v1/rules")["data"]["groups"]
        return [f"{rule['name']}: {rule['lastError']}" for group in groups for rule in group["rules"] if rule.get("lastError")]
