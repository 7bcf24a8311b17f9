// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The same questions answered by looking at the whole list each time: slow, and with no state to get wrong.
struct NaiveReader {
    let events: [Event]

    init(_ events: [Event]) { self.events = events.sorted { $0.id < $1.id } }

    func names(of operation: Operation) -> (start: String, success: String, failure: String) {
        switch operation {
        case .attestation: ("StartAttestation", "FinishAttestationSuccess", "FinishAttestationFailure")
        case .cryptKeyRotation:
            ("StartRotateCryptKey", "FinishRotateCryptKeySuccess", "FinishRotateCryptKeyFailure")
        case .pkiRotation: ("StartRotatePki", "FinishRotatePkiSuccess", "FinishRotatePkiFailure")
        case .upgrade: ("StartUpgrade", "FinishUpgradeSuccess", "FinishUpgradeFailure")
        }
    }

    func openSince(_ operation: Operation) -> Int? {
        let names = names(of: operation)
        let all = [names.start, names.success, names.failure]
        guard let last = events.last(where: { all.contains($0.kind.rawValue) }),
            last.kind.rawValue == names.start
        else { return nil }
        return last.id.t
    }

    func consecutiveFailures(_ operation: Operation) -> Int {
        let names = names(of: operation)
        let ends = events.map(\.kind.rawValue).filter { $0 == names.success || $0 == names.failure }
        return ends.reversed().prefix { $0 == names.failure }.count
    }

    func failureRatio(_ operation: Operation, window: Int, now: Double) -> Double? {
        let names = names(of: operation)
        let inWindow = events.filter { Double($0.id.t) <= now && Double($0.id.t) > now - Double(window) }
        let failed = inWindow.count { $0.kind.rawValue == names.failure }
        let finished = failed + inWindow.count { $0.kind.rawValue == names.success }
        return finished == 0 ? nil : Double(failed) / Double(finished)
    }

    func rekeyPhase(_ tunnel: String) -> (phase: String, start: Int)? {
        let own = events.filter { $0.tunnelID == tunnel && $0.kind.rawValue.hasPrefix("Rekey") }
        guard let last = own.last else { return nil }
        let phases = [
            "RekeyInstallBoth": "installed", "RekeyStart": "started", "RekeyRestart": "started",
            "RekeyAdvance": "advanced", "RekeyComplete": "completed", "RekeyReset": "reset",
        ]
        // A restart continues what is started; walk back to the event that started it.
        var index = own.count - 1
        while own[index].kind.rawValue == "RekeyRestart", index > 0,
            phases[own[index - 1].kind.rawValue] == "started"
        { index -= 1 }
        return (phases[last.kind.rawValue] ?? "", own[index].id.t)
    }

    func uncleanRestarts() -> Int {
        let agent = events.map(\.kind.rawValue).filter { $0 == "Init" || $0 == "Leave" }
        return zip(agent, agent.dropFirst()).count { $0 == "Init" && $1 == "Init" }
    }
}
