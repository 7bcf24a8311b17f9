// SPDX-License-Identifier: Apache-2.0

/// What should hold for every input and does not hold for this one.
struct FuzzFinding: Error, CustomStringConvertible {
    /// One sentence, with the values that disagree.
    let description: String

    /// Makes a finding where a condition does not hold.
    static func require(
        _ condition: Bool,
        _ description: @autoclosure () -> String
    ) throws(FuzzFinding) {
        guard condition else { throw FuzzFinding(description: description()) }
    }
}

/// Looks whether an error is one line that an operator can read.
func requireReadable(_ error: some CustomStringConvertible) throws(FuzzFinding) {
    let text = error.description
    try FuzzFinding.require(!text.isEmpty && text.utf8.count < 4000, "an error of \(text.utf8.count) bytes")
    try FuzzFinding.require(
        !text.unicodeScalars.contains { $0.properties.generalCategory == .control },
        "an error with control characters: \(text.debugDescription)"
    )
}
