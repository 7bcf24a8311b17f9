# SPDX-License-Identifier: Apache-2.0
"""The life of a synthetic connector: its events, and the times at which it is offline."""
import dataclasses
import random

HOUR, DAY = 3600, 86400
OPERATIONS = {
    "attestation": ("StartAttestation", "FinishAttestation"), "crypt_key_rotation": ("StartRotateCryptKey", "FinishRotateCryptKey"),
    "pki_rotation": ("StartRotatePki", "FinishRotatePki"), "upgrade": ("StartUpgrade", "FinishUpgrade"),
}
STARTS = {start: operation for operation, (start, _) in OPERATIONS.items()}
FINISHES = {finish + outcome: (operation, outcome.lower()) for operation, (_, finish) in OPERATIONS.items() for outcome in ("Success", "Failure")}
PHASES = {"RekeyInstallBoth": "installed", "RekeyStart": "started", "RekeyAdvance": "advanced", "RekeyComplete": "completed", "RekeyReset": "reset"}
# What is wrong at the end, by the index of the connector. Other connectors had problems earlier.
ENDINGS = {
    3: "offline site", 4: "offline site", 9: "offline", 21: "attestation failing", 38: "attestation failed", 52: "rekey stuck", 67: "pki stuck",
    81: "agent stopped", 95: "upgrade failed", 110: "poll failing", 124: "deactivated", 139: "clock ahead", 150: "slow", 176: "reset", 199: "attestation failing",
}


@dataclasses.dataclass
class Connector:
    index: int
    connector_id: str
    serial: str
    site_id: str
    site_name: str
    place: tuple
    role: str
    ha: bool
    tunnels: list
    versions: list
    ending: str
    offline: list = dataclasses.field(default_factory=list)
    events: list = dataclasses.field(default_factory=list)

    def is_offline(self, time):
        return any(begin <= time < end for begin, end in self.offline)


