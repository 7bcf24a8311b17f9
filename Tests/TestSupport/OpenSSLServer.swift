// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A TLS server with a self-signed certificate: `openssl s_server`.
package final class OpenSSLServer: Sendable {
    /// The path of the certificate in PEM, for clients that must trust it.
    package let certificate: String

    /// The port on 127.0.0.1, chosen by the system.
    package let port: UInt16

    private let directory: String
    private let process: ChildProcess

    /// Creates a key and a certificate, and starts the server.
    ///
    /// - Parameters:
    ///   - names: the certificate's subjectAltName, like `IP:127.0.0.1`.
    ///   - options: of `openssl s_server`; `-www` answers every request with a page about the session.
    ///   - environment: variables for the creation of the certificate only, like `NAME=value`.
    /// - Throws: if `openssl` is missing or exits.
    package init(names: String, options: [String] = ["-www"], environment: [String] = []) async throws {
        directory = FileManager.default.temporaryDirectory.path + "/tls-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let identity = try await TestIdentity(
            "scripted",
            in: directory,
            names: names,
            environment: environment
        )
        certificate = identity.certificate
        process = try ChildProcess(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", identity.key]
                + options
        )
        port = try await Self.port(of: process)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// Reads the output of the server: the decrypted bytes, or nothing with `-www`.
    ///
    /// - Returns: an empty array at the end of the output.
    /// - Throws: if no thread can be started.
    package func read() async throws -> String { String(decoding: try await process.read(), as: UTF8.self) }

    /// Waits for the line "ACCEPT 127.0.0.1:41237", which the server prints when it listens.
    private static func port(of process: ChildProcess) async throws -> UInt16 {
        var printed = ""
        while true {
            let bytes = try await process.read()
            guard !bytes.isEmpty else { throw OpenSSLError(description: "openssl has ended: \(printed)") }
            printed += String(decoding: bytes, as: UTF8.self)
            guard let line = printed.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT ") }) else {
                continue
            }
            guard printed.hasSuffix("\n"), let port = line.split(separator: ":").last.flatMap({ UInt16($0) })
            else { continue }
            return port
        }
    }
}

/// A failure of `openssl`.
package struct OpenSSLError: Error, CustomStringConvertible {
    package let description: String

    /// Creates an error with the output of `openssl`.
    package init(description: String) { self.description = description }
}
