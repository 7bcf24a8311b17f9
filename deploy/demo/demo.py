#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows the path of an event to a notification, with real programs on loopback: simulator, exporter, Prometheus with the
alerts of this repository, Alertmanager, and a receiver. An attestation fails, the alert fires and is notified. The next
attestation succeeds, and the alert resolves.

    demo.py PROGRAMS    directory of the exporter and the simulator; runs until Ctrl-C
    DEMO_ONCE=1         exits when the alert has resolved: 0, or 1 if a step takes more than two minutes
"""
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ACCOUNT = "00000000000000000000000000000001"
ALERT = "MagicConnectorAttestationFailed"
LIMIT = 120
# In seconds; shorter than in production, so that the demo is quick.
POLL, SCRAPE, EVALUATION, GROUP_WAIT, GROUP_INTERVAL = 5, 5, 5, 2, 5

children: dict[str, subprocess.Popen] = {}
notifications: list[tuple[float, dict]] = []


class Receiver(http.server.BaseHTTPRequestHandler):
    """A notification receiver that prints the alerts from Alertmanager."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        now = time.time()
        for alert in body["alerts"]:
            notifications.append((now, alert))
            labels = alert["labels"]
            where = labels.get("connector_id") or labels.get("instance", "")
            print(f"  [receiver] {alert['status']:8} {labels['alertname']}  {where}", flush=True)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        """Suppresses the request log of the base class."""


def port(preferred):
    """Returns the preferred port, or a free one if it is in use."""
    for candidate in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
                return probe.getsockname()[1]
            except OSError:
                continue
    sys.exit("demo: 127.0.0.1 has no free port")


