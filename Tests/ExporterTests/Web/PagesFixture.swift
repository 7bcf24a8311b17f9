// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Foundation
import HTTPEndpoint
import LinuxSystem
import Logging
import Polling
import TestSupport
import Testing

@testable import Exporter

/// A ledger with connectors and events, and the pages that show it.
final class PagesFixture: Sendable {
    /// The clock of the pages, which stands still.
    private struct StandingClock: PollingClock {
        let time: Timestamp
        var epoch: String { "a test" }
        func now() -> Timestamp { time }
        func uptime() -> Uptime { Uptime(seconds: 100) }
        func sleep(seconds: Double) async throws(CancellationError) {}
    }

    /// An event of one connector.
    struct Incoming: Sendable {
        let t: Int
        let n: Int
        let kind: String
        var tunnel: String?
    }

    static let account = "0123456789abcdef0123456789abcdef"
    static let now: Timestamp = 1_790_000_000

    private static let settings = FamilySettings(
        stuckAfter: StuckThresholds(),
        failureRatioWindows: [],
        forgetTunnelsAfter: 604_800
    )

    let directory: TemporaryDirectory
    private let handler: Handler

    /// Creates a ledger.
    ///
    /// - Parameters:
    ///   - inventory: the connectors by id.
    ///   - events: their events by id.
    ///   - telemetryPath: the path of the metrics.
    ///   - dashboardURL: the address of Grafana.
    /// - Throws: if the ledger cannot be written.
    init(
        _ inventory: [String: Connector],
        events: [String: [Incoming]] = [:],
        telemetryPath: String = "/metrics",
        dashboardURL: String? = nil
    ) async throws {
        directory = try TemporaryDirectory(fast: true)
        let ledger = try EventLedger(directory: directory.path)
        _ = try await ledger.recordDiscovery(of: Self.account, showing: inventory)
        for (id, list) in events {
            let key = ConnectorKey(account: Self.account, connector: id)
            _ = try await ledger.setScopeStart(of: key, from: 0)
            _ = try await ledger.ingest(
                list.map {
                    IncomingEvent(
                        id: EventID(t: $0.t, n: $0.n),
                        kind: $0.kind,
                        collectedAt: Timestamp($0.t + 7)
                    )
                },
                of: key
            )
            _ = try await ledger.savePayloads(
                list.compactMap { event in
                    event.tunnel.map {
                        EventPayload(
                            id: EventID(t: event.t, n: event.n),
                            tunnelID: $0,
                            url: nil,
                            version: "2026.9.1"
                        )
                    }
                },
                of: key
            )
            _ = try await ledger.updateState(
                of: key,
                completing: CompletedWindow(until: Self.now, at: Self.now, isRescan: false),
                forgettingTunnelsAfter: 604_800
            )
        }
        let views = ledger.connectors(of: Self.account).map { ConnectorView(record: $0, pollSucceeded: true) }
        let account = AccountView(
            account: Self.account,
            discoverySucceeded: true,
            connectors: views.count,
            configuredPollInterval: 60,
            discoveryInterval: 60,
            pollInterval: 60,
            histograms: AccountHistograms()
        )
        let fleet = FleetSnapshot(
            connectors: views,
            accounts: [account],
            settings: Self.settings,
            now: Self.now
        )
        var router = Router()
        PageRoutes(
            telemetryPath: telemetryPath,
            dashboardURL: dashboardURL,
            storagePath: directory.path,
            clock: StandingClock(time: Self.now),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { fleet }
        .add(to: &router)
        handler = router.handler
    }

    /// Returns the response to a request.
    func get(
        _ path: String,
        _ query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = []
    ) async -> Response {
        await withCheckedContinuation { continuation in
            let request = Request(path: path, query: query, headers: Headers(headers))
            handler(request, Responder { continuation.resume(returning: $0) })
        }
    }

    /// Returns the response to a request with a target, as in a link.
    func get(target: String) async throws -> Response {
        let components = try #require(URLComponents(string: target))
        let query = (components.queryItems ?? []).map { (name: $0.name, value: $0.value ?? "") }
        return await get(components.path, query)
    }
}

extension Response {
    /// The body, if it is not compressed.
    var text: String { String(decoding: body.flatMap(\.self), as: UTF8.self) }

    /// Returns the value of a field.
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// Returns the body as JSON.
    func json<Value: Decodable>(as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body.flatMap(\.self)))
    }
}
