# SPDX-License-Identifier: Apache-2.0
"""PromQL that several panels share.

Two exporters may poll the same account, and several shards may divide it. A query therefore takes the maximum over the
exporters for each connector first, and adds connectors afterwards.
"""
P = "cloudflare_magic_connector_"
E = f"{P}exporter_"
INSTANCE = 'job=~"$job", instance=~"$instance"'
ACCOUNT = f'{INSTANCE}, account_id=~"$account_id"'
CONNECTOR = f'{ACCOUNT}, connector_id=~"$connector_id"'
KEY = "account_id, connector_id"
# Seconds without a heartbeat after which a connector is offline, as in the alert MagicConnectorOffline.
OFFLINE = 300
OPERATIONS = ("attestation", "crypt_key_rotation", "pki_rotation", "upgrade")
# The states of high availability and of tunnels, ordered so that the maximum over several exporters is the worst.
HA = ("disabled", "standby", "active", "unknown", "stopped", "fault")
TUNNEL = ("healthy", "unknown", "degraded", "down")
NAT = ("detected", "stale", "missing")
SUCCESS = {
    "attestation": "FinishAttestationSuccess", "crypt_key_rotation": "FinishRotateCryptKeySuccess",
    "pki_rotation": "FinishRotatePkiSuccess", "upgrade": "FinishUpgradeSuccess",
}


def of(scope, family, *more):
    """Returns the selector of a family, with the labels of the variables and additional ones."""
    return f"{P}{family}{{{', '.join([scope, *more])}}}"


def own(family, *more):
    """Returns the selector of a family about the exporter itself."""
    return f"{E}{family}{{{', '.join([INSTANCE, *more])}}}"


def newest(family, *more, by=""):
    """Returns the maximum over the exporters for each connector and for each value of the labels in `by`."""
    return f"max by ({KEY}{', ' + by if by else ''}) ({of(CONNECTOR, family, *more)})"


def unique(labels, selector, key=KEY):
    """Returns one series for each connector with these labels, even while two exporters disagree about them."""
    return f"topk by ({key}) (1, max by ({key}, {labels}) ({selector}))"


# The connectors that the variables select.
CHOSEN = of(CONNECTOR, "info", 'site_id=~"$site_id"', 'version=~"$version"')
NAMES = "site_name, serial_number"
SITES = unique("site_id", of(CONNECTOR, "site_info"))


def chosen(expr):
    """Returns the series of the connectors that the variables for site and version select."""
    return f"{expr}\n  and on ({KEY}) {CHOSEN}"


def during(expr, window="1h]"):
    """Returns the bars of the selected connectors, also of those that the newest scrapes no longer contain."""
    return f"{expr}\n  and on ({KEY}) last_over_time({CHOSEN}[{window})"


def watched(expr):
    """Returns the series of the selected connectors that are not deactivated."""
    return chosen(f"{expr}\n  unless on ({KEY}) {newest('activated')} == 0")


def named(expr, labels=NAMES, selector=CHOSEN):
    """Returns the series with the names of their connectors as labels."""
    return f"({expr})\n  * on ({KEY}) group_left ({labels})\n  {unique(labels, selector)}"


def offline(compare="> bool"):
    return f"time() - {newest('last_heartbeat_timestamp_seconds')} {compare} {OFFLINE}"


def milliseconds(expr):
    """Returns timestamps in milliseconds, as the units for times require."""
    return f"1000 * ({expr})"


def labelled(expr, problem, label="", pattern=""):
    """Returns the series with a label `problem`. It also keeps `or` from dropping series with otherwise equal labels."""
    return f'label_replace({expr}, "problem", "{problem}", "{label}", "{pattern}")'


def either(*expressions):
    return "(\n    " + "\n  or\n    ".join(expressions) + "\n)"


def counted(selector, by, bridge="1h", ahead=False):
    """Returns what a counter gained since the previous bar, so that all bars together are its exact growth.

    `increase` would extrapolate, and windows longer than a step would count an event in several bars. Only exporters
    that knew the counter at both times are compared, so an exporter that returns does not add its total. `bridge` is the
    longest interruption of the scrapes after which the missed events still appear, in the first bar after it. With
    `ahead`, a bar begins at its time, so that the bar of today is there before the day ends.
    """
    value = f"last_over_time({selector}[{bridge}]"
    after, before = (f"{value} offset -$__interval)", f"{value})") if ahead else (f"{value})", f"{value} offset $__interval)")
    return f"clamp_min(\n    max by ({by}) ({after} and {before})\n  - max by ({by}) ({before} and {after}), 0)"


def worst(count, expr, rank="max_over_time"):
    """Returns the series that are highest in the displayed range. The choice is the same at every step."""
    return f"{expr}\n  and topk({count}, {rank}(({expr})[$__range:$__interval] @ end()) > 0)"


def quantiles(family, scope, by=""):
    """Returns the queries for the median and the 99th percentile of a histogram."""
    rate = f"sum by (le{by}) (rate({of(scope, family + '_bucket')}[$__rate_interval]))"
    name = " ".join(f"{{{{{label.strip()}}}}}" for label in by.split(",") if label.strip())
    return [(f"{name} {text}".strip(), f"histogram_quantile({q}, {rate})") for q, text in ((0.5, "p50"), (0.99, "p99"))]


def speed(family, *more, by="", scope=CONNECTOR):
    """Returns the growth of a counter of snapshots per second.

    The panel must have SLOW as its minimum step. `$__rate_interval` is then at least four intervals of snapshots.
    """
    return f"max by ({KEY}{', ' + by if by else ''}) (rate({of(scope, family, *more)}[$__rate_interval]))"


SLOW = "$snapshot_interval"


def ranked(family, states, by="", scope=CONNECTOR):
    """Returns the index of the state in `states`, or of the worst one if two exporters disagree."""
    current = [f"""{index} * ({of(scope, family, f'state="{state}"')} == 1)""" for index, state in enumerate(states)]
    return f"max by ({KEY}{', ' + by if by else ''}) {either(*current)}"


def down(compare=""):
    """Returns 1 for each tunnel that is down and 0 for the others, without those of a connector in standby.

    With a comparison, only the tunnels for which it is true. It comes first, because thousands of tunnels are healthy.
    """
    tunnels = f"""max by ({KEY}, tunnel_id) ({of(CONNECTOR, 'tunnel_health', 'state="down"')}{compare})"""
    return f"""{tunnels} unless on ({KEY}) {of(CONNECTOR, 'ha_state', 'state="standby"')} == 1"""


def before(family, state, by="", window="1d:5m"):
    """Returns the last time in the window at which a state was 0, within five minutes."""
    selector = of(CONNECTOR, family, f'state="{state}"')
    return f"max by ({KEY}{', ' + by if by else ''}) (max_over_time(timestamp({selector} == 0)[{window}]))"


# The exporters, also those that are down. `up` alone would match every job, because "All" is ".+".
UP = f"up{{{INSTANCE}}} and on (job, instance) last_over_time({of(INSTANCE, 'connectors')}[$__range])"


def process(family):
    return f"process_{family}{{{INSTANCE}}} and on (job, instance) {of(INSTANCE, 'connectors')}"
