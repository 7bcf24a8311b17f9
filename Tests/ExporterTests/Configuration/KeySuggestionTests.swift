// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Exporter

struct KeySuggestionTests {
    @Test(
        arguments: [
            ("intervall", "did you mean interval?"), ("over", "did you mean overlap?"),
            ("", "use one of interval, overlap"), ("surprising", "use one of interval, overlap"),
        ]
    )
    func `suggests the most similar key`(unknown: String, remedy: String) {
        #expect(KeySuggestion.remedy(for: unknown, among: ["interval", "overlap"]) == remedy)
    }
}
