// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPEndpoint
import TestSupport

/// A certificate authority, a server certificate signed by it, and clients of that server.
final class TLSFixture: Sendable {
    let directory: TemporaryDirectory
    let authority: TestIdentity
    let server: TestIdentity

    /// Creates the certificates of one test.
    init() async throws {
        directory = try TemporaryDirectory()
        authority = try await TestIdentity("authority", in: directory.path)
        server = try await TestIdentity(
            "server",
            in: directory.path,
            names: "IP:127.0.0.1,DNS:localhost",
            signedBy: authority
        )
    }

    /// Returns the settings of the server with a change.
    func settings(_ change: (inout TLSSettings) -> Void = { _ in }) throws -> TLSSettings {
        var settings = TLSSettings(certificate: try pem(server.certificate), key: try pem(server.key))
        change(&settings)
        return settings
    }

    /// Returns a context with these settings.
    func context(_ change: (inout TLSSettings) -> Void = { _ in }) throws -> TLSContext {
        try TLSContext(settings(change))
    }

    /// Reads a PEM file.
    func pem(_ path: String) throws -> TLSSettings.PEM {
        TLSSettings.PEM(source: path, bytes: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    /// Creates a client certificate signed by the authority.
    func client(_ name: String, names: String? = nil) async throws -> TestIdentity {
        try await TestIdentity(name, in: directory.path, names: names, signedBy: authority)
    }

    /// Creates another certificate for the same key, which has expired yesterday.
    func expired(_ identity: TestIdentity) async throws -> TestIdentity {
        let certificate = identity.certificate + ".expired"
        let request = identity.certificate + ".csr"
        try await onThread { [authority] in
            for arguments in [
                ["req", "-new", "-key", identity.key, "-subj", "/CN=expired", "-out", request],
                [
                    "x509", "-req", "-in", request, "-CA", authority.certificate, "-CAkey", authority.key,
                    "-set_serial", "7", "-days", "-1", "-out", certificate,
                ],
            ] {
                let made = try runCommand(["openssl"] + arguments)
                guard made.status == 0 else { throw OpenSSLError(description: made.output) }
            }
        }
        return TestIdentity(certificate: certificate, key: identity.key)
    }

    /// Runs curl, which trusts only the authority.
    func curl(_ port: Int, _ arguments: [String] = [], path: String = "/") throws -> (
        status: Int32, output: String
    ) {
        try runCommand(
            [
                "curl", "-sS", "--fail", "--max-time", "20", "--noproxy", "*", "--cacert",
                authority.certificate,
            ] + arguments + ["https://127.0.0.1:\(port)\(path)"]
        )
    }

    /// Runs `openssl s_client`, which sends one request with `Connection: close`.
    func openSSL(_ port: Int, _ arguments: [String] = []) throws -> (status: Int32, output: String) {
        try runCommand(
            [
                "timeout", "20", "openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-CAfile",
                authority.certificate, "-ign_eof",
            ] + arguments,
            input: "GET /seen HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
    }

    /// Runs a Python program with helpers such as `connect()`.
    ///
    /// - Returns: its output and its errors.
    func python(_ port: Int, _ program: String) throws -> String {
        let prelude = """
            import os, socket, ssl, sys
            port = \(port)
            def context():
                made = ssl.create_default_context(cafile=r"\(authority.certificate)")
                return made
            def raw(receive=None):
                made = socket.socket()
                made.settimeout(20)
                if receive: made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
                made.connect(("127.0.0.1", port))
                return made
            def connect(receive=None):
                return context().wrap_socket(raw(receive), server_hostname="127.0.0.1", suppress_ragged_eofs=False)
            def request(path, *fields):
                lines = ["GET %s HTTP/1.1" % path, "Host: a", *fields, "", ""]
                return "\\r\\n".join(lines).encode()
            def response(stream):
                head = b""
                while not head.endswith(b"\\r\\n\\r\\n"): head += stream.read(1)
                length = int(head.lower().split(b"content-length: ")[1].split(b"\\r")[0])
                body = b""
                while len(body) < length: body += stream.read(length - len(body))
                return body

            """
        return try runCommand(["python3", "-c", prelude + program]).output
    }
}
