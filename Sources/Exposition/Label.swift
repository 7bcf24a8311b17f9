// SPDX-License-Identifier: Apache-2.0

/// One dimension of a series.
package struct Label: Sendable, Hashable {
    /// Letters, digits and underscores.
    package let name: String

    /// Any text; it is escaped where it is written.
    package let value: String

    /// Names a value.
    ///
    /// - Parameters:
    ///   - name: part of the program, so that a wrong one traps; two underscores at its start are Prometheus's own.
    ///   - value: any text, from anywhere.
    ///
    /// Source: Prometheus, "Data model": names "beginning with `__`" are "reserved for internal use".
    package init(name: String, value: String) {
        precondition(MetricName.isValid(name) && !name.hasPrefix("__"), "\(name) is no label name")
        self.name = name
        self.value = value
    }
}