def fetch(url, body=None):
    """Returns the response body, or None if the server does not respond."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=5) as response:
            return response.read().decode()
    except (urllib.error.URLError, OSError):
        return None


def start(folder, name, *command):
    log = (folder / f"{name}.log").open("w")
    try:
        children[name] = subprocess.Popen(
            [str(part) for part in command], cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        sys.exit(f"demo: {command[0]} is missing; run make demo, which builds and installs all programs")
    return folder / f"{name}.log"


def wait(what, look, limit=60, pause=0.05):
    """Waits until look() returns a true value. Returns the value and the time."""
    end = time.time() + limit
    while time.time() < end:
        for name, child in children.items():
            if child.poll() is not None:
                raise RuntimeError(f"{name} exited with status {child.returncode}")
        if found := look():
            return found, time.time()
        time.sleep(pause)
    raise RuntimeError(f"timed out after {limit:.0f} s: {what}")


def stop(*_):
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    for child in children.values():
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()


class Demo:
    def __init__(self, folder, programs):
        life = os.environ.get("DEMO_LIFE_SPEED", "1")
        simulated = start(
            folder, "simulator", f"{programs}/magic-connector-simulator", "--web.listen-address", "127.0.0.1:0",
            "--rate-limit", "0", "--connectors", "12", "--history", "1d", "--history.speed", "1",
            "--life.speed", life, "--unknown-kinds", "0.002",
        )
        found, _ = wait("the simulator", lambda: re.search(r"http://127\.0\.0\.1:\d+", simulated.read_text()))
        self.api = found[0]
        ports = {name: port(usual) for name, usual in (("exporter", 10977), ("prometheus", 9090), ("alertmanager", 9093))}
        self.exporter, self.prometheus, self.alertmanager = (f"http://127.0.0.1:{ports[name]}" for name in ports)
        (folder / "token").write_text("simulator-token\n")
        (folder / "exporter.yml").write_text(
            f"accounts:\n  - account_id: '{ACCOUNT}'\n    api_token_file: token\n"
            f"api: {{ base_url: '{self.api}/client/v4', max_requests: 1000000 }}\n"
            f"polling: {{ interval: {POLL}s, discovery_interval: 30s }}\n"
        )
        start(
            folder, "exporter", f"{programs}/magic-connector-exporter", "--config.file", folder / "exporter.yml",
            "--storage.path", folder / "data", "--web.listen-address", f"127.0.0.1:{ports['exporter']}",
        )
        receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        routes = (ROOT / "deploy/prometheus/alertmanager.yml").read_text()
        routes = routes.replace("receiver: nowhere", "receiver: demo").replace(
            "  - name: nowhere",
            "  - name: demo\n    webhook_configs:\n"
            f"      - url: http://127.0.0.1:{receiver.server_address[1]}/\n        send_resolved: true",
        )
        routes = re.sub(r"group_wait: \S+", f"group_wait: {GROUP_WAIT}s", routes)
        routes = re.sub(r"group_interval: \S+", f"group_interval: {GROUP_INTERVAL}s", routes)
        (folder / "alertmanager.yml").write_text(routes)
        (folder / "prometheus.yml").write_text(
            f"global: {{ scrape_interval: {SCRAPE}s, scrape_timeout: {SCRAPE}s, evaluation_interval: {EVALUATION}s }}\n"
            f"rule_files: ['{ROOT}/deploy/prometheus/alerts.yml', '{ROOT}/deploy/prometheus/rules.yml']\n"
            "scrape_configs:\n  - job_name: magic-connector-exporter\n"
            f"    static_configs: [{{ targets: ['127.0.0.1:{ports['exporter']}'] }}]\n"
            f"alerting: {{ alertmanagers: [{{ static_configs: [{{ targets: ['127.0.0.1:{ports['alertmanager']}'] }}] }}] }}\n"
        )
        start(
            folder, "alertmanager", "prometheus-alertmanager" if shutil.which("prometheus-alertmanager") else "alertmanager",
            f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/alertmanager",
            f"--web.listen-address=127.0.0.1:{ports['alertmanager']}", "--cluster.listen-address=", "--log.level=warn",
        )
        start(
            folder, "prometheus", "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb",
            f"--web.listen-address=127.0.0.1:{ports['prometheus']}", "--log.level=warn",
        )
        wait("the exporter's first round of polls", lambda: fetch(f"{self.exporter}/-/ready"))
        wait("Prometheus", lambda: fetch(f"{self.prometheus}/-/ready"))
        wait("Alertmanager", lambda: fetch(f"{self.alertmanager}/-/ready"))

    def query(self, expression):
        response = fetch(f"{self.prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        return json.loads(response)["data"]["result"] if response else []

    def healthy_connector(self):
        """Returns a connector without problems, so that later problems are those of the demo."""
        selector = 'cloudflare_magic_connector_operation_consecutive_failures{operation="attestation"} == 0'
        found, _ = wait("a healthy connector", lambda: self.query(
            f"{selector} and on (connector_id) cloudflare_magic_connector_agent_running == 1"
            " unless on (connector_id) cloudflare_magic_connector_operation_in_progress == 1"
        ))
        return sorted(sample["metric"]["connector_id"] for sample in found)[0]

    def record(self, connector, kind):
        """Records an event in the simulator. Returns the time."""
        if fetch(f"{self.api}/control/events", {"connector": connector, "kind": kind}) is None:
            raise RuntimeError(f"the simulator rejected the event {kind}")
        return time.time()

    def failures(self, connector):
        """Returns the exporter's number of consecutive attestation failures."""
        text = fetch(f"{self.exporter}/metrics") or ""
        for line in text.splitlines():
            if line.startswith("cloudflare_magic_connector_operation_consecutive_failures{") and connector in line:
                if 'operation="attestation"' in line:
                    return float(line.rsplit(" ", 1)[1])
        return None

    def scraped(self, connector):
        selector = f'{{connector_id="{connector}",operation="attestation"}}'
        found = self.query(f"cloudflare_magic_connector_operation_consecutive_failures{selector}")
        return float(found[0]["value"][1]) if found else None

    def firing(self, connector):
        response = fetch(f"{self.prometheus}/api/v1/alerts")
        alerts = json.loads(response)["data"]["alerts"] if response else []
        return next((a for a in alerts if self.is_ours(a["labels"], connector) and a["state"] == "firing"), None)

    def active(self, connector):
        alerts = json.loads(fetch(f"{self.alertmanager}/api/v2/alerts") or "[]")
        return next((alert for alert in alerts if self.is_ours(alert["labels"], connector)), None)

    def notified(self, connector, status, since):
        return next((n for n in notifications if n[0] > since and n[1]["status"] == status and self.is_ours(n[1]["labels"], connector)), None)

    @staticmethod
    def is_ours(labels, connector):
        return labels.get("alertname") == ALERT and labels.get("connector_id") == connector


