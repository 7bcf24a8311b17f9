#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Reads a running simulator with Cloudflare's own Python SDK and compares what it says with the simulator's truth.
# Exits with 1 where they disagree.
#
#   python3 -m venv .build-sdk && .build-sdk/bin/pip install --quiet cloudflare==5.9.0
#   swift build --product magic-connector-simulator
#   .build/debug/magic-connector-simulator --web.listen-address 127.0.0.1:10978 --rate-limit 0 &
#   .build-sdk/bin/python Tests/ConnectorSimulatorTests/sdk_check.py http://127.0.0.1:10978

import collections
import json
import sys
import urllib.request

import cloudflare

ACCOUNT = "00000000000000000000000000000001"
TOKEN = "simulator-token"
failures = []


def check(holds, message):
    """Notes a disagreement."""
    if not holds:
        failures.append(message)
        print(f"DISAGREE {message}")


def control(base, path, body=None):
    """Asks the simulator's control."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(base + "/control" + path, data=data), timeout=30) as answer:
        return json.load(answer)


def refusal(client, ask):
    """What the SDK makes of an error."""
    try:
        ask(client)
    except cloudflare.APIStatusError as error:
        return type(error).__name__, error.status_code
    return None, 200


def list_events(events, connector, limit, **filters):
    """All events of a connector, page after page."""
    items, cursor, pages = [], None, 0
    while True:
        extra = {"cursor": cursor} if cursor else {}
        page = events.list(
            connector, account_id=ACCOUNT, from_=0, to=4_000_000_000, limit=limit, **extra, **filters
        )
        check(page.count == len(page.items), f"{connector}: count {page.count} of {len(page.items)} items")
        items += page.items
        pages += 1
        cursor = page.cursor
        if not cursor:
            return items, pages


def check_connector(events, base, truth):
    """Compares one connector, through every way of reading it."""
    identifier = truth["id"]
    known = control(base, f"/events?connector={identifier}")
    items, pages = list_events(events, identifier, 97)
    check(pages == -(-len(known) // 97), f"{identifier}: {pages} pages")
    check(
        [(i.t, i.n, i.a, i.k) for i in items] == [(e["t"], e["n"], e["a"], e["k"]) for e in known],
        f"{identifier}: the list of events",
    )
    check(dict(collections.Counter(i.k for i in items)) == truth["counts"], f"{identifier}: counts by kind")
    rekeys, _ = list_events(events, identifier, 50, k="RekeyComplete")
    check(len(rekeys) == truth["counts"].get("RekeyComplete", 0), f"{identifier}: filter by kind")

    latest = events.latest.list(identifier, account_id=ACCOUNT)
    check(
        [(e.t, e.n, e.e.k, e.v) for e in latest.items]
        == [(e["t"], e["n"], e["e"]["k"], e["v"]) for e in reversed(known[-100:])],
        f"{identifier}: latest",
    )
    singles = known[:: max(1, len(known) // 20)] + [e for e in known if len(e["e"]) > 1][:10]
    for event in singles:
        # The SDK's numbers are floats, and a path is made of whole numbers.
        single = events.get(
            int(event["n"]), account_id=ACCOUNT, connector_id=identifier, event_t=int(event["t"])
        )
        told = single.e.to_dict() if hasattr(single.e, "to_dict") else dict(single.e)
        check(
            (single.t, single.n, single.v, told) == (event["t"], event["n"], event["v"], event["e"]),
            f"{identifier}: event {event['t']}.{event['n']}: {told}",
        )
    return len(items), len(singles)


def numbers(value):
    """A value of the SDK or of the simulator, with all numbers as floats."""
    if isinstance(value, dict):
        return {name: numbers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [numbers(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def list_snapshots(snapshots, connector, limit):
    """The (t, a) of all snapshots of a connector, page after page."""
    items, cursor = [], None
    while True:
        extra = {"cursor": cursor} if cursor else {}
        page = snapshots.list(connector, account_id=ACCOUNT, from_=0, to=4_000_000_000, limit=limit, **extra)
        check(page.count == len(page.items), f"{connector}: count {page.count} of {len(page.items)} snapshots")
        items += [(item.t, item.a) for item in page.items]
        cursor = page.cursor
        if not cursor:
            return items


def check_snapshots(snapshots, base, connector, fields):
    """Compares the snapshots of one connector with the truth. Returns how many were listed and how many were read."""
    items = list_snapshots(snapshots, connector, 333)
    check(items == sorted(set(items)), f"{connector}: the order of the snapshots")
    check(all(2 <= a - t <= 8 for t, a in items), f"{connector}: the delay of the snapshots")
    latest = snapshots.latest.list(connector, account_id=ACCOUNT)
    check(latest.count == len(latest.items) == 1, f"{connector}: {latest.count} latest snapshots")
    newest = latest.items[0]
    truth = control(base, f"/snapshots?connector={connector}")
    check(items[-1] == (newest.t, truth.pop("a")), f"{connector}: the newest snapshot")
    check(newest.to_dict() == numbers(truth), f"{connector}: the content of the newest snapshot")
    # The SDK keeps fields of an unexpected type, so the types are compared with the schema.
    type(newest).model_validate(newest.to_dict(), strict=True)
    check(not newest.model_extra, f"{connector}: fields unknown to the SDK: {newest.model_extra}")
    fields |= set(newest.to_dict())
    times = [t for t, _ in items[:: max(1, len(items) // 10)]]
    for t in times:
        one = snapshots.get(int(t), account_id=ACCOUNT, connector_id=connector)
        known = control(base, f"/snapshots?connector={connector}&t={int(t)}")
        check(known.pop("a") == dict(items)[t], f"{connector}: the collection of snapshot {t}")
        check(one.to_dict() == numbers(known), f"{connector}: snapshot {t}")
    return len(items), 1 + len(times)


def main():
    base = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:10978"
    client = cloudflare.Cloudflare(api_token=TOKEN, base_url=base + "/client/v4", max_retries=0)
    connectors = client.magic_transit.connectors
    control(base, "/life", {"paused": True})
    try:
        truth = control(base, f"/truth?account={ACCOUNT}")
        listed = list(connectors.list(account_id=ACCOUNT))
        check([c.id for c in listed] == [c["id"] for c in truth["connectors"]], "the list of connectors")
        for connector in listed:
            check(connector.activated is True and bool(connector.device.serial_number), f"{connector.id}: fields")
            one = connectors.get(connector.id, account_id=ACCOUNT)
            check((one.id, one.notes) == (connector.id, connector.notes), f"{connector.id}: get")
        total, singles, snapshots, read, fields = 0, 0, 0, 0, set()
        for entry in truth["connectors"]:
            count, fetched = check_connector(connectors.events, base, entry)
            total += count
            singles += fetched
            count, fetched = check_snapshots(connectors.snapshots, base, entry["id"], fields)
            snapshots += count
            read += fetched
        schema = type(connectors.snapshots.latest.list(listed[0].id, account_id=ACCOUNT).items[0]).model_fields
        check(fields == set(schema), f"fields of snapshots: {sorted(fields ^ set(schema))}")
        check(total == truth["totals"]["events"], f"{total} events of {truth['totals']['events']}")

        stranger = cloudflare.Cloudflare(api_token="nobody", base_url=base + "/client/v4", max_retries=0)
        check(
            refusal(stranger, lambda c: c.magic_transit.connectors.list(account_id=ACCOUNT))
            == ("AuthenticationError", 401),
            "an unknown token",
        )
        check(
            refusal(client, lambda c: c.magic_transit.connectors.list(account_id="f" * 32))
            == ("PermissionDeniedError", 403),
            "a foreign account",
        )
        check(
            refusal(client, lambda c: c.magic_transit.connectors.get("0" * 32, account_id=ACCOUNT))
            == ("NotFoundError", 404),
            "an unknown connector",
        )
        check(
            refusal(
                client,
                lambda c: c.magic_transit.connectors.events.get(
                    1, account_id=ACCOUNT, connector_id=listed[0].id, event_t=1
                ),
            )
            == ("NotFoundError", 404),
            "an unknown event",
        )
        check(
            refusal(
                client,
                lambda c: c.magic_transit.connectors.snapshots.get(1, account_id=ACCOUNT, connector_id=listed[0].id),
            )
            == ("NotFoundError", 404),
            "an unknown snapshot",
        )
    finally:
        control(base, "/life", {"paused": False})
    print(
        f"cloudflare {cloudflare.__version__}: {len(listed)} connectors, {total} events listed, "
        f"{singles} fetched, {snapshots} snapshots listed, {read} read with {len(fields)} fields, "
        f"{len(failures)} disagreements"
    )
    return 1 if failures or not total or not singles or not read else 0


sys.exit(main())
