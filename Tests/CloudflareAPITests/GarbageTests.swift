// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import HTTPTransport
import TestSupport
import Testing

@Suite struct GarbageTests {
    private static let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "true", "false", "0", "-", "1e",
        "1e999",
        "-0", "1700000000", "9223372036854775808", "-9223372036854775809", "0.1", "\"t\"", "\"n\"", "\"k\"",
        "\"e\"",
        "\"items\"", "\"result\"", "\"success\":true", "\"cursor\"", "\u{feff}", "\u{0}", "é", " ", "\n",
    ]

    /// Returns a copy of a valid body with parts that are cut, duplicated and replaced at random.
    private static func corrupted(_ text: String, using random: inout SeededRandom) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let start = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, start + Int.random(in: 0...12, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.removeSubrange(start..<end)
            case 1:
                bytes.replaceSubrange(start..<end, with: (pieces.randomElement(using: &random) ?? "").utf8)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: start)
            case 3: bytes.insert(contentsOf: Array(bytes[start..<end]), at: start)
            default: bytes.removeSubrange(start...)
            }
        }
        return bytes
    }

    @Test func `survives corrupted responses`() async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("GarbageTests: seed \(seed)")
        var random = SeededRandom(seed: seed)
        let names = try ["documented", "odd"].flatMap { end in
            try Fixture.names(endingIn: ".\(end).json").map { "\($0).\(end).json" }
        }
        try #require(names.count == 8)
        let texts = try names.map { try Fixture.text($0) }
        var replies = 0
        var errors = 0
        for round in 0..<3000 {
            let body = Self.corrupted(texts[round % texts.count], using: &random)
            let status = [200, 200, 200, 400, 429, 500].randomElement(using: &random) ?? 200
            let limit = String(
                decoding: Self.corrupted(#""default";r=50;t=30, "b";r=1"#, using: &random),
                as: UTF8.self
            )
            let response = HTTPResponse(status: status, headers: [("ratelimit", limit)], body: body)
            let client = try makeClient(FixedTransport(.success(response)))
            for endpoint in APIEndpoint.allCases {
                do {
                    try await client.call(endpoint)
                    replies += 1
                } catch let error as APIError {
                    errors += 1
                    #expect(error.description.utf8.count < 4000, "seed \(seed), round \(round)")
                    #expect(!error.description.contains("\n"), "seed \(seed), round \(round)")
                }
            }
        }
        #expect(replies > 100 && errors > 100, "seed \(seed)")
    }
}
