# SPDX-License-Identifier: Apache-2.0
"""Optional recording rules for frequent or expensive queries. Alerts and dashboards do not use them."""
from .builder import PREFIX, Rules


def rules(r: Rules) -> list[tuple[str, dict]]:
    """Returns comments and rules."""
    failed, all_finishes = (
        f"sum by ({r.account}, operation) (\n    max by ({r.connector}, operation) ({PREFIX}operation_finishes{{{matchers}window=\"1d\"}})\n  )"
        for matchers in ('outcome="failure",', '')
    )
    failed = failed.replace(f"max by ({r.connector}, operation)", f"max by ({r.connector}, operation, outcome)")
    all_finishes = all_finishes.replace(f"max by ({r.connector}, operation)", f"max by ({r.connector}, operation, outcome)")
    requests = f"{PREFIX}exporter_api_request"
    return [
        (
            "1 while a connector has a failed operation, a stuck operation or rekey, or a stopped agent.",
            record(
                f"instance_account_id_connector_id:{PREFIX}trouble:max",
                f"max by ({r.connector}) (\n"
                "    # Failed and stuck operations have the same labels, so `or` needs one that tells them apart.\n"
                f'    label_replace({PREFIX}operation_consecutive_failures > bool 0, "problem", "failed", "", "")\n'
                f'  or label_replace({PREFIX}operation_stuck, "problem", "stuck", "", "")\n'
                f"  or {PREFIX}rekey_stuck\n"
                f"  or 1 - {PREFIX}agent_running\n"
                ")",
            ),
        ),
        (
            "Number of connectors of an account with such a problem.",
            record(
                f"instance_account_id:{PREFIX}trouble:sum",
                f"sum by ({r.account}) (instance_account_id_connector_id:{PREFIX}trouble:max)",
            ),
        ),
        (
            f"Age of the oldest data of an account, in poll intervals. The alert fires above {r.limits['poll_intervals']}.",
            record(
                f"instance_account_id:{PREFIX}poll_age_intervals:max",
                f"max by ({r.account}) (time() - {PREFIX}last_successful_poll_timestamp_seconds)\n"
                f"  / on ({r.account}) max by ({r.account}) ({PREFIX}poll_interval_seconds)",
            ),
        ),
        (
            "Events per second of an account, by kind.",
            record(
                f"instance_account_id_kind:{PREFIX}events:rate5m",
                f"sum by ({r.account}, kind) (rate({PREFIX}events_total[5m]))",
            ),
        ),
        (
            "Share of an account's operations of one day that failed. The counts of `operation_finishes` weight the connectors.",
            record(f"instance_account_id_operation:{PREFIX}operation_failures:ratio1d", f"{failed}\n/\n  {all_finishes}"),
        ),
        (
            "Requests to the Cloudflare API per second, and the 99th percentile of their duration.",
            record(
                f"instance_account_id_endpoint_status:{requests}s:rate5m",
                f"sum by ({r.account}, endpoint, status) (rate({requests}s_total[5m]))",
            ),
        ),
        (
            "",
            record(
                f"instance_endpoint:{requests}_duration_seconds:p99_5m",
                f"histogram_quantile(\n  0.99, sum by ({r.target}, endpoint, le) (rate({requests}_duration_seconds_bucket[5m]))\n)",
            ),
        ),
    ]


def record(name: str, expr: str) -> dict:
    return {"record": name, "expr": expr}
