// SPDX-License-Identifier: Apache-2.0

import Logging

/// Metadata as the fields of a line: in one order, by one name each.
enum LogFields {
    /// The names that every line has for itself.
    private static let reserved: Set = ["time", "level", "msg"]

    /// Sorts metadata by name; a name that the line has for itself gets an underscore.
    static func of(_ metadata: Logger.Metadata) -> [(name: String, value: String)] {
        metadata.sorted { $0.key < $1.key }.map { key, value in
            (name: reserved.contains(key) ? key + "_" : key, value: text(value))
        }
    }

    /// Writes a value; a dictionary in the order of its keys, which its own description leaves to chance.
    private static func text(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): "[" + values.map(text).joined(separator: ", ") + "]"
        case .dictionary(let values):
            "{"
                + values.sorted { $0.key < $1.key }.map { "\($0.key): \(text($0.value))" }.joined(
                    separator: ", "
                ) + "}"
        }
    }
}
