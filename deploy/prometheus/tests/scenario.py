# SPDX-License-Identifier: Apache-2.0
"""A scenario of an alert, and names of series that several scenarios use."""
import dataclasses

from .series import Value

TUNNEL = {"tunnel_id": "t1"}


@dataclasses.dataclass(frozen=True)
class Scenario:
    """The series of one subject of an alert.

    `delay` is the number of minutes after which the alert fires, with one scrape and one evaluation per minute, and
    `clear` the number after which it has resolved.
    """

    series: dict[str, Value]
    silent: dict[str, Value]
    delay: int = 0
    clear: int = 0
    # Labels of the alert beside those of its level, and the level: connector, account, instance or site.
    labels: dict[str, str] = dataclasses.field(default_factory=dict)
    level: str = "connector"
    # The fleet alert that fires if all connectors are in this trouble.
    fleet: str | None = None
    # The number of connectors that a fleet alert needs.
    connectors: int = 1
    severity: str | None = None


def event(kind: str) -> str:
    return f'last_event_timestamp_seconds{{kind="{kind}"}}'
