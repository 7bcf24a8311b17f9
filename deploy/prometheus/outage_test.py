#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests the notifications of an outage with a real Prometheus and Alertmanager. Takes 80 seconds.

One minute of operation takes two seconds. All of this happens at once:

- Cloudflare's API fails for an account of 300 connectors: at most 3 notifications.
- Beside it, in another account, one connector fails its attestation three times, one is switched off, and one is switched off
  whose high-availability partner is alive: a page, a page within six minutes, and a warning.
- In the same account, all tunnels of one connector go down: one page. In a third account, those of 100 connectors do: one
  notification.
- Another exporter is down for 25 minutes: no notification that an alert has resolved, until its first scrape shows it.
"""
import datetime
import pathlib
import re
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from tests.fake_exporter import Account, Connector, FakeExporter
from tests.servers import Servers, free_port, wait

SCALE = 30
MINUTE = 60 / SCALE
THRESHOLDS = {"offline": 300 // SCALE, "heartbeat_old": 1800 // SCALE}


def account(count: int) -> Account:
    return Account({f"c{number}": Connector(f"s{number}") for number in range(count)}, interval=MINUTE)


def seconds(text: str) -> float:
    """The time of a notification."""
    date, fraction = re.match(r"(.{19})(\.\d+)?", text).groups()
    return datetime.datetime.fromisoformat(f"{date}+00:00").timestamp() + float(fraction or 0)


def check(is_so: bool, claim: str) -> None:
    print(f"{'ok' if is_so else 'FAILED':6}  {claim}", flush=True)
    if not is_so:
        raise AssertionError(claim)


def main() -> None:
    big, small, other, sites = account(300), account(12), account(5), account(100)
    for connector in (small.connectors["c5"], *sites.connectors.values()):
        connector.is_down = False
    small.connectors["c3"] = Connector("s3", is_high_availability=True)
    small.connectors["c4"] = Connector("s3", is_high_availability=True, is_primary=False)
    ports = [free_port(), free_port()]
    exporters = [FakeExporter(ports[0], {"big": big, "small": small, "sites": sites}), FakeExporter(ports[1], {"other": other})]
    for exporter in exporters:
        exporter.start()
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(pathlib.Path(folder), ports, SCALE, THRESHOLDS)
        try:
            run(servers, exporters, big, small, other, sites)
        except BaseException:
            for notification in servers.notifications:
                names = sorted({(a["status"], *(a["labels"].get(n, "") for n in ("alertname", "severity", "account_id", "connector_id"))) for a in notification.alerts})
                print(f"{notification.time:.1f}  {notification.status}  {names[:5]}{' …' if len(names) > 5 else ''}", file=sys.stderr)
            raise
        finally:
            servers.stop()


def run(
    servers: Servers, exporters: list[FakeExporter], big: Account, small: Account, other: Account, sites: Account
) -> None:
    wait("the first scrapes", lambda: len(servers.query("up == 1")) == 2, 20)
    failing = {"alertname": "MagicConnectorAttestationFailing"}
    other.connectors["c1"].failures = other.connectors["c2"].failures = 3
    wait("a page of each connector", lambda: len({a["labels"]["connector_id"] for a in servers.notified("firing", **failing)}) == 2, 20)

    begin = time.time()
    exporters[1].stop()
    big.stop_polls(begin)
    small.connectors["c1"].failures = 3
    for connector in (small.connectors["c5"], *sites.connectors.values()):
        connector.is_down = True
    small.connectors["c2"].heartbeat = small.connectors["c3"].heartbeat = begin

    wait("the page of the single failure", lambda: servers.notified("firing", account_id="small", connector_id="c1", **failing), 20)
    check(True, "the single failure beside the outage pages")
    offline = {"alertname": "MagicConnectorOffline", "account_id": "small"}
    (page, *_) = wait("the page", lambda: servers.notified("firing", connector_id="c2", severity="critical", **offline), 30)
    minutes = (seconds(page["startsAt"]) - begin) / MINUTE
    # One scrape and one evaluation take half a minute of this test each, and the machine may be busy.
    check(5 <= minutes <= 7, f"a box that is switched off pages when its heartbeat is {minutes:.1f} minutes old (5 to 6)")
    wait("the warning", lambda: servers.notified("firing", connector_id="c3", severity="warning", **offline), 20)
    check(not servers.notified(connector_id="c3", severity="critical"), "its partner is alive: a warning, and no page")

    # PollFailing waits for 15 minutes.
    time.sleep(max(0.0, begin + 20 * MINUTE - time.time()))
    muted = {a["labels"]["connector_id"] for a in servers.muted() if a["labels"].get("account_id") == "big" and "connector_id" in a["labels"]}
    check(len(muted) == 300, f"{len(muted)} connectors have alerts that are muted")
    # Polls recover one after the other.
    names = list(big.connectors)
    big.resume_polls(names[:280])
    time.sleep(max(0.0, begin + 22 * MINUTE - time.time()))
    big.resume_polls(names)

    tunnels = sorted({a["labels"]["alertname"] for a in servers.notified(account_id="small", connector_id="c5")})
    check(tunnels == ["MagicConnectorAllTunnelsDown"], f"two tunnels of one connector are one page ({', '.join(tunnels)})")
    tunnels = sorted({a["labels"]["alertname"] for a in servers.notified(account_id="sites")})
    check(tunnels == ["MagicConnectorFleetTunnelsDown"], f"200 tunnels are one page ({', '.join(tunnels)})")

    # The outage of the other exporter ends after 25 minutes. Meanwhile, one of its connectors has recovered.
    other.connectors["c1"].failures = 0
    time.sleep(max(0.0, begin + 25 * MINUTE - time.time()))
    check(bool(servers.notified("firing", alertname="MagicConnectorExporterDown")), "the exporter that is down pages")
    resolved = [a for a in servers.notified("resolved", account_id="other")]
    check(not resolved, "no alert of its connectors is reported as resolved")
    exporters[1].start()
    wait("the first scrape", lambda: len(servers.query("up == 1")) == 2, 10)
    time.sleep(2)
    firing = servers.query('ALERTS{alertname="MagicConnectorAttestationFailing",account_id="other",alertstate="firing"}')
    check([a["metric"]["connector_id"] for a in firing] == ["c2"], "the first scrape ends the alert of the connector that recovered")
    wait("the end", lambda: servers.notified("resolved", account_id="other", connector_id="c1", **failing), 30)
    check(not servers.notified("resolved", account_id="other", connector_id="c2"), "and no other")

    wait("the end of the outage", lambda: servers.notified("resolved", alertname="MagicConnectorFleetNotPolled"), 40)
    of_big = [n for n in servers.notifications if any(a["labels"].get("account_id") == "big" for a in n.alerts)]
    names = sorted({a["labels"]["alertname"] for n in of_big for a in n.alerts})
    check(len(of_big) <= 3, f"the outage over 300 connectors: {len(of_big)} notifications ({', '.join(names)})")
    print(f"{servers.evaluation_time():.3f} s for one evaluation of all rules")
    errors = servers.rule_errors()
    check(not errors, f"no rule fails {errors or ''}")


if __name__ == "__main__":
    start = time.monotonic()
    main()
    print(f"{time.monotonic() - start:.0f} s")
