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
    healthy = f'{PREFIX}tunnel_health{{state="healthy"}}'
    cpu = lambda matchers: f"sum by ({r.connector}) (rate({PREFIX}cpu_seconds_total{matchers}[30m]))"
    not_idle = '{mode!~"idle|iowait"}'
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
        (
            "Number of tunnels of a connector, and of those that are healthy.",
            record(f"instance_account_id_connector_id:{PREFIX}tunnels:count", f"count by ({r.connector}) ({healthy})"),
        ),
        ("", record(f"instance_account_id_connector_id:{PREFIX}tunnels_healthy:sum", f"sum by ({r.connector}) ({healthy})")),
        (
            "Number of tunnels of an account, by state.",
            record(
                f"instance_account_id_state:{PREFIX}tunnels:sum", f"sum by ({r.account}, state) ({PREFIX}tunnel_health)"
            ),
        ),
        (
            "Bytes per second through the tunnels of a connector. The windows contain several snapshots.",
            traffic(r, "receive"),
        ),
        ("", traffic(r, "transmit")),
        (
            "Share of the processor time of a connector that is in use.",
            record(
                f"instance_account_id_connector_id:{PREFIX}cpu_busy:ratio_rate30m",
                f"{cpu(not_idle)}\n  / {cpu('')}",
            ),
        ),
        (
            "Share of the memory of a connector that is in use, and of its fullest writable filesystem.",
            record(
                f"instance_account_id_connector_id:{PREFIX}memory_used:ratio",
                f"1 - max by ({r.connector}) ({PREFIX}memory_available_bytes)\n"
                f"  / max by ({r.connector}) ({PREFIX}memory_total_bytes)",
            ),
        ),
        (
            "",
            record(
                f"instance_account_id_connector_id:{PREFIX}filesystem_used:max_ratio",
                f"max by ({r.connector}) (\n"
                f"  1 - {PREFIX}filesystem_avail_bytes / {PREFIX}filesystem_size_bytes\n"
                f"    unless {PREFIX}filesystem_readonly == 1\n"
                ")",
            ),
        ),
    ]


def traffic(r: Rules, way: str) -> dict:
    """The traffic of the devices that are tunnels. A sum over all devices counts packets several times."""
    device = f"{r.connector}, device"
    return record(
        f"instance_account_id_connector_id:{PREFIX}tunnel_{way}_bytes:rate30m",
        f"sum by ({r.connector}) (\n"
        f"  sum by ({device}) (rate({PREFIX}network_{way}_bytes_total[30m]))\n"
        f"    and on ({device}) {PREFIX}tunnel_info\n"
        ")",
    )


def record(name: str, expr: str) -> dict:
    return {"record": name, "expr": expr}
