#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the alerts from values.yml.

    build.py                                    writes alerts.yml beside this file
    build.py --check                            exits 1 if it is out of date
    build.py --values FILE --output DIRECTORY   builds it with other values
"""
import argparse
import pathlib
import re
import sys
import textwrap

import yaml

HERE = pathlib.Path(__file__).resolve().parent
PREFIX = "cloudflare_magic_connector_"
HEADER = "# Built by deploy/prometheus/build.py from values.yml. Do not edit.\n"


class Rules:
    """The rules for one set of values."""

    def __init__(self, values: dict) -> None:
        self.values = values
        self.limits = values["thresholds"]
        self.target = ", ".join(values["target_labels"])
        self.account = f"{self.target}, account_id"
        self.connector = f"{self.account}, connector_id"

    # PromQL

    def latest(self, family: str, matchers: str = "", by: str = "") -> str:
        """The current value, or the last one while the exporter cannot be scraped.

        So an alert neither resolves because the exporter is down, nor outlives the first scrape without its series. The
        aggregation keeps its identity when a label of the target changes.
        """
        series = PREFIX + family + (f"{{{matchers}}}" if matchers else "")
        labels = f"{self.connector}, {by}" if by else self.connector
        return (
            f"max by ({labels}) (\n  {series}\n  or last_over_time({series}[{self.values['remember']}])"
            f" unless on ({self.target}) up == 1\n)"
        )

    def now(self, family: str, matchers: str = "", level: str = "connector") -> str:
        """The current value, one series for each subject."""
        series = PREFIX + family + (f"{{{matchers}}}" if matchers else "")
        return f"max by ({getattr(self, level)}) ({series})"

    def active(self, condition: str) -> str:
        """The condition, except for deactivated connectors."""
        return f"{condition}\n{self.unless(self.latest('activated') + ' == 0')}"

    def unless(self, condition: str) -> str:
        return f"unless on ({self.connector})\n{indent(condition)}"

    def both(self, condition: str, level: str = "connector") -> str:
        return f"and on ({getattr(self, level)})\n{indent(condition)}"

    def lines(self, *parts: str) -> str:
        return "\n".join(parts)

    # Annotations

    NAME = (
        'Connector {{ $labels.connector_id }}{{ with printf "cloudflare_magic_connector_info{account_id=%q,connector_id=%q}"'
        " $labels.account_id $labels.connector_id | query }}{{ with first . }} (serial {{ .Labels.serial_number }},"
        " site {{ or .Labels.site_name .Labels.site_id }}){{ end }}{{ end }} of account {{ $labels.account_id }}"
    )

    def alert(self, name: str, expr: str, severity: str, summary: str, description: str, wait: str = "") -> dict:
        wait = self.values["for"].get(name, wait)
        annotations = {
            "summary": summary,
            "description": description.replace("NAME", self.NAME),
            "runbook_url": f"{self.values['runbook_url']}{name}.md",
        }
        if self.values["dashboard_url"]:
            annotations["dashboard_url"] = self.dashboard("NAME" in description)
        rule = {"alert": name, "expr": expr, "labels": {"severity": self.values["severity"].get(name, severity)}}
        if wait:
            rule["for"] = wait
        return rule | {"annotations": annotations}

    def dashboard(self, is_of_connector: bool) -> str:
        url = self.values["dashboard_url"].rstrip("/")
        if not is_of_connector:
            return f"{url}/d/magic-connector-fleet"
        return (
            f"{url}/d/magic-connector-one?var-account_id={{{{ $labels.account_id }}}}"
            "&var-connector_id={{ $labels.connector_id }}"
        )


def word(number: int) -> str:
    return {2: "two", 3: "three", 4: "four", 5: "five"}.get(number, str(number))


def indent(text: str, width: int = 2) -> str:
    return textwrap.indent(text, " " * width)


def operations(r: Rules) -> list[dict]:
    """Failed and stuck operations."""
    n = r.limits["attestation_failures"]
    failures = lambda operation: r.latest("consecutive_failures", f'operation="{operation}"', "operation")
    stuck = lambda operation: r.latest("operation_stuck", f'operation="{operation}"', "operation")
    newest = lambda kind: r.latest("last_event_timestamp_seconds", f'kind="{kind}"')
    attested, reset = 'kind=~"(Start|Finish)Attestation.*"', 'phase="reset"'
    alerts = [
        r.alert(
            "MagicConnectorAttestationFailed",
            r.active(f"{failures('attestation')} > 0"),
            "warning",
            "A connector failed its attestation.",
            "NAME failed its attestation {{ $value }} time(s) in a row and has not succeeded since.",
        ),
        r.alert(
            "MagicConnectorAttestationFailing",
            r.active(f"{failures('attestation')} >= {n}"),
            "critical",
            f"A connector failed {word(n)} or more attestations in a row.",
            "NAME failed its attestation {{ $value }} times in a row.",
        ),
        r.alert(
            "MagicConnectorNeverAttested",
            r.active(
                r.lines(
                    f"time() - {newest('Init')} > {r.limits['never_attested']}",
                    r.unless(f"{newest('FinishAttestationSuccess')}\n  >= {indent(newest('Init')).lstrip()}"),
                    r.unless(f"{r.latest('agent_running')} == 0"),
                    r.unless(f"{r.latest('poll_success')} == 0"),
                    # Several failures in a row have an alert of their own.
                    r.unless(f"{failures('attestation')} >= {n}"),
                    # Virtual appliances never attest.
                    r.both(f"{r.latest('events_total', attested)} > 0"),
                )
            ),
            "critical",
            "A connector has had no successful attestation since its agent started.",
            "NAME started its agent {{ $value | humanizeDuration }} ago and has had no successful attestation since.",
        ),
        r.alert(
            "MagicConnectorAttestationStuck",
            r.active(f"{stuck('attestation')} == 1"),
            "warning",
            "A connector's attestation is stuck in progress.",
            "NAME has had its attestation in progress for longer than stuck_after.attestation.",
        ),
        r.alert(
            "MagicConnectorRekeyStuck",
            r.active(f"{r.latest('rekey_stuck', by='tunnel_id')} == 1"),
            "critical",
            "The rekey of a connector's tunnel is stuck.",
            "NAME: tunnel {{ $labels.tunnel_id }} has been in phase started, advanced or reset for longer than stuck_after.rekey.",
        ),
        r.alert(
            "MagicConnectorRekeyReset",
            r.active(
                r.lines(
                    "(",
                    indent(f"{r.latest('rekey_phase', reset, 'tunnel_id')} == 1"),
                    f"  or max by ({r.connector}, tunnel_id) (increase({PREFIX}rekey_resets_total[15m])) > 0",
                    ")",
                )
            ),
            "warning",
            "A tunnel of a connector dropped all its keys.",
            "NAME: tunnel {{ $labels.tunnel_id }} dropped all keys after it received an unexpected one. It has no keys, or received new ones in the last 15 minutes.",
        ),
    ]
    for name, operation, words in (
        ("CryptKeyRotation", "crypt_key_rotation", "crypt key rotation"),
        ("PkiRotation", "pki_rotation", "PKI rotation"),
        ("Upgrade", "upgrade", "upgrade"),
    ):
        alerts += [
            r.alert(
                f"MagicConnector{name}Failed",
                r.active(f"{failures(operation)} > 0"),
                "warning",
                f"A connector failed its {words}.",
                f"NAME failed its {words} {{{{ $value }}}} time(s) in a row and has not succeeded since.",
            ),
            r.alert(
                f"MagicConnector{name}Stuck",
                r.active(f"{stuck(operation)} == 1"),
                "warning",
                f"A connector's {words} is stuck in progress.",
                f"NAME has had its {words} in progress for longer than stuck_after.{operation}.",
            ),
        ]
    return alerts


def reachability(r: Rules) -> list[dict]:
    """The agent, heartbeats and high availability."""
    listed = f"max_over_time({r.now('discovery_success', level='account')}[15m:]) == 1"
    heartbeat = lambda limit: r.active(
        r.lines(
            f"time() - {r.latest('last_heartbeat_timestamp_seconds')} > {limit}",
            # Old heartbeats of a list that is itself old say nothing.
            r.both(listed, "account"),
        )
    )
    restarts, ha_error = f"{PREFIX}agent_unclean_restarts_total", 'kind="HaError"'
    return [
        r.alert(
            "MagicConnectorHeartbeatOld",
            heartbeat(r.limits["heartbeat_old"]),
            "warning",
            "Cloudflare has received no heartbeat from a connector for half an hour.",
            "NAME sent its last heartbeat {{ $value | humanizeDuration }} ago.",
            wait="5m",
        ),
        r.alert(
            "MagicConnectorAgentDown",
            r.active(f"{r.latest('agent_running')} == 0"),
            "critical",
            "The agent of a connector stopped and did not start again.",
            "NAME recorded a stop of its agent and no start since.",
            wait="10m",
        ),
        r.alert(
            "MagicConnectorCrashLoop",
            # `increase` extrapolates, so two restarts after a gap would count as three.
            r.active(
                f"max by ({r.connector}) ({restarts}) - min by ({r.connector}) (min_over_time({restarts}[1h]))"
                f" >= {r.limits['unclean_restarts']}"
            ),
            "warning",
            "The agent of a connector restarts repeatedly without a recorded stop.",
            'NAME started its agent {{ printf "%.0f" $value }} times in one hour without a recorded stop. Possible causes are crashes and power cuts.',
        ),
        r.alert(
            "MagicConnectorHaError",
            r.active(
                r.lines(
                    "(",
                    f"  max by ({r.connector}) (increase({PREFIX}events_total{{{ha_error}}}[15m])) > 0",
                    f"  or time() - {indent(r.latest('last_event_timestamp_seconds', ha_error)).lstrip()} < 900",
                    ")",
                )
            ),
            "warning",
            "A connector recorded a high-availability error.",
            "NAME recorded an HaError event in the last 15 minutes.",
        ),
    ]


def exporter(r: Rules) -> list[dict]:
    """The exporter's own state."""
    up = f'up{{job="{r.values["job"]}"}}'
    failures = f"{PREFIX}exporter_poll_failures_total"
    token = 'reason=~"unauthorized|forbidden|token"'
    age = f"time() - {r.now('last_successful_poll_timestamp_seconds')}"
    # While the exporter cannot be scraped, the age at the last scrape: ExporterDown says the rest.
    last_age = (
        f"max by ({r.connector}) (\n"
        f"  (time() - {PREFIX}last_successful_poll_timestamp_seconds)\n"
        f"  or last_over_time((time() - {PREFIX}last_successful_poll_timestamp_seconds)[1h:])"
        f" unless on ({r.target}) up == 1\n)"
    )
    interval = r.latest("poll_interval_seconds").replace(r.connector, r.account)
    within = lambda count: f"<= on ({r.account}) group_left () {count} * {r.now('poll_interval_seconds', level='account')}"
    last = lambda name: f"max by ({r.target}) (last_over_time({PREFIX}{name}[10m]))"
    return [
        r.alert(
            "MagicConnectorExporterDown",
            f"{up} == 0\n  or absent({up})",
            "critical",
            "The exporter cannot be scraped.",
            "{{ with $labels.instance }}{{ . }} does not respond{{ else }}Prometheus has no target of this job{{ end }}. Alerts on connectors keep their state, and new ones cannot fire until it can be scraped again.",
            wait="5m",
        ),
        r.alert(
            "MagicConnectorPollFailing",
            r.lines(
                f"{r.latest('poll_success')} == 0",
                # With a long interval, the result of one poll lasts longer than this alert waits.
                r.unless(f"{age} {within(2)}"),
            ),
            "warning",
            "Polls of a connector fail.",
            "NAME could not be polled for 15 minutes. Its series keep their last values. The log and exporter_poll_failures_total show the reason.",
            wait="15m",
        ),
        r.alert(
            "MagicConnectorDiscoveryFailing",
            f"max by ({r.account}) (last_over_time({PREFIX}discovery_success[10m])) == 0",
            "warning",
            "The connectors of an account cannot be listed.",
            "The connectors of account {{ $labels.account_id }} could not be listed for 15 minutes. New connectors are not discovered. The log shows the reason.",
            wait="15m",
        ),
        r.alert(
            "MagicConnectorUnauthorized",
            r.lines(
                f"sum by ({r.target}, reason) (increase({failures}{{{token}}}[20m])) > 0",
                f"and on ({r.target})",
                "  (",
                indent(f"count by ({r.target}) (\n{indent(r.latest('poll_success'))} == 0\n) > 1", 4),
                f"    or min by ({r.target}) (last_over_time({PREFIX}discovery_success[10m])) == 0",
                "  )",
                "or",
                # A failure before the first scrape is no increase.
                f"  max by ({r.target}, reason) ({failures}{{{token}}}) > 0",
                f"    and on ({r.target}) {PREFIX}discovery_success == 0",
                f"    unless on ({r.target}) increase({failures}{{{token.replace('=~', '!~')}}}[20m]) > 0",
            ),
            "critical",
            "Cloudflare rejects the API token, or the token file is unusable.",
            "Requests of {{ $labels.instance }} fail with reason {{ $labels.reason }}. The token needs the permission Magic WAN Read for the account. Its file must contain only the token.",
            wait="5m",
        ),
        r.alert(
            "MagicConnectorRateLimited",
            f"max by ({r.target}, reason) (increase({failures}{{reason=\"rate_limited\"}}[15m])) > 0",
            "warning",
            "Cloudflare rate limits the exporter.",
            "{{ $labels.instance }} is rate limited, or was in the last 15 minutes. Another client uses the limit of the same token owner, or api.max_requests is too high.",
        ),
        r.alert(
            "MagicConnectorDataNotFresh",
            f"{last_age}\n  > on ({r.account}) group_left () {r.limits['poll_intervals']} * {indent(interval).lstrip()}",
            "warning",
            f"A connector has had no complete poll for {word(r.limits['poll_intervals'])} poll intervals.",
            "NAME was last polled completely {{ $value | humanizeDuration }} ago.",
            wait="5m",
        ),
        r.alert(
            "MagicConnectorStorageFailing",
            f"max by ({r.target}) (increase({PREFIX}exporter_storage_write_failures_total[10m])) > 0",
            "critical",
            "The exporter cannot write its ledger.",
            "{{ $labels.instance }} has failed to write its ledger for 15 minutes. Polls fail until it can be written again; no event is lost. Check the free space and the permissions of --storage.path.",
            wait="15m",
        ),
        r.alert(
            "MagicConnectorEventsDiscarded",
            f"max by ({r.target}, reason) (increase({PREFIX}exporter_discarded_events_total[1h])) > 0",
            "warning",
            "Items in the API's event lists could not be counted.",
            "{{ $labels.instance }} discarded items with reason {{ $labels.reason }}. They are not counted. The format of the API may have changed, or the items arrived too late.",
        ),
        r.alert(
            "MagicConnectorReloadFailed",
            f"{last('exporter_config_last_reload_successful')} == 0",
            "warning",
            "The configuration could not be reloaded.",
            "The last reload of the configuration of {{ $labels.instance }} failed, so the old configuration stays in force. The log names the file, line and key.",
            wait="5m",
        ),
        r.alert(
            "MagicConnectorUnknownKind",
            f"max by ({r.target}) (increase({PREFIX}exporter_unknown_kind_events_total[1h])) > 0",
            "info",
            "Connectors record events of an undocumented kind.",
            "{{ $labels.instance }} counts events of an undocumented kind. They are included in events_total. A newer version of the exporter may support this kind.",
        ),
    ]


