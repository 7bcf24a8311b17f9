// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Shell patterns such as `Finish*Failure`; a name is selected if it matches one of them.
///
/// Letter case does not matter. The corresponding C function is `fnmatch(3)`.
package struct NamePatterns: Sendable, Hashable {
    private let patterns: [String]

    /// Creates patterns from texts that contain one or more of them, separated by commas.
    ///
    /// Without a pattern, every name is selected.
    package init(_ texts: [String]) {
        patterns = texts.flatMap { $0.split(separator: ",") }.map {
            $0.split(separator: " ").joined().lowercased()
        }
        .filter { !$0.isEmpty }
    }

    /// Whether every name is selected.
    package var isEmpty: Bool { patterns.isEmpty }

    /// Returns whether a name is selected.
    package func select(_ name: String) -> Bool {
        let name = name.lowercased()
        return patterns.isEmpty || patterns.contains { unsafe fnmatch($0, name, 0) == 0 }
    }
}
