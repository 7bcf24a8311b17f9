# SPDX-License-Identifier: Apache-2.0
"""The series about accounts and about the exporter itself."""
import math

from .life import FINISHES, STARTS
from .series import hash_of

E = "cloudflare_magic_connector_exporter_"
DURATIONS = (1, 2.5, 5, 10, 30, 60, 300, 600, 1800)
LATENCIES = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
REASONS = ("timeout", "server_error", "rate_limited", "unauthorized", "storage")


class Histogram:
    def __init__(self, bounds):
        self.bounds, self.counts, self.sum, self.count = bounds, [0] * len(bounds), 0.0, 0

    def add(self, value, times=1):
        for index, bound in enumerate(self.bounds):
            if value <= bound:
                self.counts[index] += times
        self.sum, self.count = self.sum + value * times, self.count + times

    def put(self, recorder, at, family, **labels):
        for bound, count in [*zip(self.bounds, self.counts), ("+Inf", self.count)]:
            recorder.put(at, family + "_bucket", count, **labels, le=float(bound) if bound != "+Inf" else bound)
        recorder.put(at, family + "_count", self.count, **labels)
        recorder.put(at, family + "_sum", round(self.sum, 3), **labels)


def record(connectors, recorder, account, end, alive=lambda time: True, fails=lambda time: False, shard=(0, 1)):
    """Writes the series of an account and of its exporter, scrape by scrape."""
    events = sorted((time, kind, tunnel or "", box.index) for box in connectors for time, kind, tunnel in box.events)
    endings = {box.index: box.ending for box in connectors}
    delay, rekey, place, opened = Histogram(DURATIONS), Histogram(DURATIONS), 0, {}
    operations = {key: Histogram(DURATIONS) for key in sorted(set(FINISHES.values()))}
    latency = {endpoint: Histogram(LATENCIES) for endpoint in ("connectors", "events", "event", "events_latest", "sites")}
    sent, failures = {}, dict.fromkeys(REASONS, 0)
    duplicates = late = unknown = discarded = writes = scrapes = 0
    cpu, previous = 0.0, recorder.times[0] - (recorder.times[1] - recorder.times[0])
    size, listed = len(connectors), None
    for at, time in enumerate(recorder.times):
        step, previous = time - previous, time
        own = lambda family, value, **labels: recorder.put(at, family, value, prefix=E, **labels)  # noqa: E731
        put = lambda family, value, **labels: recorder.put(at, family, value, account_id=account, **labels)  # noqa: E731
        recorder.put(at, "up", int(alive(time)), prefix="")
        wave = 1 + 0.3 * math.sin(time / 5000) + 0.1 * math.sin(time / 700)
        while place < len(events) and events[place][0] <= time:
            moment, kind, tunnel, index = events[place]
            place += 1
            delay.add(1.5 + (hash_of(moment) % 40) / 10 + (340 if endings[index] == "slow" else 0))
            if kind in STARTS:
                opened[index, STARTS[kind]] = moment
            elif kind in FINISHES and (index, FINISHES[kind][0]) in opened:
                operations[FINISHES[kind]].add(moment - opened[index, FINISHES[kind][0]])
            elif kind == "RekeyStart":
                opened[index, tunnel] = moment
            elif kind == "RekeyComplete" and (index, tunnel) in opened:
                rekey.add(moment - opened[index, tunnel])
        broken = fails(time)
        polls = size * step / 141
        for endpoint, number in (("events", polls), ("event", polls * 0.15), ("events_latest", polls * 0.05), ("connectors", step / 60), ("sites", step / 60)):
            good = number * (0.4 if broken else 1)
            for status, share in (("200", good), ("500", (number - good) * 0.7), ("timeout", (number - good) * 0.3), ("429", 0)):
                key = (endpoint, status)
                sent[key] = sent.get(key, 0) + share
            latency[endpoint].add((2.2 if broken else 0.16) * wave, round(number))
            latency[endpoint].add(0.9 * wave, max(1, round(number * 0.02)))
        failures["server_error"] += round(polls * 0.4) if broken else 0
        failures["timeout"] += round(polls * 0.2) if broken else int(hash_of(time) % 23 == 0)
        duplicates += round(polls * 9 * wave)
        late += hash_of(time + 1) % 31 == 0
        unknown += hash_of(time + 2) % 97 == 0
        discarded += hash_of(time + 3) % 211 == 0
        writes += hash_of(time + 4) % 223 == 0
        scrapes += 2
        cpu += step * 0.004 * wave
        if not alive(time):
            continue
        if not broken:
            listed = time - 12
        put("connectors", size)
        put("connectors_missing", 0)
        put("discovery_success", int(not broken))
        put("last_successful_discovery_timestamp_seconds", listed or time)
        put("discovery_interval_seconds", 60)
        put("poll_interval_seconds", 141 if size > 128 else 60)
        put("configured_poll_interval_seconds", 60)
        delay.put(recorder, at, "event_delivery_delay_seconds", account_id=account)
        rekey.put(recorder, at, "rekey_duration_seconds", account_id=account)
        for (operation, outcome), histogram in operations.items():
            histogram.put(recorder, at, "operation_duration_seconds", account_id=account, operation=operation, outcome=outcome)
        for (endpoint, status), value in sent.items():
            own("api_requests_total", round(value), account_id=account, endpoint=endpoint, status=status)
        for endpoint, histogram in latency.items():
            histogram.put(recorder, at, "exporter_api_request_duration_seconds", endpoint=endpoint)
        own("api_budget_remaining", round(300 + 60 * math.sin(time / 3000) - (280 if broken else 0)), account_id=account)
        own("token_expiry_timestamp_seconds", end + 61 * 86400, account_id=account)
        for reason, value in failures.items():
            own("poll_failures_total", value, account_id=account, reason=reason)
        own("build_info", 1, version="0.1.0", swiftversion="6.2", os="linux", arch="amd64")
        own("shard_ordinal", shard[0])
        own("total_shards", shard[1])
        own("duplicate_events_total", duplicates)
        own("late_events_total", late)
        own("unknown_kind_events_total", unknown)
        own("discarded_events_total", discarded, reason="malformed")
        own("storage_write_failures_total", writes)
        own("scrapes_total", scrapes, code="200")
        own("scrapes_in_flight", 1)
        own("config_last_reload_successful", 1)
        if time > end - 2520:
            alert = {"alertname": "MagicConnectorUnknownKind", "severity": "info"}
            recorder.put(at, "ALERTS", 1, prefix="", alertstate="firing", **alert)
            recorder.put(at, "ALERTS_FOR_STATE", end - 2520, prefix="", **alert)
        recorder.put(at, "process_cpu_seconds_total", round(cpu, 3), prefix="")
        recorder.put(at, "process_resident_memory_bytes", round(41e6 + 2e6 * wave), prefix="")
        recorder.put(at, "process_open_fds", 26 + hash_of(time) % 4, prefix="")
        recorder.put(at, "process_max_fds", 1024, prefix="")
