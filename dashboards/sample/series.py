# SPDX-License-Identifier: Apache-2.0
"""The series that an exporter would expose for a connector at each scrape."""
from .life import FINISHES, OPERATIONS, PHASES, STARTS

P = "cloudflare_magic_connector_"
WINDOWS = {"1h": 3600, "1d": 86400}
STUCK_AFTER = {"attestation": 600, "crypt_key_rotation": 1800, "pki_rotation": 1800, "upgrade": 7200}
REKEY_STUCK_AFTER = 900
ALERTS = {
    "offline": ("MagicConnectorOffline", "critical"), "agent": ("MagicConnectorAgentDown", "critical"), "rekey": ("MagicConnectorRekeyStuck", "critical"),
}


def label_text(**labels):
    return ",".join(f'{name}="{value}"' for name, value in labels.items())


class Recorder:
    """Series by name and labels, each with its value at each scrape, or None."""

    def __init__(self, times, target):
        self.times, self.target, self.series = times, target, {}

    def put(self, at, family, value, prefix=P, **labels):
        key = f"{prefix}{family}{{{self.target}{',' if labels else ''}{label_text(**labels)}}}"
        points = self.series.get(key)
        if points is None:
            points = self.series[key] = [None] * len(self.times)
        points[at] = value


def record(connector, recorder, account, end, poll_fails=lambda time: False):
    """Writes the series of a connector, scrape by scrape."""
    box, me = connector, {"account_id": account, "connector_id": connector.connector_id}
    events, place = box.events, 0
    counts = dict.fromkeys(("Init", "Leave", "HaTransition", "HaError", "Reconcile", *STARTS, *FINISHES, *PHASES, "BlessSlotSuccess", "BlessSlotFailure"), 0)
    last, started, is_open, in_a_row, finishes = {}, {}, {}, {}, []
    phases, completed, resets = {}, dict.fromkeys(box.tunnels, 0), dict.fromkeys(box.tunnels, 0)
    running, unclean, delay, since = None, 0, 3.0, {}
    polled = None
    for at, time in enumerate(recorder.times):
        put = lambda family, value, **labels: recorder.put(at, family, value, **me, **labels)  # noqa: E731
        while place < len(events) and events[place][0] <= time:
            moment, kind, tunnel = events[place]
            place += 1
            counts[kind] += 1
            last[kind] = moment
            delay = 1.5 + (hash_of(moment) % 40) / 10 + {"slow": 340, "clock ahead": -43}.get(box.ending, 0) + box.index / 1000
            if operation := STARTS.get(kind):
                started[operation], is_open[operation] = moment, True
            if finish := FINISHES.get(kind):
                operation, outcome = finish
                is_open[operation] = False
                in_a_row[operation] = 0 if outcome == "success" else in_a_row.get(operation, 0) + 1
                finishes.append((moment, operation, outcome))
            if tunnel:
                phases[tunnel] = (PHASES[kind], moment)
                completed[tunnel] += kind == "RekeyComplete"
                resets[tunnel] += kind == "RekeyReset"
            if kind == "Init":
                unclean += running == 1
                running = 1
            elif kind == "Leave":
                running = 0
        version = [name for since_time, name in box.versions if since_time + 400 <= time and not (box.ending == "upgrade failed" and name == "2026.3.0")][-1]
        put("info", 1, device_id=box.connector_id[::-1], serial_number=box.serial, device_type="MANAGED", site_id=box.site_id, site_name=box.site_name, version=version)
        put("site_info", 1, site_id=box.site_id, site_name=box.site_name, role=box.role, ha_mode=str(box.ha).lower())
        put("site_location_info", 1, site_id=box.site_id, latitude=box.place[0], longitude=box.place[1])
        put("activated", int(box.ending != "deactivated"))
        put("primary", int(box.role == "primary"))
        down = [begin for begin, back in box.offline if begin <= time < back]
        noise = hash_of(time + box.index)
        heartbeat = down[0] if down else time - 2 - noise % 9
        if box.ending == "deactivated":
            heartbeat = end - 6 * 86400
        put("last_heartbeat_timestamp_seconds", round(heartbeat, 1))
        put("agent_unclean_restarts_total", unclean)
        failing = poll_fails(time) or (box.ending == "poll failing" and time > end - 1400)
        polled = time - 2 - noise % (140 if box.index > 0 else 20) if polled is None or not failing else polled
        put("poll_success", int(not failing))
        put("last_successful_poll_timestamp_seconds", polled)
        put("events_complete_until_timestamp_seconds", polled - 5)
        put("last_event_delivery_delay_seconds", round(delay, 3))
        if running is not None:
            put("agent_running", running)
        for kind, count in counts.items():
            put("events_total", count, kind=kind)
        for kind, moment in last.items():
            put("last_event_timestamp_seconds", round(moment, 1), kind=kind)
        while finishes and finishes[0][0] < time - WINDOWS["1d"]:
            finishes.pop(0)
        alerts = {"offline": bool(down) and time - heartbeat > 300 and box.ending != "deactivated", "agent": running == 0 and time - last["Leave"] > 600}
        details = {}
        for operation in OPERATIONS:
            stuck = is_open.get(operation, False) and time - started[operation] >= STUCK_AFTER[operation]
            put("operation_in_progress", int(is_open.get(operation, False)), operation=operation)
            put("operation_stuck", int(stuck), operation=operation)
            if operation in started:
                put("operation_start_timestamp_seconds", round(started[operation], 1), operation=operation)
            if operation in in_a_row:
                put("operation_consecutive_failures", in_a_row[operation], operation=operation)
            for window, seconds in WINDOWS.items():
                inside = [outcome for moment, name, outcome in finishes if name == operation and moment > time - seconds]
                failures = inside.count("failure")
                put("operation_finishes", failures, operation=operation, outcome="failure", window=window)
                put("operation_finishes", len(inside) - failures, operation=operation, outcome="success", window=window)
                if inside:
                    put("operation_failure_ratio", round(failures / len(inside), 4), operation=operation, window=window)
            name = "".join(part.capitalize() for part in operation.split("_"))
            alerts[f"{name}Stuck"], details[f"{name}Stuck"] = stuck, {"operation": operation}
            alerts[f"{name}Failed"], details[f"{name}Failed"] = in_a_row.get(operation, 0) > 0, {"operation": operation}
        alerts["AttestationFailing"] = in_a_row.get("attestation", 0) >= 3
        details["AttestationFailing"] = {"operation": "attestation"}
        for tunnel, (phase, moment) in phases.items():
            for name in PHASES.values():
                put("rekey_phase", int(name == phase), tunnel_id=tunnel, phase=name)
            stuck = phase in ("started", "advanced", "reset") and time - moment >= REKEY_STUCK_AFTER
            put("rekey_stuck", int(stuck), tunnel_id=tunnel)
            put("rekey_phase_start_timestamp_seconds", round(moment, 1), tunnel_id=tunnel)
            put("rekeys_completed_total", completed[tunnel], tunnel_id=tunnel)
            put("rekey_resets_total", resets[tunnel], tunnel_id=tunnel)
            if stuck:
                alerts["rekey"], details["rekey"] = True, {"tunnel_id": tunnel}
        for key, is_firing in alerts.items():
            if is_firing:
                since.setdefault(key, time)
                name, severity = ALERTS.get(key, (f"MagicConnector{key}", "critical" if key.endswith("ing") else "warning"))
                about = {"alertname": name, "severity": severity, **me, **details.get(key, {})}
                recorder.put(at, "ALERTS", 1, prefix="", alertstate="firing", **about)
                recorder.put(at, "ALERTS_FOR_STATE", since[key], prefix="", **about)
            else:
                since.pop(key, None)


def hash_of(number):
    """Returns an integer that is the same in every process."""
    return int(number * 1000) * 2654435761 % 2**32
