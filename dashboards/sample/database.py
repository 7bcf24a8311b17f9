# SPDX-License-Identifier: Apache-2.0
"""Writes synthetic fleets as blocks of a time series database, and serves them with a real Prometheus on loopback."""
import contextlib
import json
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from . import exporter, series, snapshots
from .life import DAY, HOUR, fleet

BLOCK = 2 * HOUR


class World:
    """One job with its exporters. They all poll the same account, each of them a part of it if they are shards."""

    def __init__(self, job, instances, account, dead_after=None, are_shards=False):
        self.job, self.instances, self.account, self.dead_after, self.are_shards = job, instances, account, dead_after, are_shards

    def alive(self, moment):
        return self.dead_after is None or moment < self.dead_after


def record(world, connectors, times, end, fails=lambda moment: False, detailed=range(18)):
    """Returns the series of all exporters of a world. Snapshots of connectors that are not `detailed` have tunnels and HA only."""
    found = {}
    alive = [moment for moment in times if world.alive(moment)]
    for ordinal, instance in enumerate(world.instances):
        shard = (ordinal, len(world.instances)) if world.are_shards else (0, 1)
        polled = connectors[shard[0]::shard[1]]
        recorder = series.Recorder(times, series.label_text(job=world.job, instance=instance))
        exporter.record(polled, recorder, world.account, end, world.alive, fails, shard)
        found.update(recorder.series)
        living = series.Recorder(alive, recorder.target)
        for connector in polled:
            series.record(connector, living, world.account, end, fails)
            snapshots.record(connector, living, world.account, end, is_detailed=connector.index in detailed)
        for key, points in living.series.items():
            found[key] = points + [None] * (len(times) - len(alive))
    return found


def upgrades(world, connectors, begin):
    """Returns the counters of upgrades before the displayed day, at long intervals, for the bars of whole days."""
    lines = []
    times = [begin - 14 * DAY + step * HOUR * 6 for step in range(56)]
    for connector in connectors:
        instances = [world.instances[connector.index % len(world.instances)]] if world.are_shards else world.instances
        for instance in instances:
            version = [name for at, name in connector.versions if at < begin][-1]
            labels = series.label_text(job=world.job, instance=instance, account_id=world.account, connector_id=connector.connector_id, site_id=connector.site_id, version=version)
            lines += [f"{series.P}info{{{labels}}} 1 {at}\n" for at in times]
            for outcome in ("Success", "Failure"):
                labels = series.label_text(job=world.job, instance=instance, account_id=world.account, connector_id=connector.connector_id, kind=f"FinishUpgrade{outcome}")
                done = [moment for moment, kind, _ in connector.events if kind == f"FinishUpgrade{outcome}"]
                lines += [f"{series.P}events_total{{{labels}}} {sum(moment <= at for moment in done)} {at}\n" for at in times]
    return lines


def write(directory, recorded, times, older=()):
    """Writes blocks. Each block has a file of its own, because promtool reads the file once for each block."""
    directory = pathlib.Path(directory)
    first, last = int(times[0] // BLOCK), int(times[-1] // BLOCK)
    for number in range(first, last + 1):
        places = [(at, str(moment)) for at, moment in enumerate(times) if moment // BLOCK == number]
        with open(directory / "samples.txt", "w") as file:
            for found in recorded:
                for key, points in found.items():
                    file.write("".join([f"{key} {points[at]} {moment}\n" for at, moment in places if points[at] is not None]))
            file.write("# EOF\n")
        convert(directory)
    if older:
        (directory / "samples.txt").write_text("".join(older) + "# EOF\n")
        convert(directory)


def convert(directory):
    samples = directory / "samples.txt"
    subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", samples, directory / "data"], check=True, stdout=subprocess.DEVNULL)
    samples.unlink()


class Prometheus:
    """Queries of a Prometheus."""

    def __init__(self, address):
        self.address = address.rstrip("/")

    def request(self, path, **parameters):
        data = urllib.parse.urlencode(parameters).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(f"{self.address}/api/v1/{path}", data), timeout=60) as response:
                return json.load(response)["data"]["result"]
        except urllib.error.HTTPError as error:
            raise ValueError(f"{json.load(error).get('error')}: {parameters['query']}") from None

    def instant(self, query, at):
        return self.request("query", query=query, time=at)

    def range(self, query, begin, end, step):
        return self.request("query_range", query=query, start=begin, end=end, step=step)


@contextlib.contextmanager
def served(directory, lookback="5m"):
    """Serves the blocks of a directory on a free port of 127.0.0.1. Waits at most 30 seconds until it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    config = pathlib.Path(directory) / "prometheus.yml"
    config.write_text("scrape_configs: []\n")
    with open(pathlib.Path(directory) / "prometheus.log", "w") as log:
        server = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={directory}/data", f"--web.listen-address={address}",
             "--storage.tsdb.retention.time=10y", f"--query.lookback-delta={lookback}"], stdout=log, stderr=log,
        )
    try:
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://{address}/-/ready", timeout=1).close()
                break
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Prometheus did not start: {pathlib.Path(directory, 'prometheus.log').read_text()[-2000:]}")
            time.sleep(0.05)
        yield Prometheus(f"http://{address}")
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextlib.contextmanager
def temporary_directory():
    with tempfile.TemporaryDirectory(prefix="magic-connector-") as directory:
        yield pathlib.Path(directory)


def day(directory, end, count=300, step=300, seed=7):
    """Writes a day of one account with many connectors, during which the Cloudflare API fails for 20 minutes."""
    begin = end - DAY
    connectors = fleet(count, begin - DAY, end, seed)
    times = list(range(begin, end + 1, step))
    fails = lambda moment: end - 6.6 * HOUR < moment < end - 6.25 * HOUR  # noqa: E731
    world = World("magic-connector-exporter", ["exporter-1:10977"], "9f2c61d0b7a84e3395c4d1e8a06b7f52")
    write(directory, [record(world, connectors, times, end, fails)], times, upgrades(world, connectors, begin))
    return connectors
