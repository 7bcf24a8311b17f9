// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The encoder of values as JSON on one line, with sorted keys.
package enum JSONLine {
    /// Returns the bytes of a value, without a line feed.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}