class Life:
    """Adds events between two times to a connector, from a random generator of its own."""

    def __init__(self, connector, begin, end, seed):
        self.connector, self.begin, self.end = connector, begin, end
        self.random = random.Random(f"{seed}/{connector.index}")
        self.outages()
        for kind, every in (("attestation", 4 * HOUR), ("crypt_key_rotation", DAY * 0.9), ("pki_rotation", 5 * DAY)):
            self.operations(kind, every)
        self.upgrades()
        self.rekeys()
        self.starts()
        time = begin + self.random.random() * 900
        while time < end:
            self.add(time, "Reconcile")
            time += self.random.uniform(700, 1100)
        connector.events = sorted(event for event in connector.events if event[0] < end and not self.is_dark(event[0]))

    def add(self, time, kind, tunnel=None):
        self.connector.events.append((time, kind, tunnel))

    def is_dark(self, time):
        return self.connector.is_offline(time)

    def outages(self):
        box, end = self.connector, self.end
        if box.ending == "offline site":
            box.offline.append((end - 47 * 60 - box.index, end + HOUR))
        elif box.ending == "offline":
            box.offline.append((end - 5.2 * HOUR, end + HOUR))
        elif box.index % 13 == 5:
            # One cut of the power grid over several sites.
            start = end - 9.5 * HOUR + self.random.uniform(0, 120)
            box.offline.append((start, start + self.random.uniform(900, 2400)))
        elif self.random.random() < 0.04:
            start = self.random.uniform(self.begin, end - HOUR)
            box.offline.append((start, start + self.random.uniform(420, 5400)))

    def operations(self, name, every):
        start, finish = OPERATIONS[name]
        box, time = self.connector, self.begin + self.random.random() * every
        failing = name == "attestation" and box.ending == "attestation failing"
        fails_at = self.end - self.random.uniform(2, 6) * HOUR if failing else None
        streak = self.random.uniform(self.begin, self.end - 3 * HOUR) if name == "attestation" and self.random.random() < 0.03 else None
        while time < self.end - 120:
            took = self.random.lognormvariate(1.6, 0.7) * (1 if name == "attestation" else 4)
            failed = self.random.random() < 0.004 or (fails_at and time > fails_at) or (streak and streak < time < streak + 1.5 * HOUR)
            self.add(time, start)
            self.add(time + took, finish + ("Failure" if failed else "Success"))
            time += 1800 if failed else every * self.random.uniform(0.8, 1.2)
        if name == "attestation" and box.ending == "attestation failed":
            self.add(self.end - 1500, start)
            self.add(self.end - 1490, finish + "Failure")
        if name == "pki_rotation" and box.ending == "pki stuck":
            self.add(self.end - 3.4 * HOUR, start)

    def upgrades(self):
        box = self.connector
        for time, version in box.versions[1:]:
            failed = box.ending == "upgrade failed"
            box.events.append((time, "StartUpgrade", None))
            took = self.random.lognormvariate(5.9, 0.3)
            if not failed:
                self.add(time + took - 90, "Leave")
                self.add(time + took - 20, "Init")
            self.add(time + took, "FinishUpgrade" + ("Failure" if failed else "Success"))
            if not failed:
                self.add(time + took + 60, "BlessSlotSuccess")

    def rekeys(self):
        box = self.connector
        for number, tunnel in enumerate(box.tunnels):
            time = self.begin + self.random.random() * HOUR
            self.add(time - 60, "RekeyInstallBoth", tunnel)
            stuck = box.ending == "rekey stuck" and number == 0
            while time < self.end - (4000 if stuck else 30):
                self.add(time, "RekeyStart", tunnel)
                self.add(time + self.random.uniform(0.5, 3), "RekeyAdvance", tunnel)
                self.add(time + self.random.lognormvariate(1.3, 0.5) + 3, "RekeyComplete", tunnel)
                time += self.random.uniform(2800, 4400)
            if stuck:
                self.add(self.end - 2700, "RekeyStart", tunnel)
            if box.ending == "reset" and number == 0:
                self.add(self.end - 1900, "RekeyReset", tunnel)

    def starts(self):
        box = self.connector
        self.add(self.begin + self.random.uniform(0, HOUR), "Init")
        for _, back in box.offline:
            self.add(back + 40, "Init")
            if box.ha:
                self.add(back + 50, "HaTransition")
        if self.random.random() < 0.03:
            time = self.random.uniform(self.begin, self.end - HOUR)
            self.add(time, "Leave")
            self.add(time + self.random.uniform(30, 400), "Init")
        if box.ending == "agent stopped":
            self.add(self.end - 2.2 * HOUR, "Leave")
        if box.ha and self.random.random() < 0.15:
            self.add(self.random.uniform(self.begin, self.end), "HaTransition")
        if box.ending == "slow":
            self.add(self.end - 7 * HOUR, "HaError")


def fleet(count, begin, end, seed):
    """Returns connectors with their events. Two of three sites have a pair of them."""
    from .places import CITIES

    rng = random.Random(seed)
    cities = CITIES[:]
    rng.shuffle(cities)
    found, site = [], 0
    token = lambda: f"{rng.getrandbits(128):032x}"  # noqa: E731
    while len(found) < count:
        city, latitude, longitude = cities[site % len(cities)]
        name = f"{city} {site // len(cities) + 1}" if site >= len(cities) else city
        place = (round(latitude + rng.uniform(-0.35, 0.35), 3), round(longitude + rng.uniform(-0.5, 0.5), 3))
        site_id, pair = token(), site % 3 != 2
        wave = end - rng.choice([4, 4.5, 5, 20, 20.5, 21]) * HOUR - rng.random() * 900
        for role in ("primary", "secondary") if pair else ("primary",):
            index = len(found)
            old = [(end - 99 * DAY, "2026.2.0"), (end - rng.choice([8, 8, 9, 9, 9, 10, 11]) * DAY + rng.uniform(0, HOUR), "2026.2.1")]
            ending = ENDINGS.get(index % 300, "") if count > 150 else list(ENDINGS.values())[index] if index < len(ENDINGS) else ""
            upgraded = rng.random() < 0.45 or ending == "upgrade failed"
            versions = old + ([(wave + (1800 if role == "secondary" else 0), "2026.3.0")] if upgraded else [])
            found.append(Connector(
                index, token(), "MWC" + f"{rng.getrandbits(32):08X}", site_id, name, place, role, pair, [token() for _ in range(2)], versions, ending,
            ))
            Life(found[-1], begin, end, seed)
            if len(found) == count:
                break
        site += 1
    return found