class Dumper(yaml.SafeDumper):
    """Writes expressions of several lines as blocks."""


Dumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)
)


def alerts_file(values: dict) -> str:
    rules = Rules(values)
    groups = []
    for name, alerts in (
        ("connectors", operations(rules) + reachability(rules)),
        ("exporter", exporter(rules)),
    ):
        groups.append(
            {
                "name": f"magic-connector.{name}",
                "rules": [rule | {"expr": rule["expr"] + ("\n" if "\n" in rule["expr"] else "")} for rule in alerts if rule["alert"] not in values["disabled"]],
            }
        )
    text = yaml.dump({"groups": groups}, Dumper=Dumper, sort_keys=False, width=10_000, allow_unicode=True)
    return HEADER + text


def merged(own: dict, default: dict, path: str = "") -> dict:
    """The default values with a user's own, all of whose keys must exist."""
    for key, value in own.items():
        if path not in ("severity.", "for.") and key not in default:
            sys.exit(f"values: {path}{key} does not exist; use one of {', '.join(default)}")
        if isinstance(default.get(key), dict):
            merged(value, default[key], f"{path}{key}.")
        else:
            default[key] = value
    return default


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--values", type=pathlib.Path)
    parser.add_argument("--output", type=pathlib.Path, default=HERE)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    values = yaml.safe_load((HERE / "values.yml").read_text())
    if arguments.values:
        values = merged(yaml.safe_load(arguments.values.read_text()) or {}, values)
    fresh = alerts_file(values)
    file = arguments.output / "alerts.yml"
    if arguments.check:
        if file.read_text() != fresh:
            sys.exit(f"{file.name} is out of date; run deploy/prometheus/build.py")
    else:
        file.write_text(fresh)


if __name__ == "__main__":
    main()
