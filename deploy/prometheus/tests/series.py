# SPDX-License-Identifier: Apache-2.0
"""Series of a test, as functions of a schedule: when the subject is in trouble, and when the exporter can be scraped."""
import dataclasses
from collections.abc import Callable

PREFIX = "cloudflare_magic_connector_"
MINUTE = 60


@dataclasses.dataclass(frozen=True)
class Schedule:
    """The minutes of a test."""

    length: int
    # From these minutes until before those: trouble; no scrape. The label `node` changes at a minute.
    trouble: tuple[tuple[int, int], ...] = ()
    down: tuple[tuple[int, int], ...] = ()
    moves: int | None = None
    # From this minute on, the exporter no longer exposes the subject.
    removed: int | None = None
    # Another Prometheus scrapes at another time: its samples show an earlier minute.
    shift: int = 0

    def bad(self, minute: int) -> bool:
        return any(begin <= minute < end for begin, end in self.trouble)

    def exposed(self, minute: int) -> bool:
        return self.scraped(minute) and (self.removed is None or minute < self.removed)

    def scraped(self, minute: int) -> bool:
        return not any(begin <= minute < end for begin, end in self.down)

    def onset(self, minute: int) -> int:
        """The first minute of the current trouble."""
        return next(begin for begin, end in self.trouble if begin <= minute < end)


# The value of a series at a minute; `None` if the series does not exist.
Value = Callable[[Schedule, int], float | None]


def gauge(good: float | None, bad: float | None) -> Value:
    return lambda schedule, minute: bad if schedule.bad(minute) else good


def constant(value: float) -> Value:
    return gauge(value, value)


def now(schedule: Schedule, minute: int) -> float:
    """A time stamp that is always current."""
    return minute * MINUTE


def stops(age: int = 0) -> Value:
    """A time stamp that is current, and stops during trouble. `age` makes it older by so many seconds."""

    def value(schedule: Schedule, minute: int) -> float:
        if not schedule.bad(minute):
            return minute * MINUTE
        return (schedule.onset(minute) - 1) * MINUTE - age

    return value


def happens(schedule: Schedule, minute: int) -> float | None:
    """The time stamp of an event that happens once, when trouble begins."""
    begins = [begin for begin, _ in schedule.trouble if begin <= minute]
    return max(begins) * MINUTE if begins else None


def repeats(schedule: Schedule, minute: int) -> float | None:
    """The time stamp of an event that happens every minute of trouble."""
    last = [m for m in range(minute + 1) if schedule.bad(m)]
    return last[-1] * MINUTE if last else None


def counts(start: float = 10) -> Value:
    """A counter that grows by 1 in each minute of trouble."""
    return lambda schedule, minute: start + sum(schedule.bad(m) for m in range(minute + 1))


def toggles(schedule: Schedule, minute: int) -> float:
    """A state that changes in each minute of trouble."""
    return float(not schedule.bad(minute) or sum(schedule.bad(m) for m in range(minute + 1)) % 2 == 0)


def restarts(schedule: Schedule, minute: int) -> float:
    """The time of the newest start, which happens in each minute of trouble."""
    last = [m for m in range(minute + 1) if schedule.bad(m)]
    return last[-1] * MINUTE if last else 0


def labels(pairs: dict[str, str]) -> str:
    return ",".join(f'{name}="{value}"' for name, value in pairs.items())


def samples(values: list[float | None]) -> str:
    """The notation of promtool. A series that ends gets a stale marker, as after a scrape without it."""
    written, previous = [], None
    for value in values:
        if value is not None:
            written.append(f"{value:g}" if abs(value) < 100_000 else str(int(value)))
        else:
            written.append("_" if previous is None else "stale")
        previous = value
    return " ".join(written)


ACCOUNT = {
    "poll_interval_seconds", "configured_poll_interval_seconds", "discovery_success", "last_successful_discovery_timestamp_seconds",
    "snapshot_poll_interval_seconds", "connectors", "connectors_missing", "exporter_poll_failures_total", "exporter_token_expiry_timestamp_seconds",
}


def identity(family: str, subject: dict[str, str]) -> dict[str, str]:
    """The labels of a series of a subject, by the level of its family."""
    dropped = set()
    if family == "up" or family.startswith("exporter_") and family not in ACCOUNT:
        dropped = {"account_id", "connector_id"}
    elif family in ACCOUNT:
        dropped = {"connector_id"}
    return {name: value for name, value in subject.items() if name not in dropped}


def expand(name: str, subject: dict[str, str], value: Value, schedule: Schedule) -> dict[str, str]:
    """The samples of one series, or of two if a label of the target changes, by the name of the series."""
    family, _, own = name.partition("{")
    own = own.rstrip("}").replace("SITE", f"s-{subject['connector_id']}")
    if "PARTNER" in own:
        own = own.removesuffix("PARTNER").rstrip(",")
        subject = subject | {"connector_id": subject["connector_id"] + "-partner"}
    minutes = range(schedule.length)
    if family == "up":
        values = [float(schedule.scraped(m)) for m in minutes]
    else:
        values = [value(schedule, max(m - schedule.shift, 0)) if schedule.exposed(m) else None for m in minutes]
    metric = family if family == "up" else PREFIX + family
    base = identity(family, subject)
    series = lambda more: f"{metric}{{{labels(base | more)}{',' + own if own else ''}}}"
    if schedule.moves is None:
        return {series({}): samples(values)}
    before = [v if m < schedule.moves else None for m, v in zip(minutes, values)]
    after = [v if m >= schedule.moves else None for m, v in zip(minutes, values)]
    return {series({"node": "n1"}): samples(before), series({"node": "n2"}): samples(after)}
