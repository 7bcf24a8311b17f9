// SPDX-License-Identifier: Apache-2.0

import Exposition
import Foundation
import TestSupport
import Testing

@Suite struct GoldenTests {
    @Test(arguments: Golden.cases, ExpositionFormat.allCases)
    func `encodes a body as in its golden file`(golden: Golden, format: ExpositionFormat) throws {
        try golden.check(format)
    }

    /// All cases in one body, so that one process checks them.
    @Test(.timeLimit(.minutes(1)))
    func `passes promtool check metrics`() throws {
        let body = Golden.cases.flatMap { $0.body(.text004) }
        let text = String(decoding: body, as: UTF8.self)
        let (status, output) = try runCommand(["promtool", "check", "metrics"], input: text)
        #expect(status == 0 && output.isEmpty, "\(output)")
    }

    @Test(arguments: Golden.cases)
    func `writes the same sample lines in both formats`(golden: Golden) {
        let samples = ExpositionFormat.allCases.map { format in
            golden.body(format).split(separator: UInt8(ascii: "\n")).filter { $0.first != UInt8(ascii: "#") }
        }
        #expect(samples[0] == samples[1])
    }

    @Test func `uses the content types of the specifications`() {
        #expect(ExpositionFormat.text004.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(
            ExpositionFormat.openMetrics100.contentType
                == "application/openmetrics-text; version=1.0.0; charset=utf-8"
        )
    }
}
