// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Requests to loopback by the `curl` command: a client that none of our code has a part in.
struct Web: Sendable {
    struct Answer: Sendable {
        let status: Int
        let body: String
    }

    let directory: TemporaryDirectory

    func ask(_ url: String, _ options: [String] = []) async throws -> Answer {
        let ending = try await Command.run(
            "curl",
            ["--silent", "--show-error", "--max-time", "20", "--write-out", "\n%{http_code}"] + options + [
                url
            ],
            in: directory.path
        )
        guard let end = ending.output.lastIndex(of: "\n"), let status = Int(ending.output[end...].dropFirst())
        else {
            throw NotInTime(description: "\(url): \(ending.errors)")
        }
        return Answer(status: status, body: String(ending.output[..<end]))
    }

    /// Sends JSON with a method.
    func send(_ method: String, _ url: String, _ json: String = "") async throws -> Answer {
        try await ask(
            url,
            ["--request", method, "--data-binary", json, "--header", "Content-Type: application/json"]
        )
    }
}
