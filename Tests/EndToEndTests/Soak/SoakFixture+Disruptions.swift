// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import Foundation
import TestSupport
import Testing

/// Disruptions of the network, the process and the machine.
extension SoakFixture {
    /// A disruption that is not part of an API response.
    enum Disruption: String, Sendable, CaseIterable {
        case kill, stop, clockAhead, clockBehind, noDescriptors, nameFails
        case selfSigned, wrongHost, expired, tokenReplaced, connectorRemoved
        case diskFull, ledgerReadOnly, storageDeleted, ledgerDamaged, ledgerDamagedAtStart
        case refuse, reset, stall, resetAmid, cutAmid, closeAtReuse, dribble, garbage, oldVersion, interim

        /// Disruptions of the disk and of the ledger's files.
        static let ofStorage: [Disruption] = [
            .diskFull, .ledgerReadOnly, .storageDeleted, .ledgerDamaged, .ledgerDamagedAtStart,
        ]

        /// The mode of the relay, if the disruption is one of the wire.
        var mode: Relay.Mode? {
            switch self {
            case .refuse: .refuse
            case .reset: .reset
            case .stall: .hold
            case .resetAmid: .fault(.cut(after: nil, isReset: true))
            case .cutAmid: .fault(.cut(after: nil, isReset: false))
            case .closeAtReuse: .closeOnReuse
            case .dribble: .fault(.slow(bytesPerSecond: 300))
            case .garbage: .fault(.garbage)
            case .oldVersion: .fault(.oldVersion)
            case .interim: .fault(.interim)
            default: nil
            }
        }
    }

    /// Applies a disruption for some seconds.
    ///
    /// - Parameters:
    ///   - disruption: the disruption.
    ///   - seconds: its minimum duration.
    ///   - meanwhile: runs before a disruption of the storage ends.
    /// - Throws: if the exporter has exited, or the disruption cannot be created.
    func apply(
        _ disruption: Disruption,
        seconds: Double,
        meanwhile: () async throws -> Void = {}
    ) async throws {
        report.faults["disruption:\(disruption)", default: 0] += 1
        if let mode = disruption.mode {
            relay.set(mode)
            try await last(seconds)
            relay.set(.pass)
            return
        }
        switch disruption {
        case .kill: try await kill()
        case .stop: try await suspendProcess(seconds)
        case .clockAhead, .clockBehind:
            try clock.step(to: disruption == .clockAhead ? 3600 : -3600)
            try await last(seconds)
            try clock.step(to: 0)
        case .noDescriptors: try await exhaustDescriptors(seconds)
        case .nameFails: try await useBaseURL("https://api.example.invalid/client/v4", seconds)
        case .selfSigned: try await useOpenSSLServer(names: "IP:127.0.0.1", seconds)
        case .wrongHost: try await useOpenSSLServer(names: "DNS:api.example.invalid", seconds)
        case .expired:
            // Created ten days ago, valid for two.
            try clock.step(to: -864_000, of: "past")
            let environment = clock.environment(of: "past").map { "\($0)=\($1)" }
            try await useOpenSSLServer(names: "IP:127.0.0.1", environment: environment, seconds)
        case .tokenReplaced: try await replaceToken(after: seconds)
        case .connectorRemoved: try await removeConnector(for: seconds)
        default: try await applyToStorage(disruption, seconds, meanwhile)
        }
    }

    private func applyToStorage(
        _ disruption: Disruption,
        _ seconds: Double,
        _ meanwhile: () async throws -> Void
    ) async throws {
        func lasting() async throws {
            try await last(seconds)
            try await meanwhile()
        }
        switch disruption {
        case .diskFull: try await fillDisk(lasting)
        case .ledgerReadOnly: try await protectLedger(lasting)
        case .storageDeleted:
            try deleteStorage()
            try await lasting()
            try await kill { scraper.expectNewLedger() }
        case .ledgerDamaged:
            try damageLedger()
            try await lasting()
            try await kill { scraper.expectNewLedger() }
        case .ledgerDamagedAtStart:
            try await kill {
                try damageLedger()
                scraper.expectNewLedger()
            }
        default: break
        }
    }

    /// Waits for the duration of a disruption, which no event ends.
    private func last(_ seconds: Double) async throws { try await Task.sleep(for: .seconds(seconds)) }

    private func suspendProcess(_ seconds: Double) async throws {
        scraper.suspendChecks()
        fixture.exporter?.send(SIGSTOP)
        try await last(seconds)
        fixture.exporter?.send(SIGCONT)
        // The process still has to answer the requests that arrived while it was stopped.
        _ = try await fixture.scrape()
        scraper.expect(port: fixture.port)
    }

    /// Lowers the limit of descriptors, so that none can be opened.
    private func exhaustDescriptors(_ seconds: Double) async throws {
        let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
        let soft = limits.firstMatch(of: /Max open files\s+([0-9]+)/).map { String($0.output.1) } ?? "1024"
        try await limit("nofile", to: "3")
        try await last(seconds)
        try expectRunning()
        try await limit("nofile", to: soft)
    }

    /// Changes a soft limit of the running process.
    ///
    /// The corresponding C function is `prlimit(2)`.
    func limit(_ resource: String, to count: String) async throws {
        let arguments = ["--pid", "\(process)", "--\(resource)=\(count):"]
        let ending = try await ChildProgram.run("prlimit", arguments, in: fixture.directory.path)
        try expectRunning()
        try #require(ending.status == 0, "\(ending.errors)")
    }

    private func useBaseURL(_ url: String, _ seconds: Double) async throws {
        try await rewriteBaseURL(to: url)
        try await last(seconds)
        try await rewriteBaseURL(to: relayedBaseURL)
    }

    private func useOpenSSLServer(names: String, environment: [String] = [], _ seconds: Double) async throws {
        let server = try await OpenSSLServer(names: names, environment: environment)
        try await useBaseURL("https://127.0.0.1:\(server.port)/client/v4", seconds)
    }

    /// Revokes the token, and later writes another one to its file.
    private func replaceToken(after seconds: Double) async throws {
        let old = try String(contentsOfFile: fixture.directory.file("token"), encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let new = "token-\(report.faults["disruption:tokenReplaced", default: 0])"
        let body = #"{"revoke": ["\#(old)"], "add": ["\#(new)"]}"#
        try await fixture.control("POST", "tokens", body)
        try await last(seconds)
        _ = try fixture.directory.write("\(new)\n", to: "token")
    }

    private func removeConnector(for seconds: Double) async throws {
        for change in ["remove", "restore"] {
            let body = #"{"\#(change)": "\#(connectors[0])"}"#
            try await fixture.control("POST", "connectors", body)
            if change == "remove" { try await last(seconds) }
        }
    }
}
