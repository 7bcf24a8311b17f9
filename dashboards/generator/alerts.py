# SPDX-License-Identifier: Apache-2.0
"""The alerts that fire. `ALERTS_FOR_STATE` is the time at which an alert became active."""
from .panels import AGO, BLUE, GREY, HIDDEN, LINK, ORANGE, RED, RUNBOOK, colored, rows, width
from .queries import ACCOUNT, CONNECTOR, KEY, NAMES, milliseconds, of, unique

ABOUT = "alertname, severity, account_id, site_id, connector_id, operation, tunnel_id, device, mountpoint, sensor"
# Alerts about an account or a missing target have no instance, and some have no account.
SCOPE = 'alertname=~"MagicConnector.+", job=~"$job"'
SINCE = f"ALERTS_FOR_STATE{{{SCOPE}}} and ignoring (alertstate)"
# Two exporters report the same alerts about connectors and accounts. Alerts about exporters have no account.
SHARED = f'ALERTS{{{SCOPE}, alertstate="firing", account_id!=""}}'
OWN = f'ALERTS{{{SCOPE}, alertstate="firing", account_id=""}}'
COLUMNS = {
    "alertname": "Alert", "severity": "Severity", "site_name": "Site", "serial_number": "Serial number", "Value": "Since", "operation": "Operation",
    "tunnel_id": "Tunnel", "device": "Device", "mountpoint": "Mount point", "sensor": "Sensor", "instance": "Exporter", "account_id": "Account", "connector_id": "Connector",
}


def fields():
    colors = {"critical": RED, "warning": ORANGE, "info": BLUE}
    severity = {name: {"text": name, "color": color} for name, color in colors.items()}
    return {
        "Alert": [RUNBOOK, width(270)], "Severity": [("mappings", [{"type": "value", "options": severity}]), *colored(GREY), width(90)], "Since": [AGO, width(120)],
        "Serial number": [LINK], **HIDDEN,
    }


def firing():
    """Returns each firing alert once."""
    return f"max by ({ABOUT}) ({SHARED}) or max by ({ABOUT}, instance) ({OWN})"


def table():
    """Returns the table of all firing alerts."""
    # Alerts outlast an outage of the exporter, and so must the names.
    info = f"last_over_time({of(ACCOUNT, 'info')}[6h])"
    shared = f"min by ({ABOUT}) ({SINCE} {SHARED})"
    named = f"{shared}\n  * on ({KEY}) group_left ({NAMES}) {unique(NAMES, info)}"
    # Alerts about a site have no connector.
    site = unique("site_name", f"""last_over_time({of(ACCOUNT, 'info', 'site_id!=""')}[6h])""", key="account_id, site_id")
    sited = f"({shared} unless on ({KEY}) {info})\n  * on (account_id, site_id) group_left (site_name) {site}"
    others = f"({shared} unless on ({KEY}) {info} unless on (account_id, site_id) {site})\n  or min by ({ABOUT}, instance) ({SINCE} {OWN})"
    return rows(
        "Firing alerts", "Each alert once, also with two exporters. The link in the first column opens the runbook. No data means that no alert fires.",
        [("", milliseconds(f"{named}\n  or {sited}\n  or {others}"))], COLUMNS, ["Time", "site_id"], fields(), span=24, height=13, sort="Since",
    )


def of_connector(span=12):
    """Returns the table of the firing alerts of one connector."""
    selected = f'ALERTS{{{CONNECTOR}, alertname=~"MagicConnector.+", alertstate="firing"}}'
    since = f'ALERTS_FOR_STATE{{{CONNECTOR}, alertname=~"MagicConnector.+"}} and ignoring (alertstate)'
    return rows(
        "Firing alerts", "The alerts about this connector. The link in the first column opens the runbook. No data means that no alert fires.",
        [("", milliseconds(f"min by ({ABOUT}) ({since} {selected})"))], COLUMNS, ["Time", "site_id"], fields(), span=span, height=5, sort="Since",
    )
