// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Foundation
import HTTPTransport
import TestSupport
import Testing

/// How long a server asks to be left alone.
@Suite(.timeLimit(.minutes(1)))
struct RetryAfterTests {
    private func retryAfter(_ value: String) async throws -> Duration? {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer("429 Too Many Requests", fields: ["Retry-After: \(value)"])
        }
        return try await makeTransport().get(server.url()).retryAfter
    }

    @Test(
        arguments: [
            ("0", Duration.zero), ("120", .seconds(120)), ("300", .seconds(300)),
            ("99999999999", .seconds(31_536_000)), ("soon", nil), ("-5", nil), ("1.5", nil), ("", nil),
            ("999999999999999999999999", .seconds(31_536_000)),
        ] as [(String, Duration?)]
    )
    func `seconds are seconds, at most a year, and anything else is nothing`(
        value: String,
        expected: Duration?
    ) async throws {
        #expect(try await retryAfter(value) == expected)
    }

    @Test func `a date is the time until then`() async throws {
        let date = DateFormatter()
        date.locale = Locale(identifier: "en_US_POSIX")
        date.timeZone = TimeZone(identifier: "GMT")
        date.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let wait = try #require(try await retryAfter(date.string(from: Date(timeIntervalSinceNow: 100))))
        #expect((.seconds(40) ... .seconds(100)).contains(wait))
    }

    @Test func `a date in the past is no time at all`() async throws {
        #expect(try await retryAfter("Sun, 06 Nov 1994 08:49:37 GMT") == .zero)
    }
}
