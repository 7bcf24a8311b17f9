// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Foundation
import HTTPTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RetryAfterTests {
    private func retryAfter(_ value: String, fields: [String] = []) async throws -> Duration? {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer("429 Too Many Requests", fields: ["Retry-After: \(value)"] + fields)
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
    func `reads seconds up to a year and ignores other numbers`(
        value: String,
        expected: Duration?
    ) async throws {
        #expect(try await retryAfter(value) == expected)
    }

    @Test func `converts a date to the time until then`() async throws {
        let date = DateFormatter()
        date.locale = Locale(identifier: "en_US_POSIX")
        date.timeZone = TimeZone(identifier: "GMT")
        date.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let wait = try #require(try await retryAfter(date.string(from: Date(timeIntervalSinceNow: 100))))
        #expect((.seconds(40) ... .seconds(100)).contains(wait))
    }

    @Test func `compares a date with the server's clock`() async throws {
        let served = "Date: Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(try await retryAfter("Sun, 06 Nov 1994 08:49:40 GMT", fields: [served]) == .seconds(3))
    }

    @Test func `converts a date in the past to zero`() async throws {
        #expect(try await retryAfter("Sun, 06 Nov 1994 08:49:37 GMT") == .zero)
    }
}
