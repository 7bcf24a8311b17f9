// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import TestSupport
import Testing

struct TimestampTests {
    @Test func `calculates with seconds`() {
        let time = Timestamp(100)
        #expect(time + Double(1.5) == 101.5)
        #expect(time - Double(1.5) == 98.5)
        #expect(Timestamp(101.5) - time == 1.5)
        #expect(time < 100.5)
    }

    @Test(arguments: [(100.0, 100), (100.9, 100), (-0.5, -1), (1e300, .max), (-1e300, .min), (.nan, .max)])
    func `rounds down to whole seconds`(seconds: Double, expected: Int) {
        #expect(Timestamp(seconds).wholeSeconds == expected)
    }

    @Test(arguments: [(1_700_000_000.0, "[1700000000]"), (0, "[0]"), (1.5, "[1.5]")])
    func `is a bare number in JSON`(seconds: Double, json: String) throws {
        let encoded = try JSONEncoder().encode([Timestamp(seconds)])
        #expect(String(decoding: encoded, as: UTF8.self) == json)
        #expect(try JSONDecoder().decode([Timestamp].self, from: encoded) == [Timestamp(seconds)])
    }
}
