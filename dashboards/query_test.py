#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks a real Prometheus every query of every dashboard, over synthetic data of four jobs:

    one     an account with one exporter
    two     the same account with two exporters, the second of which sees every event one scrape later
    shards  the same account, divided between two exporters
    down    the same account with one exporter, which stopped 20 minutes ago

Takes about half a minute, uses loopback only, and stops what it starts.
"""
import collections
import contextlib
import json
import math
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True

from drawing.source import Source, choices  # noqa: E402
from sample import database  # noqa: E402
from sample.life import DAY, FINISHES, HOUR, fleet  # noqa: E402
from sample.series import P  # noqa: E402
from sample.snapshots import PORTS, STORIES  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
END, STEP, COUNT = 1_772_625_600, 60, 18
BEGIN = END - 4500
ACCOUNT = "9f2c61d0b7a84e3395c4d1e8a06b7f52"
# Queries about the exporters themselves, whose numbers double with a second exporter.
OWN = ("ALERTS", "cloudflare_magic_connector_exporter_", "process_", "up{", "_bucket{")


# Counters of snapshots. Both exporters read the same snapshot, so these do not differ.
SNAPSHOTS = ("cpu_", "pressure_", "network_", "disk_", "netstat_", "exporter_")


def late(found, instance):
    """Moves the counters of events of an exporter one scrape later."""
    return {
        key: [points[0], *points[:-1]] if f'instance="{instance}"' in key and "_total{" in key and not key.removeprefix(P).startswith(SNAPSHOTS) else points
        for key, points in found.items()
    }


class QueryTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.resources = contextlib.ExitStack()
        cls.addClassCleanup(cls.resources.close)
        directory = cls.resources.enter_context(database.temporary_directory())
        cls.connectors = fleet(COUNT, END - 2 * DAY, END, seed=7)
        times = list(range(BEGIN, END + 1, STEP))
        worlds = {
            "one": database.World("one", ["exporter-1:10977"], ACCOUNT),
            "two": database.World("two", ["exporter-1:10977", "exporter-2:10977"], ACCOUNT),
            "shards": database.World("shards", ["exporter-1:10977", "exporter-2:10977"], ACCOUNT, are_shards=True),
            "down": database.World("down", ["exporter-1:10977"], ACCOUNT, dead_after=END - 1200),
        }
        fails = lambda moment: END - 2400 < moment < END - 1800  # noqa: E731
        recorded = {name: database.record(world, cls.connectors, times, END, fails) for name, world in worlds.items()}
        recorded["two"] = late(recorded["two"], "exporter-2:10977")
        older = [line for name in ("one", "two", "shards") for line in database.upgrades(worlds[name], cls.connectors, BEGIN)]
        database.write(directory, recorded.values(), times, older)
        cls.prometheus = cls.resources.enter_context(database.served(directory))
        cls.boards = {file.stem: json.loads(file.read_text()) for file in sorted(HERE.glob("*.json"))}

    def source(self, job, board):
        source = Source(self.prometheus, END, 1, STEP, {"job": job, **(choices(self.boards[board]) if board else {})})
        if board == "health":
            # The connector with tunnels, ports and disks in trouble.
            source.chosen["connector_id"] = next(one.connector_id for one in self.connectors if STORIES.get(one.index) == "incident")
        if board == "connector":
            # The connector with a stuck rekey, which every panel has data for.
            source.chosen["connector_id"] = next(one.connector_id for one in self.connectors if one.ending == "rekey stuck")
        return source

    def targets(self, name):
        """Yields the queries to Prometheus. The panels in collapsed rows ask Loki."""
        for panel in self.boards[name]["panels"]:
            for target in panel.get("targets") or []:
                yield panel, target

    def ask(self, source, panel, target):
        """Returns the values of each series by its labels, without the labels of the exporter and the job."""
        if target.get("instant"):
            found = [(sample["metric"], [sample["value"]]) for sample in source.instant(panel, target)]
        else:
            found = source.range(panel, target)[0]
        return {
            tuple(sorted((name, value) for name, value in labels.items() if name not in ("job", "instance"))): [float(value) for _, value in points]
            for labels, points in found
        }

    def test_every_query_has_data_with_one_and_with_several_exporters(self):
        for job in ("one", "two", "shards"):
            for name in self.boards:
                source = self.source(job, name)
                for panel, target in self.targets(name):
                    with self.subTest(job=job, board=name, panel=panel["title"], query=target["refId"]):
                        found = self.ask(source, panel, target)
                        self.assertTrue(any(math.isfinite(value) for points in found.values() for value in points), f"no data: {target['expr']}")

    def test_a_second_exporter_changes_no_number(self):
        self.expect_equal("two")

    def test_shards_change_no_number(self):
        self.expect_equal("shards")

    def expect_equal(self, job):
        """Expects the same series and values as with one exporter, except for queries about the exporters themselves."""
        for name in self.boards:
            one, several = self.source("one", name), self.source(job, name)
            for panel, target in self.targets(name):
                if any(text in target["expr"] for text in OWN) and panel["title"] != "Connectors missing":
                    continue
                with self.subTest(board=name, panel=panel["title"], query=target["refId"]):
                    alone, together = self.ask(one, panel, target), self.ask(several, panel, target)
                    self.assertEqual(set(alone), set(together))
                    for labels, values in alone.items():
                        for value, other in zip(values, together[labels], strict=True):
                            is_same = value == other or math.isclose(value, other, rel_tol=1e-9) or math.isnan(value) and math.isnan(other)
                            self.assertTrue(is_same, f"{labels}: {value} and {other}")

    def test_tiles_say_no_data_while_the_exporter_is_down(self):
        for name in self.boards:
            source = self.source("down", name)
            for panel, target in self.targets(name):
                with self.subTest(board=name, panel=panel["title"]):
                    if panel["type"] == "stat":
                        found = self.ask(source, panel, target)
                        self.assertEqual(list(found.values()), [[0.0]] if panel["title"] in ("Exporters", "Scraped") else [])
                    self.assertEqual(panel["fieldConfig"]["defaults"]["noValue"], "no data")

    def test_graphs_keep_the_past_while_the_exporter_is_down(self):
        for name in self.boards:
            source = self.source("down", name)
            for panel, target in self.targets(name):
                if panel["type"] in ("timeseries", "state-timeline") and not panel.get("timeFrom"):
                    with self.subTest(board=name, panel=panel["title"]):
                        self.assertTrue(self.ask(source, panel, target))

    def test_bars_add_up_to_the_events(self):
        for job in ("one", "two", "shards"):
            source = self.source(job, "fleet")
            panel, target = next(pair for pair in self.targets("fleet") if pair[0]["title"] == "Events by kind")
            lines, step = source.range(panel, target)
            counted = {labels["kind"]: sum(value for _, value in points) for labels, points in lines}
            begin, end = END - HOUR - step, END
            truth = collections.Counter(kind for box in self.connectors for moment, kind, _ in box.events if begin < moment <= end)
            self.assertGreater(sum(truth.values()), 100)
            self.assertEqual({kind: count for kind, count in counted.items() if count}, dict(truth))

    def test_bars_of_days_add_up_to_the_upgrades(self):
        for job in ("one", "two", "shards"):
            source = self.source(job, "fleet")
            panel = next(panel for panel in self.boards["fleet"]["panels"] if panel["title"] == "Upgrades per day")
            for target, outcome in zip(panel["targets"], ("success", "failure")):
                lines, _ = source.range(panel, target)
                begin = (END - 14 * DAY) // DAY * DAY
                truth = sum(begin < moment <= END and FINISHES.get(kind) == ("upgrade", outcome) for box in self.connectors for moment, kind, _ in box.events)
                self.assertEqual(sum(value for _, points in lines for _, value in points), truth)

    def test_tiles_show_the_truth(self):
        endings = collections.Counter(box.ending for box in self.connectors)
        truth = {
            "Connectors": COUNT, "Offline": endings["offline site"] + endings["offline"], "Agents stopped": endings["agent stopped"],
            "Rekeys stuck": endings["rekey stuck"] + endings["reset"], "Operations stuck": endings["pki stuck"], "Connectors missing": 0,
            "Tunnels down": 1, "Tunnels degraded": 1, "HA faults": 1, "Snapshots old": 1,
        }
        for job in ("one", "two"):
            source = self.source(job, "fleet")
            for panel, target in self.targets("fleet"):
                if panel["title"] in truth:
                    self.assertEqual(list(self.ask(source, panel, target).values()), [[truth.pop(panel["title"]) if job == "two" else truth[panel["title"]]]], panel["title"])
        self.assertEqual(truth, {})

    def chosen(self, job, story):
        """Returns the source of Connector health for the connector with a story."""
        source = self.source(job, "health")
        source.chosen["connector_id"] = next(box.connector_id for box in self.connectors if STORIES.get(box.index, "virtual" if box.index == 4 else "") == story)
        return source

    def tiles(self, source):
        """Returns the values of the tiles of Connector health, without those that have no data."""
        found = {panel["title"]: list(self.ask(source, panel, target).values()) for panel, target in self.targets("health") if panel["type"] == "stat"}
        return {title: points[0][0] for title, points in found.items() if points}

    def test_tiles_of_a_connector_show_the_truth(self):
        for job in ("one", "two", "shards"):
            found = self.tiles(self.chosen(job, "incident"))
            truth = {"Tunnels down": 0, "Tunnels degraded": 1, "HA state": 2, "Ports without link": 1, "Alerts firing": 2, "Worst port": 0.82}
            self.assertEqual({title: found[title] for title in truth}, truth)
            self.assertTrue(0.9 < found["Fullest filesystem"] < 0.94 and 0 < found["Temperature margin"] < 20 and 0 < found["CPU load per core"] < 1)
            self.assertEqual(self.tiles(self.chosen(job, "tunnel down"))["Tunnels down"], 1)
            self.assertEqual(self.tiles(self.chosen(job, "HA fault"))["HA state"], 5)
            self.assertEqual(self.tiles(self.chosen(job, "partner of incident"))["Tunnels down"], 0)
            self.assertNotIn("Temperature margin", self.tiles(self.chosen(job, "virtual")))

    def test_a_silent_connector_shows_only_the_age_of_its_snapshot(self):
        found = self.tiles(self.chosen("one", "silent"))
        self.assertEqual(set(found), {"Age of the snapshot", "Alerts firing"})
        self.assertGreater(found["Age of the snapshot"], 2 * HOUR)

    def test_high_availability_shows_both_connectors_of_a_site(self):
        for story in ("incident", "partner of incident"):
            source = self.chosen("two", story)
            panel, target = next(pair for pair in self.targets("health") if pair[0]["title"] == "HA state of the site")
            lines, _ = source.range(panel, target)
            self.assertEqual({labels["connector_id"] for labels, _ in lines}, {box.connector_id for box in self.connectors if "incident" in STORIES.get(box.index, "")})

    def test_rates_of_snapshots_are_true(self):
        source = self.chosen("two", "incident")
        panel, target = next(pair for pair in self.targets("health") if pair[0]["title"] == "Received")
        found = {labels["device"]: points[-1][1] for labels, points in source.range(panel, target)[0]}
        self.assertEqual(set(found), {name for name, *_ in PORTS})
        for name, _, bits, _ in PORTS:
            self.assertTrue(0.3 * bits <= found[name] <= 1.7 * bits or name == "eth4", name)

    def test_tunnels_of_the_fleet_are_counted(self):
        panel = next(panel for panel in self.boards["fleet"]["panels"] if panel["title"] == "All connectors")
        for job in ("one", "two"):
            source = self.source(job, "fleet")
            column = next(target for target in panel["targets"] if "label_join" in target["expr"])
            counted = collections.Counter(sample["metric"]["tunnels"] for sample in source.instant(panel, column))
            # One tunnel is down and one is degraded. The three offline connectors and the silent one have no snapshots.
            self.assertEqual(counted, {"2/2": COUNT - 6, "1/2": 2})

    def test_variables_show_names_and_have_ids_as_values(self):
        names = {box.connector_id: f"{box.site_name} / {box.serial}" for box in self.connectors}
        sites = {box.site_id: box.site_name for box in self.connectors}
        for job in ("one", "two", "down"):
            for name, board in self.boards.items():
                source = self.source(job, "")
                for variable in board["templating"]["list"]:
                    if variable["type"] == "query" and not (job == "down" and variable["query"].startswith("label_values")):
                        with self.subTest(job=job, board=name, variable=variable["name"]):
                            found = source.variable(variable)
                            self.assertTrue(found)
                            wanted = {"connector_id": names, "site_id": sites}.get(variable["name"])
                            self.assertEqual(found, wanted or found)

    def test_alerts_of_connectors_are_shown_once(self):
        panel, target = next(pair for pair in self.targets("fleet") if pair[0]["title"] == "Firing alerts")
        tile, count = next(pair for pair in self.targets("fleet") if pair[0]["title"] == "Alerts firing")
        shown = {job: self.source(job, "fleet").instant(panel, target) for job in ("one", "two")}
        about = {job: sorted(sample["metric"].get("connector_id", "") for sample in found) for job, found in shown.items()}
        # The alert about the exporter itself fires for each exporter.
        self.assertEqual(about["two"], sorted([*about["one"], ""]))
        others = {sample["metric"]["alertname"]: sample["metric"] for sample in shown["one"] if "connector_id" not in sample["metric"]}
        self.assertEqual(set(others), {"MagicConnectorHaNoneActive", "MagicConnectorUnknownKind"})
        silent = next(box for box in self.connectors if STORIES.get(box.index) == "silent")
        self.assertEqual(others["MagicConnectorHaNoneActive"]["site_name"], silent.site_name)
        for job, found in shown.items():
            self.assertEqual(list(self.ask(self.source(job, "fleet"), tile, count).values()), [[float(len(found))]])
            for sample in found:
                self.assertEqual("serial_number" in sample["metric"], "connector_id" in sample["metric"])

    def test_annotations_have_data(self):
        source = self.source("one", "fleet")
        for board in self.boards.values():
            for annotation in board.get("annotations", {}).get("list", []):
                with self.subTest(annotation=annotation["name"]):
                    self.assertTrue(self.prometheus.instant(source.text(annotation["expr"]), END))


if __name__ == "__main__":
    unittest.main()
