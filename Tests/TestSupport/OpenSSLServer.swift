// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A TLS server with a certificate that nobody has signed: `openssl s_server`.
package final class OpenSSLServer: Sendable {
    /// The certificate as a PEM file, for those who shall trust it.
    package let certificate: String

    /// The port on 127.0.0.1, chosen by the system.
    package let port: UInt16

    private let directory: String
    private let process: ChildProcess

    /// Makes a key and a certificate, and listens.
    ///
    /// - Parameters:
    ///   - names: the certificate's subjectAltName, like `IP:127.0.0.1`.
    ///   - options: of `openssl s_server`; `-www` answers every request with a page about the session.
    ///   - environment: variables for the making of the certificate alone, like `NAME=value`.
    /// - Throws: where `openssl` is missing or ends.
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

    /// Reads what the server has printed: with `-www` nothing, else the bytes that it decrypts.
    ///
    /// - Returns: nothing at the end.
    /// - Throws: where there is no thread to wait on.
    package func read() async throws -> String { String(decoding: try await process.read(), as: UTF8.self) }

    /// Waits for the line "ACCEPT 127.0.0.1:41237", which says that it listens.
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

/// Why there is no TLS server.
package struct OpenSSLError: Error, CustomStringConvertible {
    package let description: String

    /// Takes what `openssl` has said.
    package init(description: String) { self.description = description }
}
