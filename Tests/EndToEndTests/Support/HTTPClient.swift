// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Requests to loopback, each over a connection of its own.
///
/// `get` and `send` use the client of `TestSupport`, because tests ask many times a second and starting a process costs
/// more than the request. `curl` runs the command, for tests that need an independent client, TLS or a proxy.
struct HTTPClient: Sendable {
    struct Response: Sendable {
        let status: Int
        let body: String
    }

    let directory: TemporaryDirectory

    /// Sends a GET request.
    ///
    /// - Parameters:
    ///   - url: an `http` URL of 127.0.0.1 with a port.
    ///   - query: parameters, which are percent-encoded.
    /// - Returns: the response, whatever its status.
    /// - Throws: if there is no response.
    func get(_ url: String, query: [String: String] = [:]) async throws -> Response {
        let text = query.map { "\($0)=\(Self.percentEncoded($1))" }.sorted().joined(separator: "&")
        return try await request("GET", text.isEmpty ? url : "\(url)?\(text)")
    }

    /// Sends a request with a JSON body.
    func send(_ method: String, _ url: String, _ json: String = "") async throws -> Response {
        try await request(method, url, body: json)
    }

    /// Runs `curl` with options.
    ///
    /// - Returns: status 0 if there was no response, for example because a TLS handshake failed.
    func curl(_ url: String, _ options: [String] = []) async throws -> Response {
        let arguments = ["--silent", "--show-error", "--max-time", "20", "--write-out", "\n%{http_code}"]
        let result = try await ChildProgram.run("curl", arguments + options + [url], in: directory.path)
        guard let end = result.output.lastIndex(of: "\n"), let status = Int(result.output[end...].dropFirst())
        else { throw TimeoutError(description: "\(url): \(result.errors)") }
        return Response(status: status, body: String(result.output[..<end]))
    }

    private func request(_ method: String, _ url: String, body: String? = nil) async throws -> Response {
        let parts = url.split(separator: "/", maxSplits: 2)
        guard parts.count > 1, parts[0] == "http:",
            let port = parts[1].split(separator: ":").last.flatMap({ Int($0) })
        else { throw TimeoutError(description: "\(url): not an http URL with a port") }
        var lines = ["Connection: close"]
        if let body { lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"] }
        let head = "\(method) /\(parts.count > 2 ? parts[2] : "") HTTP/1.1\r\nHost: \(parts[1])\r\n"
        let message = head + lines.map { "\($0)\r\n" }.joined() + "\r\n" + (body ?? "")
        let reply = try await onThread {
            let client = try RawHTTPClient(port: port, timeoutSeconds: 20)
            try client.send(message)
            return try client.response()
        }
        return Response(status: reply.status, body: reply.text)
    }

    private static func percentEncoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}
