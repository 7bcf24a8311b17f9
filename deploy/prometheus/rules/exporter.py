# SPDX-License-Identifier: Apache-2.0
"""The exporter's own state and its tokens."""
from .builder import PREFIX, Rules, duration, indent

FAILURES = f"{PREFIX}exporter_poll_failures_total"
TOKEN = "unauthorized|forbidden|token"


def increase(r: Rules, name: str, family: str, period: str, matchers: str = "", by: str = "") -> str:
    """By how much a counter of the exporter grew, or its last growth while the exporter cannot be scraped."""
    labels = f"{r.target}, {by}" if by else r.target
    series = PREFIX + family + (f"{{{matchers}}}" if matchers else "")
    return r.latch("instance", name, f"sum by ({labels}) (increase({series}[{period}]))")


def token(r: Rules) -> list[dict]:
    by_reason = f"{r.account}, reason"
    refused = r.latch(
        "account_reason", "exporter_token_failures_20m", f'sum by ({by_reason}) (increase({FAILURES}{{reason=~"{TOKEN}"}}[20m]))'
    )
    others = r.latch("account", "exporter_other_failures_20m", f'sum by ({r.account}) (increase({FAILURES}{{reason!~"{TOKEN}"}}[20m]))')
    ever = r.latch("account_reason", "exporter_token_failures", f'max by ({by_reason}) ({FAILURES}{{reason=~"{TOKEN}"}})')
    unlisted = f"{r.account_state('discovery_success')} == 0"
    limited = r.latch(
        "account", "exporter_rate_limited_15m", f'sum by ({r.account}) (increase({FAILURES}{{reason="rate_limited"}}[15m]))'
    )
    expiry, days = r.account_state("exporter_token_expiry_timestamp_seconds"), r.limits["token_expiry"]
    return [
        r.alert(
            "MagicConnectorUnauthorized",
            r.lines(
                f"{refused} > 0",
                # A refusal of one connector is no invalid token.
                f"and on ({r.account})",
                f"  (count by ({r.account}) ({r.state('poll_success')} == 0) > 1 or {unlisted})",
                "or",
                # A failure before the first scrape is no increase.
                f"  {ever} > 0",
                indent(r.both(unlisted, r.account)),
                indent(r.unless(f"{others} > 0", r.account)),
            ),
            "critical",
            "Cloudflare rejects the API token of an account, or the token file is unusable.",
            "Requests for account {{ $labels.account_id }} fail with reason {{ $labels.reason }}. The token needs the permission Magic WAN Read for the account. Its file must contain only the token.",
            wait="5m",
        ),
        r.alert(
            "MagicConnectorRateLimited",
            f"{limited} > 0",
            "warning",
            "Cloudflare rate limits the token of an account.",
            "Account {{ $labels.account_id }} is rate limited, or was in the last 15 minutes. Another client uses the limit of the same token owner, or api.max_requests is too high.",
        ),
        r.alert(
            "MagicConnectorTokenExpiring",
            f"{expiry} - time() < {days}",
            "warning",
            f"The API token of an account expires in less than {duration(days)}.",
            "The token of account {{ $labels.account_id }} expires in {{ $value | humanizeDuration }}. Without a new token, the exporter then cannot poll the account.",
        ),
    ]


def process(r: Rules) -> list[dict]:
    writes = increase(r, "exporter_storage_write_failures_10m", "exporter_storage_write_failures_total", "10m")
    log_writes = increase(r, "exporter_events_log_write_failures_10m", "exporter_events_log_write_failures_total", "10m")
    discarded = r.latch(
        "instance_reason", "exporter_discarded_events_1h", f"sum by ({r.target}, reason) (increase({PREFIX}exporter_discarded_events_total[1h]))"
    )
    unknown = increase(r, "exporter_unknown_kind_events_1h", "exporter_unknown_kind_events_total", "1h")
    reload = r.latch(
        "instance", "exporter_config_last_reload_successful", f"max by ({r.target}) ({PREFIX}exporter_config_last_reload_successful)"
    )
    return [
        r.alert(
            "MagicConnectorExporterDown",
            f"max by ({r.target}) ({r.up}) == 0\n  or absent({r.up})",
            "critical",
            "The exporter cannot be scraped.",
            "{{ with $labels.instance }}{{ . }} does not respond{{ else }}Prometheus has no target of this job{{ end }}. Alerts on connectors keep their state, and new ones cannot fire until it can be scraped again.",
            wait="5m",
        ),
        r.alert(
            "MagicConnectorStorageFailing",
            f"{writes} > 0",
            "critical",
            "The exporter cannot write its ledger.",
            "{{ $labels.instance }} has failed to write its ledger for 15 minutes. Polls fail until it can be written again; no event is lost. Check the free space and the permissions of --storage.path.",
            wait="15m",
        ),
        r.alert(
            "MagicConnectorEventsLogFailing",
            f"{log_writes} > 0",
            "warning",
            "The exporter cannot write its events log.",
            "{{ $labels.instance }} has failed to write its events log for 15 minutes. Metrics are not affected, and the lines follow when it can be written again. The log of the exporter names the reason.",
            wait="15m",
        ),
        r.alert(
            "MagicConnectorEventsDiscarded",
            f"{discarded} > 0",
            "warning",
            "Items in the API's event lists could not be counted.",
            "{{ $labels.instance }} discarded items with reason {{ $labels.reason }}. They are not counted. The format of the API may have changed, or the items arrived too late.",
        ),
        r.alert(
            "MagicConnectorReloadFailed",
            f"{reload} == 0",
            "warning",
            "The configuration could not be reloaded.",
            "The last reload of the configuration of {{ $labels.instance }} failed, so the old configuration stays in force. The log names the file, line and key.",
            wait="5m",
        ),
        r.alert(
            "MagicConnectorUnknownKind",
            f"{unknown} > 0",
            "info",
            "Connectors record events of an undocumented kind.",
            "{{ $labels.instance }} counts events of an undocumented kind. They are included in events_total. A newer version of the exporter may support this kind.",
        ),
    ]


def alerts(r: Rules) -> list[dict]:
    return token(r) + process(r)
