// SPDX-License-Identifier: Apache-2.0

import WireText

/// The header fields of a request, in the order of arrival.
package struct Headers: Sendable {
    /// All field lines.
    ///
    /// Names are in lower case; values have no surrounding white space.
    package private(set) var entries: [(name: String, value: String)]

    /// Creates header fields.
    ///
    /// - Parameter entries: the field lines in order, with names in any case.
    package init(_ entries: [(name: String, value: String)] = []) {
        self.entries = entries.map { ($0.name.lowercased(), $0.value) }
    }

    /// Returns the value of the first field line with a name, which must be in lower case.
    package func first(_ name: String) -> String? {
        entries.first { $0.name == name }?.value
    }

    /// Returns the values of all field lines with a name, which must be in lower case.
    package func all(_ name: String) -> [String] {
        entries.lazy.filter { $0.name == name }.map(\.value)
    }

    /// Returns the values of all field lines with a name as one comma-separated list.
    ///
    /// - Parameter name: in lower case.
    /// - Returns: `nil` if the field is missing.
    ///
    /// Source: RFC 9110, 5.3.
    package func joined(_ name: String) -> String? {
        let values = all(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// Searches a comma-separated list field for a token, case-insensitively.
    ///
    /// - Parameters:
    ///   - name: the field name in lower case.
    ///   - token: in lower case.
    /// - Returns: whether any field line contains the token.
    func list(_ name: String, contains token: String) -> Bool {
        entries.contains { $0.name == name && $0.value.listMembers.contains { $0.lowercased() == token } }
    }

    /// Appends a field line whose name is already in lower case.
    mutating func append(name: String, value: String) {
        entries.append((name, value))
    }

    /// Replaces all field lines with a name by a single one.
    mutating func replace(_ name: String, with value: String) {
        entries.removeAll { $0.name == name }
        entries.append((name, value))
    }
}
