// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import HTTPTransport
import Polling
import WireText

/// A check of one account: sends one request of each kind with its token.
///
/// It does not use the stored request budget, because it sends at most six requests.
struct AccountCheck: Sendable {
    /// How far back the request for events reaches, in seconds.
    private static let eventSeconds = 3600

    let api: APIClient
    let account: AccountSettings

    /// Whether snapshots are read.
    let readsSnapshots: Bool

    let clock: any PollingClock

    /// The clock's difference that whole seconds and a slow response explain.
    private static let clockTolerance = 2.0

    /// The report, and the number of connectors that the exporter polls.
    func run() async -> (report: AccountReport, polled: Int) {
        let credential: Credential
        do throws(PollFailure) {
            credential = try account.credential()
        } catch {
            let finding = AccountReport.Finding(ok: false, error: error.description)
            return (report(connectors: finding, sites: finding), 0)
        }
        let id = account.account
        let listed = await send { () async throws(APIError) in
            try await api.connectors(account: id, credential: credential)
        }
        let sites = await send { () async throws(APIError) in
            try await api.sites(account: id, credential: credential)
        }
        var report = report(
            connectors: finding(listed) { $0.connectors.count },
            sites: finding(sites) { $0.sites.count }
        )
        if case .success(let reply) = listed { report.clockOffset = clockOffset(reply.servedAt) }
        await checkToken(credential, &report)
        guard case .success(let reply) = listed, let connector = reply.value.connectors.first?.id else {
            return (report, 0)
        }
        await checkTelemetry(of: connector, credential, &report)
        return (report, reply.value.connectors.count { account.selects($0.id) })
    }

    private func checkToken(_ credential: Credential, _ report: inout AccountReport) async {
        for owner in [account.account, nil] {
            let status = await send { () async throws(APIError) in
                try await api.tokenStatus(account: owner, credential: credential)
            }
            guard case .success(let reply) = status else { continue }
            report.token = AccountReport.Finding(ok: true)
            report.tokenExpires = reply.value.expiresOn.map { CivilTime(secondsSinceEpoch: Int($0)).rfc3339 }
            return
        }
    }

    private func checkTelemetry(
        of connector: String,
        _ credential: Credential,
        _ report: inout AccountReport
    ) async {
        let id = account.account
        let now = clock.now().wholeSeconds
        let query = EventQuery(from: now - Self.eventSeconds, to: now, limit: 1)
        let events = await send { () async throws(APIError) in
            try await api.events(account: id, connector: connector, query: query, credential: credential)
        }
        report.events = finding(events)
        guard readsSnapshots else { return }
        let snapshot = await send { () async throws(APIError) in
            try await api.latestSnapshot(account: id, connector: connector, credential: credential)
        }
        if case .failure(let error) = snapshot, error.reason == .notFound {
            // A connector that has never reported.
            report.snapshots = AccountReport.Finding(ok: true)
        } else {
            report.snapshots = finding(snapshot)
        }
    }

    private func report(
        connectors: AccountReport.Finding,
        sites: AccountReport.Finding
    ) -> AccountReport {
        AccountReport(
            accountID: account.account,
            token: AccountReport.Finding(ok: false),
            connectors: connectors,
            sites: sites,
            pollInterval: 0
        )
    }

    private func clockOffset(_ servedAt: Double?) -> Double? {
        guard let servedAt else { return nil }
        let offset = Timestamp(servedAt) - clock.now()
        return abs(offset) <= Self.clockTolerance ? 0 : offset
    }

    private func send<Value: Sendable>(
        _ request: () async throws(APIError) -> APIReply<Value>
    ) async -> Result<APIReply<Value>, APIError> {
        do throws(APIError) {
            return .success(try await request())
        } catch {
            return .failure(error)
        }
    }

    private func finding<Value>(
        _ result: Result<APIReply<Value>, APIError>,
        count: (Value) -> Int? = { _ in nil }
    ) -> AccountReport.Finding {
        switch result {
        case .success(let reply): AccountReport.Finding(ok: true, count: count(reply.value))
        case .failure(let error): AccountReport.Finding(ok: false, error: error.description)
        }
    }
}
