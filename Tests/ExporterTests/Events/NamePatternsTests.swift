// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Exporter

struct NamePatternsTests {
    @Test(
        arguments: [
            ([], "Init", true), (["Init"], "Init", true), (["init"], "Init", true), (["Ini"], "Init", false),
            (["Rekey*"], "RekeyStart", true), (["*failure,Leave"], "FinishAttestationFailure", true),
            (["*Failure, Leave"], "Leave", true), (["Rekey[SR]*"], "RekeyReset", true),
            (["Rekey[SR]*"], "RekeyAdvance", false), (["Inde?"], "Index", true), ([","], "Init", true),
            (["[", "Init"], "Init", true),
        ] as [([String], String, Bool)]
    )
    func `selects by shell patterns`(patterns: [String], name: String, isSelected: Bool) {
        #expect(NamePatterns(patterns).select(name) == isSelected)
    }
}
