// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import EventLedger
import HTTPEndpoint
import HTTPTransport
import LinuxSystem
import Logging
import Polling
import Synchronization
import TestSupport
import Testing
import WireText

@testable import Exporter

@Suite(.timeLimit(.minutes(1))) struct ReloaderTests {
    private struct NoObserver: PollObserver {
        func snapshotChanged(_ view: SnapshotView) {}
        func connectorChanged(_ view: ConnectorView) {}
        func connectorGone(_ key: ConnectorKey) {}
        func accountChanged(_ view: AccountView) {}
    }

    /// A clock whose `sleep` returns when the test signals `step`.
    private struct SteppedClock: PollingClock {
        var epoch: String { "a test" }
        let step = WakeSignal()
        let asleep = WakeSignal()

        func now() -> Timestamp { 0 }
        func uptime() -> Uptime { Uptime(seconds: 0) }

        func sleep(seconds: Double) async throws(CancellationError) {
            asleep.signal()
            await step.wait()
            if Task.isCancelled { throw CancellationError() }
        }
    }

    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let other = String(repeating: "b", count: 32)

    private let directory: TemporaryDirectory
    private let api = GatedAPI()
    private let statistics = PollStatistics()

    init() throws { directory = try TemporaryDirectory() }

    /// Returns a plan with two accounts that have different tokens.
    private func plan(
        _ change: (inout Configuration) -> Void = { _ in },
        tokens: [String] = ["one", "two"]
    ) throws -> PollingPlan {
        let accounts = try zip([GatedAPI.gatedAccount, Self.other], tokens).map { id, token in
            let credential = try #require(Credential(token))
            return Configuration.Account(accountID: id, token: .literal(credential))
        }
        var configuration = Configuration(
            accounts: accounts,
            api: Configuration.API(baseURL: try BaseURL("http://127.0.0.1:1/client/v4"))
        )
        change(&configuration)
        return try PollingPlan(configuration, clock: SystemClock())
    }

    private func supervisor(_ plan: PollingPlan) throws -> PollingSupervisor {
        PollingSupervisor(
            plan: plan,
            transport: api,
            ledger: try EventLedger(directory: directory.path),
            statistics: statistics,
            observer: NoObserver(),
            clock: SystemClock(),
            logger: Self.quiet
        )
    }

    /// Waits for requests until one matches, and returns all URLs so far.
    private func requests(until matches: @escaping @Sendable (String) -> Bool) async throws -> [String] {
        try await onThread { [api] in
            var urls: [String] = []
            repeat { urls.append(try api.requests.next()) } while !matches(urls.last ?? "")
            return urls
        }
    }

    private static func isDiscovery(of account: String, _ url: String) -> Bool {
        url.contains(account) && url.hasSuffix("/magic/connectors")
    }

    @Test func `lets requests end, and restarts only the pollers that have changed`() async throws {
        let supervisor = try supervisor(try plan())
        let run = Task { await supervisor.run() }
        let gated = GatedAPI.gatedAccount
        var urls = try await requests { $0.contains(gated) && $0.contains("/events?") }
        let changed = try plan { $0.accounts[0].exclude = ["other"] }
        #expect(supervisor.apply(changed))
        #expect(!supervisor.apply(changed))
        api.open()
        urls += try await requests { Self.isDiscovery(of: gated, $0) }
        #expect(api.cancelled == 0)
        let counted = statistics.snapshot.requests.filter {
            $0.key.endpoint == .events && $0.key.status == "200"
        }
        #expect(counted.values.reduce(0, +) >= 1, "the request is counted")
        #expect(urls.count { Self.isDiscovery(of: gated, $0) } == 2)
        #expect(urls.count { Self.isDiscovery(of: Self.other, $0) } <= 1)
        run.cancel()
        await run.value
    }

    @Test func `thresholds of metrics restart no poller`() async throws {
        let first = try plan()
        let supervisor = try supervisor(first)
        let run = Task { await supervisor.run() }
        let gated = GatedAPI.gatedAccount
        _ = try await requests { $0.contains(gated) && $0.contains("/events?") }
        let changed = try plan { $0.stuckAfter.rekey = .seconds(7) }
        #expect(changed.groups.map(\.configuration) == first.groups.map(\.configuration))
        #expect(supervisor.apply(changed))
        #expect(api.cancelled == 0)
        run.cancel()
        await run.value
    }

    @Test func `only equal configurations with equal tokens are unchanged`() throws {
        let first = try plan()
        #expect(try plan().equals(first) == true)
        #expect(try plan(tokens: ["one", "three"]).equals(first) == false)
        #expect(try plan { $0.polling.interval = .seconds(7) }.equals(first) == false)
        #expect(try plan { $0.accounts[1].include = ["x"] }.equals(first) == false)
        #expect(try plan { $0.accounts.removeLast() }.equals(first) == false)
        #expect(try plan { $0.failureRatioWindows = [.seconds(7)] }.equals(first) == false)
        #expect(try plan { $0.api.maxRequests = 7 }.equals(first) == false)
    }

    @Test func `reloads at most once in five seconds, and answers every client`() async throws {
        let plan = try plan()
        let loads = Mutex(0)
        let clock = SteppedClock()
        let reloader = Reloader(
            loadPlan: { () throws(ConfigurationError) in
                loads.withLock { $0 += 1 }
                return plan
            },
            reloadWeb: nil,
            supervisor: try supervisor(plan),
            publisher: Publisher(
                settings: plan.familySettings,
                statistics: statistics,
                withExporterFamilies: false,
                withCreated: false,
                startTime: nil,
                clock: clock
            ),
            clock: clock,
            logger: Self.quiet
        )
        let queue = ReloadQueue()
        let run = Task { await reloader.run(queue) }
        let responses = Events<Response>()
        for round in 1...3 {
            for _ in 0..<10 { queue.requestReload(Responder { responses.record($0) }) }
            if round > 1 {
                #expect(loads.withLock(\.self) == round - 1)
                clock.step.signal()
            }
            await clock.asleep.wait()
            #expect(responses.pending.count == round * 10 || round == 1)
        }
        run.cancel()
        await run.value
        #expect(loads.withLock(\.self) <= 4)
        #expect(responses.pending.allSatisfy { $0.status == 200 })
    }
}
