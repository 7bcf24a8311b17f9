# SPDX-License-Identifier: Apache-2.0
"""The inhibition rules of alertmanager.yml, applied to pairs of alerts as Alertmanager applies them."""
import pathlib
import re

import yaml

Alert = dict[str, str]


def matches(matcher: str, alert: Alert) -> bool:
    label, operator, value = re.fullmatch(r'(\w+) (=~|!=|=) "(.*)"', matcher).groups()
    actual = alert.get(label, "")
    if operator == "=~":
        return re.fullmatch(value, actual) is not None
    return (actual == value) == (operator == "=")


def mutes(rules: list[dict], source: Alert, target: Alert) -> bool:
    return any(
        all(matches(m, source) for m in rule["source_matchers"])
        and all(matches(m, target) for m in rule["target_matchers"])
        and all(source.get(label, "") == target.get(label, "") for label in rule["equal"])
        for rule in rules
    )


def alert(name: str, labels: str = "") -> Alert:
    """An alert of exporter i, account a and connector c, with other labels as in "account_id=b". An empty label is absent."""
    whole = {"alertname": f"MagicConnector{name}", "job": "j", "instance": "i", "account_id": "a", "connector_id": "c"}
    whole |= dict(pair.split("=") for pair in labels.split())
    return {label: value for label, value in whole.items() if value}


ACCOUNT = "connector_id="
EXPORTER = "connector_id= account_id="

OF_SNAPSHOTS = (
    "SnapshotsNotSent", "AllTunnelsDown", "TunnelDown", "TunnelDegraded", "TunnelFlapping", "TunnelLosing", "TunnelSlow",
    "TunnelMtuShrunk", "NatDetectionStale", "HaFault", "HaFailover", "InterfaceDown", "InterfaceSlower", "InterfaceErrors",
    "Overheating", "CpuOverloaded", "MemoryLow", "FilesystemFull", "FilesystemTurnedRo", "DhcpEmpty", "Rebooted",
)

