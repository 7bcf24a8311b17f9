// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// The reference model of a connector's state: every property is computed from the complete list of events.
package struct NaiveReader {
    package let events: [Event]

    /// The seconds without a rekey event after which a tunnel is forgotten.
    private let forgetTunnelsAfter: Int

    package init(_ events: [Event], forgettingTunnelsAfter seconds: Int = 7 * 86_400) {
        self.events = events.sorted { $0.id < $1.id }
        forgetTunnelsAfter = seconds
    }

    private func names(of operation: Operation) -> (start: String, success: String, failure: String) {
        switch operation {
        case .attestation: ("StartAttestation", "FinishAttestationSuccess", "FinishAttestationFailure")
        case .cryptKeyRotation:
            ("StartRotateCryptKey", "FinishRotateCryptKeySuccess", "FinishRotateCryptKeyFailure")
        case .pkiRotation: ("StartRotatePki", "FinishRotatePkiSuccess", "FinishRotatePkiFailure")
        case .upgrade: ("StartUpgrade", "FinishUpgradeSuccess", "FinishUpgradeFailure")
        }
    }

    /// Returns the time of the newest start of an operation, finished or not.
    package func newestStart(_ operation: Operation) -> Int? {
        let start = names(of: operation).start
        return events.last { $0.kind.rawValue == start }?.id.t
    }

    /// Returns whether the newest of `Init` and `Leave` is an `Init`.
    package func isAgentRunning() -> Bool? {
        events.last { $0.kind.rawValue == "Init" || $0.kind.rawValue == "Leave" }.map {
            $0.kind.rawValue == "Init"
        }
    }

    package func openSince(_ operation: Operation) -> Int? {
        let names = names(of: operation)
        let interrupting = operation == .upgrade ? [] : ["Init"]
        let all = [names.start, names.success, names.failure] + interrupting
        guard let last = events.last(where: { all.contains($0.kind.rawValue) }),
            last.kind.rawValue == names.start
        else { return nil }
        return last.id.t
    }

    package func consecutiveFailures(_ operation: Operation) -> Int? {
        let names = names(of: operation)
        let ends = events.map(\.kind.rawValue).filter { $0 == names.success || $0 == names.failure }
        return ends.isEmpty ? nil : ends.reversed().prefix { $0 == names.failure }.count
    }

    /// Returns the finishes in a window with one outcome; `nil` before the first finish of the operation.
    package func finishes(_ operation: Operation, failed: Bool, window: Int, now: Double) -> Int? {
        guard consecutiveFailures(operation) != nil else { return nil }
        let names = names(of: operation)
        let inWindow = events.filter { Double($0.id.t) <= now && Double($0.id.t) > now - Double(window) }
        return inWindow.count { $0.kind.rawValue == (failed ? names.failure : names.success) }
    }

    /// Returns the delivery delay of the newest event whose collection time is known.
    ///
    /// - Parameter end: the latest recording time of events that the list shows; others have no collection time.
    /// - Returns: seconds; `nil` without such an event.
    package func deliveryDelay(listedUntil end: Double = .infinity) -> Double? {
        events.last { $0.collectedAt != nil && $0.id.time.seconds <= end }?.deliveryDelaySeconds
    }

    /// Returns the rekey events of a tunnel since it was last forgotten.
    package func rekeys(of tunnel: String) -> ArraySlice<Event> {
        let own = events.filter { $0.tunnelID == tunnel && $0.kind.rawValue.hasPrefix("Rekey") }
        let begin = own.indices.last { $0 > 0 && own[$0].id.t - own[$0 - 1].id.t >= forgetTunnelsAfter }
        return own[(begin ?? 0)...]
    }

    package func failureRatio(_ operation: Operation, window: Int, now: Double) -> Double? {
        let names = names(of: operation)
        let inWindow = events.filter { Double($0.id.t) <= now && Double($0.id.t) > now - Double(window) }
        let failed = inWindow.count { $0.kind.rawValue == names.failure }
        let finished = failed + inWindow.count { $0.kind.rawValue == names.success }
        return finished == 0 ? nil : Double(failed) / Double(finished)
    }

    package func rekeyPhase(_ tunnel: String) -> (phase: String, start: Int)? {
        let own = Array(rekeys(of: tunnel))
        guard let last = own.last else { return nil }
        let phases = [
            "RekeyInstallBoth": "installed", "RekeyStart": "started", "RekeyRestart": "started",
            "RekeyAdvance": "advanced", "RekeyComplete": "completed", "RekeyReset": "reset",
        ]
        // A restart continues a started rekey, so find the event that started it.
        var index = own.count - 1
        while own[index].kind.rawValue == "RekeyRestart", index > 0,
            phases[own[index - 1].kind.rawValue] == "started"
        { index -= 1 }
        return (phases[last.kind.rawValue] ?? "", own[index].id.t)
    }

    package func uncleanRestarts() -> Int {
        let agent = events.map(\.kind.rawValue).filter { $0 == "Init" || $0 == "Leave" }
        return zip(agent, agent.dropFirst()).count { $0 == "Init" && $1 == "Init" }
    }
}