def timeline(title, begin, watches):
    """Waits for each step in turn. Prints its total time and the time since the previous step."""
    print(f"\n{title}\n\n     total   step", flush=True)
    print(f"  {0:6.1f} s           {watches[0]}", flush=True)
    before = begin
    for text, look in watches[1:]:
        _, moment = wait(text, look, begin + LIMIT - time.time())
        print(f"  {moment - begin:6.1f} s  {moment - before:5.1f} s  {text}", flush=True)
        before = moment


def show(demo):
    connector = demo.healthy_connector()
    # Alerts from the imported history are notified first.
    time.sleep(EVALUATION + GROUP_WAIT + GROUP_INTERVAL)
    demo.record(connector, "StartAttestation")
    begin = demo.record(connector, "FinishAttestationFailure")
    timeline(f"An attestation of connector {connector} fails:", begin, [
        "the event is in Cloudflare's API (here the simulator)",
        ("poll: the exporter counts it", lambda: (demo.failures(connector) or 0) > 0),
        ("scrape: Prometheus has it", lambda: (demo.scraped(connector) or 0) > 0),
        (f"rule: {ALERT} fires", lambda: demo.firing(connector)),
        ("Alertmanager has the alert", lambda: demo.active(connector)),
        ("receiver: the notification arrives", lambda: demo.notified(connector, "firing", begin)),
    ])
    notified, alert = demo.notified(connector, "firing", begin)
    page = alert["annotations"]["runbook_url"].split("/blob/main/")[1]
    print(f"\n  Alert:     {alert['annotations']['description']}")
    print(f"  Runbook:   {page}{'' if (ROOT / page).is_file() else ' (missing)'}")
    print(f"  See:       {demo.exporter}/ (landing page), {demo.prometheus}/alerts, {demo.alertmanager}/", flush=True)
    if not (ROOT / page).is_file():
        raise RuntimeError(f"{page} is missing")

    demo.record(connector, "StartAttestation")
    again = demo.record(connector, "FinishAttestationSuccess")
    timeline("The next attestation succeeds:", again, [
        "the event is in Cloudflare's API (here the simulator)",
        ("poll: the exporter counts it", lambda: demo.failures(connector) == 0),
        ("scrape: Prometheus has it", lambda: demo.scraped(connector) == 0),
        ("rule: the alert resolves", lambda: demo.firing(connector) is None),
        ("receiver: the notification of the resolution arrives", lambda: demo.notified(connector, "resolved", again)),
    ])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    programs = pathlib.Path(sys.argv[1]).resolve()
    once = os.environ.get("DEMO_ONCE") == "1"
    folder = pathlib.Path(tempfile.mkdtemp(prefix="magic-connector-demo."))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    status = 0
    try:
        print("Starting simulator, exporter, Prometheus, Alertmanager and receiver …", flush=True)
        demo = Demo(folder, programs)
        show(demo)
        if not once:
            print(f"\n  Landing page  {demo.exporter}/\n  Prometheus    {demo.prometheus}/alerts")
            print(f"  Alertmanager  {demo.alertmanager}/\n  Simulator     {demo.api}/\n\n  Ctrl-C stops all programs.\n", flush=True)
            wait("the end", lambda: None, limit=float("inf"), pause=0.5)
    except KeyboardInterrupt:
        pass
    except RuntimeError as error:
        status = 1
        print(f"demo: {error}", file=sys.stderr)
        for log in folder.glob("*.log"):
            print(f"--- {log.name}\n{log.read_text()[-1500:]}", file=sys.stderr)
    finally:
        stop()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(status)


main()
