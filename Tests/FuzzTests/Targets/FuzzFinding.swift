// SPDX-License-Identifier: Apache-2.0

/// A property that an input violates.
struct FuzzFinding: Error, CustomStringConvertible {
    /// The property with the differing values.
    let description: String

    /// Throws a finding if a condition is false.
    static func require(
        _ condition: Bool,
        _ description: @autoclosure () -> String
    ) throws(FuzzFinding) {
        guard condition else { throw FuzzFinding(description: description()) }
    }
}

/// Checks that an error is one line of printable text.
func requireReadable(_ error: some CustomStringConvertible) throws(FuzzFinding) {
    let text = error.description
    try FuzzFinding.require(!text.isEmpty && text.utf8.count < 4000, "an error of \(text.utf8.count) bytes")
    try FuzzFinding.require(
        !text.unicodeScalars.contains { $0.properties.generalCategory == .control },
        "an error with control characters: \(text.debugDescription)"
    )
}
