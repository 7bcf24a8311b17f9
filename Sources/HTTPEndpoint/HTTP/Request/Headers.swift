// SPDX-License-Identifier: Apache-2.0

import WireText

/// The header fields of a request, in the order of arrival.
package struct Headers: Sendable {
    /// Every field line; names are in lower case, values without white space at their ends.
    package private(set) var entries: [(name: String, value: String)]

    /// Takes field lines in their order.
    ///
    /// - Parameter entries: names in any case.
    package init(_ entries: [(name: String, value: String)] = []) {
        self.entries = entries.map { ($0.name.lowercased(), $0.value) }
    }

    /// Finds the value of the first line with a name.
    ///
    /// - Parameter name: in lower case.
    /// - Returns: `nil` where there is no such line.
    package func first(_ name: String) -> String? {
        entries.first { $0.name == name }?.value
    }

    /// Finds the values of all lines with a name.
    ///
    /// - Parameter name: in lower case.
    /// - Returns: in the order of the lines.
    package func all(_ name: String) -> [String] {
        entries.lazy.filter { $0.name == name }.map(\.value)
    }

    /// Joins the lines with a name to one list.
    ///
    /// - Parameter name: in lower case.
    /// - Returns: `nil` where there is no such line.
    ///
    /// Source: RFC 9110, 5.3.
    package func joined(_ name: String) -> String? {
        let values = all(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// Looks for a token in a comma-separated list field, compared without regard to case.
    ///
    /// - Parameters:
    ///   - name: the field, in lower case.
    ///   - token: in lower case.
    /// - Returns: whether it is a member of any line's list.
    func list(_ name: String, contains token: String) -> Bool {
        entries.contains { $0.name == name && $0.value.listMembers.contains { $0.lowercased() == token } }
    }

    /// Adds a line whose name is in lower case already.
    mutating func append(name: String, value: String) {
        entries.append((name, value))
    }

    /// Puts one value in the place of all lines with a name.
    mutating func replace(_ name: String, with value: String) {
        entries.removeAll { $0.name == name }
        entries.append((name, value))
    }
}