# Source, target, and whether the source mutes the target.
PAIRS = [
    (alert("FleetNotPolled", ACCOUNT), alert("PollFailing"), True),
    (alert("FleetNotPolled", ACCOUNT), alert("PollFailing", "account_id=b"), False),
    (alert("FleetNotPolled", ACCOUNT), alert("PollFailing", "instance=i2"), False),
    (alert("FleetNotPolled", ACCOUNT), alert("AttestationFailing"), False),
    (alert("FleetOffline", ACCOUNT), alert("Offline", "instance=i2"), True),
    (alert("FleetOffline", ACCOUNT), alert("AttestationFailing"), False),
    (alert("FleetAttestationFailing", ACCOUNT), alert("AttestationFailing"), True),
    (alert("FleetAttestationFailing", ACCOUNT), alert("Offline"), False),
    (alert("FleetOffline", ACCOUNT), alert("ExporterDown", EXPORTER), False),
    (alert("ExporterDown", EXPORTER), alert("AgentDown"), True),
    (alert("ExporterDown", EXPORTER), alert("AgentDown", "instance=i2"), False),
    (alert("ExporterDown", EXPORTER + " instance="), alert("AgentDown", "instance=i2"), True),
    (alert("ExporterDown", EXPORTER), alert("ExporterDown", EXPORTER), False),
    # One token refused or rate limited, and the polls of another account fail for another reason.
    (alert("Unauthorized", ACCOUNT), alert("PollFailing"), True),
    (alert("Unauthorized", ACCOUNT), alert("PollFailing", "account_id=b"), False),
    (alert("Unauthorized", ACCOUNT), alert("DataNotFresh", "account_id=b"), False),
    (alert("RateLimited", ACCOUNT), alert("PollFailing", "account_id=b"), False),
    (alert("StorageFailing", EXPORTER), alert("PollFailing", "account_id=b"), True),
    (alert("Offline"), alert("AgentDown"), True),
    (alert("Offline"), alert("AgentDown", "connector_id=c2"), False),
    (alert("Offline"), alert("HeartbeatOld"), True),
    (alert("Offline"), alert("PollFailing"), False),
    (alert("AgentDown"), alert("UpgradeStuck"), True),
    (alert("AttestationFailing"), alert("AttestationFailed"), True),
    (alert("NeverAttested"), alert("AttestationStuck"), True),
    (alert("RekeyStuck", "tunnel_id=t1"), alert("RekeyReset", "tunnel_id=t1"), True),
    (alert("RekeyStuck", "tunnel_id=t1"), alert("RekeyReset", "tunnel_id=t2"), False),
    (alert("FleetTunnelsDown", ACCOUNT), alert("TunnelDown", "tunnel_id=t1"), True),
    (alert("FleetTunnelsDown", ACCOUNT), alert("AllTunnelsDown", "account_id=b"), False),
    (alert("FleetTunnelsDown", ACCOUNT), alert("HaFault"), False),
    (alert("Offline"), alert("SnapshotOld"), True),
    (alert("AgentDown"), alert("SnapshotOld"), True),
    (alert("AgentDown"), alert("SnapshotOld", "connector_id=c2"), False),
    *((alert(source), alert(target), True) for source in ("Offline", "AgentDown", "SnapshotOld") for target in OF_SNAPSHOTS),
    (alert("SnapshotOld"), alert("Offline"), False),
    (alert("SnapshotOld"), alert("HaNoneActive", "connector_id= site_id=s"), False),
    (alert("AllTunnelsDown"), alert("TunnelDown", "tunnel_id=t1"), True),
    (alert("AllTunnelsDown"), alert("TunnelSlow", "tunnel_id=t1"), True),
    (alert("AllTunnelsDown"), alert("TunnelDown", "tunnel_id=t1 connector_id=c2"), False),
    (alert("AllTunnelsDown"), alert("InterfaceDown", "device=eth0"), False),
    (alert("TunnelDown", "tunnel_id=t1"), alert("TunnelLosing", "tunnel_id=t1"), True),
    (alert("TunnelDown", "tunnel_id=t1"), alert("TunnelLosing", "tunnel_id=t2"), False),
    (alert("HaNoneActive", "connector_id= instance= site_id=s"), alert("HaFault", "site_id=s"), True),
    (alert("HaNoneActive", "connector_id= instance= site_id=s"), alert("HaFault"), False),
    (alert("HaFlapping"), alert("HaFailover"), True),
    (alert("InterfaceDown", "device=eth0"), alert("InterfaceErrors", "device=eth1"), False),
    (alert("FleetNotPolled", ACCOUNT), alert("SnapshotOld"), True),
    (alert("Unauthorized", ACCOUNT), alert("SnapshotOld"), True),
    (alert("RateLimited", ACCOUNT), alert("SnapshotOld"), True),
    (alert("PollFailing"), alert("SnapshotOld"), True),
]


def problems(file: pathlib.Path, severities: dict[str, str]) -> str:
    """Returns the pairs with another result, pairs that mute each other, and warnings that mute a critical alert."""
    rules = yaml.safe_load(file.read_text())["inhibit_rules"]
    found = [
        f"{source} must{'' if expected else ' not'} mute {target}"
        for source, target, expected in PAIRS
        if mutes(rules, source, target) != expected
    ]
    names = [name.removeprefix("MagicConnector") for name in severities]
    for first in names:
        for second in names:
            if not mutes(rules, alert(first), alert(second)):
                continue
            if mutes(rules, alert(second), alert(first)):
                found.append(f"{first} and {second} mute each other, so neither is notified")
            weaker = severities[f"MagicConnector{first}"] != "critical" and severities[f"MagicConnector{second}"] == "critical"
            # An old heartbeat is the fallback of an offline connector, and an old snapshot says nothing about it.
            if weaker and first not in ("HeartbeatOld", "SnapshotOld"):
                found.append(f"{first} is no critical alert and mutes {second}")
    return "\n".join(found)
