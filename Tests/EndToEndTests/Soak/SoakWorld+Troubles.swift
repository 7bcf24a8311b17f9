// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What goes wrong with the network, the process and the machine.
extension SoakWorld {
    /// A trouble that is not an answer's, by its name.
    enum Trouble: String, Sendable, CaseIterable {
        case kill, stop, clockAhead, clockBehind, noDescriptors, nameFails
        case selfSigned, wrongHost, expired, tokenReplaced, connectorRemoved
        case diskFull, ledgerReadOnly, storageDeleted, ledgerDamaged, ledgerDamagedAtStart
        case refuse, reset, stall, resetAmid, cutAmid, closeAtReuse, dribble, garbage, oldVersion, interim

        /// Those of the disk and of the ledger's files.
        static let ofStorage: [Trouble] = [
            .diskFull, .ledgerReadOnly, .storageDeleted, .ledgerDamaged, .ledgerDamagedAtStart,
        ]

        /// What it is on the wire, if it is there.
        var mode: Relay.Mode? {
            switch self {
            case .refuse: .refuse
            case .reset: .reset
            case .stall: .stall
            case .resetAmid: .resetAmid
            case .cutAmid: .cutAmid
            case .closeAtReuse: .closeAtReuse
            case .dribble: .dribble(bytesPerSecond: 300)
            case .garbage: .garbage
            case .oldVersion: .oldVersion
            case .interim: .interim
            default: nil
            }
        }
    }

    /// Lets a trouble last for some seconds, and ends it.
    ///
    /// - Parameters:
    ///   - trouble: what goes wrong.
    ///   - seconds: how long it lasts at least.
    ///   - meanwhile: what is done before a trouble of the storage ends.
    /// - Throws: where the process has ended, or the trouble cannot be had.
    func suffer(
        _ trouble: Trouble,
        seconds: Double,
        meanwhile: () async throws -> Void = {}
    ) async throws {
        report.faults["trouble:\(trouble)", default: 0] += 1
        if let mode = trouble.mode {
            relay.set(mode)
            try await last(seconds)
            relay.set(.pass)
            return
        }
        switch trouble {
        case .kill: try await kill()
        case .stop: try await beStopped(seconds)
        case .clockAhead, .clockBehind:
            try clock.step(to: trouble == .clockAhead ? 3600 : -3600)
            try await last(seconds)
            try clock.step(to: 0)
        case .noDescriptors: try await beWithoutDescriptors(seconds)
        case .nameFails: try await askElsewhere("https://api.example.invalid/client/v4", seconds)
        case .selfSigned: try await askOpenSSL(names: "IP:127.0.0.1", seconds)
        case .wrongHost: try await askOpenSSL(names: "DNS:api.example.invalid", seconds)
        case .expired:
            // Made ten days ago, and good for two.
            try clock.step(to: -864_000, of: "past")
            let environment = clock.environment(of: "past").map { "\($0)=\($1)" }
            try await askOpenSSL(names: "IP:127.0.0.1", environment: environment, seconds)
        case .tokenReplaced: try await replaceToken(after: seconds)
        case .connectorRemoved: try await removeConnector(for: seconds)
        default: try await sufferFromStorage(trouble, seconds, meanwhile)
        }
    }

    private func sufferFromStorage(
        _ trouble: Trouble,
        _ seconds: Double,
        _ meanwhile: () async throws -> Void
    ) async throws {
        func lasting() async throws {
            try await last(seconds)
            try await meanwhile()
        }
        switch trouble {
        case .diskFull: try await fillDisk(lasting)
        case .ledgerReadOnly: try await protectLedger(lasting)
        case .storageDeleted:
            try deleteStorage()
            try await lasting()
        case .ledgerDamaged: try await useDamagedLedger(lasting)
        case .ledgerDamagedAtStart:
            try await kill {
                try damageLedger()
                scraper.beginAnew()
            }
        default: break
        }
    }

    /// A trouble's own duration: nothing is waited for.
    private func last(_ seconds: Double) async throws { try await Task.sleep(for: .seconds(seconds)) }

    private func beStopped(_ seconds: Double) async throws {
        scraper.excuse()
        world.exporter?.send(SIGSTOP)
        try await last(seconds)
        world.exporter?.send(SIGCONT)
        // A stopped process has what was asked meanwhile still to answer.
        _ = try await world.scrape()
        scraper.expect(port: Int(world.address.split(separator: ":").last ?? "") ?? 0)
    }

    /// Takes all descriptors that are not open already; those that are stay.
    private func beWithoutDescriptors(_ seconds: Double) async throws {
        let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
        let soft = limits.firstMatch(of: /Max open files\s+([0-9]+)/).map { String($0.output.1) } ?? "1024"
        try await limit("nofile", to: "3")
        try await last(seconds)
        try expectRunning()
        try await limit("nofile", to: soft)
    }

    /// Changes one of the process's soft limits while it runs.
    ///
    /// The corresponding C function is `prlimit(2)`.
    func limit(_ resource: String, to count: String) async throws {
        let arguments = ["--pid", "\(process)", "--\(resource)=\(count):"]
        let ending = try await Command.run("prlimit", arguments, in: world.directory.path)
        try expectRunning()
        try #require(ending.status == 0, "\(ending.errors)")
    }

    private func askElsewhere(_ url: String, _ seconds: Double) async throws {
        try rewriteBaseURL(to: url)
        try await last(seconds)
        try rewriteBaseURL(to: wellBaseURL)
    }

    private func askOpenSSL(names: String, environment: [String] = [], _ seconds: Double) async throws {
        let server = try await OpenSSLServer(names: names, environment: environment)
        try await askElsewhere("https://127.0.0.1:\(server.port)/client/v4", seconds)
    }

    /// Revokes the token, and after a while puts another into its file.
    private func replaceToken(after seconds: Double) async throws {
        let old = try String(contentsOfFile: world.directory.file("token"), encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let new = "token-\(report.faults["trouble:tokenReplaced", default: 0])"
        let body = #"{"revoke": ["\#(old)"], "add": ["\#(new)"]}"#
        let answer = try await world.web.send("POST", "\(world.api)/control/tokens", body)
        try #require(answer.status < 300, "\(answer.body)")
        try await last(seconds)
        _ = try world.directory.write("\(new)\n", to: "token")
    }

    private func removeConnector(for seconds: Double) async throws {
        for change in ["remove", "restore"] {
            let body = #"{"\#(change)": "\#(connectors[0])"}"#
            let answer = try await world.web.send("POST", "\(world.api)/control/connectors", body)
            try #require(answer.status < 300, "\(answer.body)")
            if change == "remove" { try await last(seconds) }
        }
    }
}
