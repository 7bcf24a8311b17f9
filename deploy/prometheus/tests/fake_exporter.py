# SPDX-License-Identifier: Apache-2.0
"""An exporter without Cloudflare: serves the metrics of accounts whose state a test changes."""
import dataclasses
import http.server
import threading
import time

PREFIX = "cloudflare_magic_connector_"


@dataclasses.dataclass
class Connector:
    """One connector. A time is `None` while it continues, and else when it stopped."""

    site: str
    is_high_availability: bool = False
    is_primary: bool = True
    failures: int = 0
    heartbeat: float | None = None
    is_polled: bool = True
    poll: float | None = None
    # Whether its two tunnels are down; `None` without snapshots.
    is_down: bool | None = None


@dataclasses.dataclass
class Account:
    """One account, which Cloudflare lists as long as `listing` is `None`."""

    connectors: dict[str, Connector]
    interval: float
    listing: float | None = None

    def stop_polls(self, now: float) -> None:
        """Begins an outage: no list, no polls, and so no newer heartbeats."""
        self.listing = now
        for connector in self.connectors.values():
            connector.is_polled, connector.poll, connector.heartbeat = False, now, now

    def resume_polls(self, names: list[str]) -> None:
        """Lists the connectors again, with current heartbeats, and polls some of them."""
        self.listing = None
        for name, connector in self.connectors.items():
            connector.heartbeat = None
            if name in names:
                connector.is_polled, connector.poll = True, None


class FakeExporter:
    """Serves the metrics on a fixed port, which can be closed and opened again."""

    def __init__(self, port: int, accounts: dict[str, Account]) -> None:
        self.port, self.accounts = port, accounts
        self.server: http.server.ThreadingHTTPServer | None = None

    def start(self) -> None:
        exporter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = exporter.metrics().encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def metrics(self) -> str:
        now, lines = time.time(), []

        def write(family: str, value: float, **labels: str) -> None:
            pairs = ",".join(f'{name}="{text}"' for name, text in labels.items())
            lines.append(f"{PREFIX}{family}{{{pairs}}} {value}")

        for account_id, account in self.accounts.items():
            own = {"account_id": account_id}
            write("poll_interval_seconds", account.interval, **own)
            write("configured_poll_interval_seconds", account.interval, **own)
            write("discovery_success", int(account.listing is None), **own)
            write("last_successful_discovery_timestamp_seconds", account.listing or now, **own)
            write("connectors", len(account.connectors), **own)
            write("connectors_missing", 0, **own)
            for connector_id, connector in account.connectors.items():
                own = {"account_id": account_id, "connector_id": connector_id}
                role = "primary" if connector.is_primary else "secondary"
                is_ha = str(connector.is_high_availability).lower()
                write("info", 1, **own, serial_number=f"S-{connector_id}", site_id=connector.site, site_name=f"Site {connector.site}")
                write("site_info", 1, **own, site_id=connector.site, site_name=f"Site {connector.site}", role=role, ha_mode=is_ha)
                write("activated", 1, **own)
                write("primary", int(connector.is_primary), **own)
                write("last_heartbeat_timestamp_seconds", connector.heartbeat or now, **own)
                write("operation_consecutive_failures", connector.failures, **own, operation="attestation")
                write("operation_stuck", 0, **own, operation="attestation")
                write("agent_running", 1, **own)
                write("last_event_delivery_delay_seconds", 1, **own)
                write("poll_success", int(connector.is_polled), **own)
                write("last_successful_poll_timestamp_seconds", connector.poll or now, **own)
                if connector.is_down is None:
                    continue
                write("last_snapshot_timestamp_seconds", now, **own)
                write("snapshot_info", 1, **own, platform="test", version="1", site_id=connector.site)
                for tunnel in ("t1", "t2"):
                    for state, is_now in (("healthy", not connector.is_down), ("down", connector.is_down)):
                        write("tunnel_health", int(is_now), **own, tunnel_id=tunnel, state=state)
        return "\n".join(lines) + "\n"
