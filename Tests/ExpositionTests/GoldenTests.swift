// SPDX-License-Identifier: Apache-2.0

import Exposition
import Foundation
import Testing

@Suite struct GoldenTests {
    @Test(arguments: Golden.cases, ExpositionFormat.allCases)
    func `a body is what is written down`(golden: Golden, dialect: ExpositionFormat) throws {
        try golden.check(dialect)
    }

    @Test(.enabled(if: Tool.promtool.isInstalled), .timeLimit(.minutes(1)), arguments: Golden.cases)
    func `promtool has nothing to say about a body in the text format`(golden: Golden) throws {
        let (status, output) = try Tool.promtool.run(["check", "metrics"], input: golden.url(.text004))
        #expect(status == 0, "\(String(decoding: output, as: UTF8.self))")
        #expect(output.isEmpty, "\(String(decoding: output, as: UTF8.self))")
    }

    @Test(arguments: Golden.cases)
    func `both formats have the same sample lines`(golden: Golden) {
        let samples = ExpositionFormat.allCases.map { dialect in
            golden.body(dialect).split(separator: UInt8(ascii: "\n")).filter { $0.first != UInt8(ascii: "#") }
        }
        #expect(samples[0] == samples[1])
    }

    @Test func `the content types are those of the specifications`() {
        #expect(ExpositionFormat.text004.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(
            ExpositionFormat.openMetrics100.contentType
                == "application/openmetrics-text; version=1.0.0; charset=utf-8"
        )
    }
}
