// SPDX-License-Identifier: Apache-2.0

/// The comment lines before the samples of a family: `HELP`, `TYPE` and `UNIT`.
package struct FamilyMetadata: Sendable, Hashable {
    /// The family.
    package let definition: MetricDefinition

    /// Creates the metadata of a family.
    package init(_ definition: MetricDefinition) {
        self.definition = definition
    }

    /// Returns the lines in a format, each with its line feed.
    ///
    /// Source: Prometheus, "Exposition formats": HELP and TYPE, with the name of the samples; OpenMetrics 1.0,
    /// "MetricFamily metadata": "The ordering SHOULD be TYPE, UNIT, HELP", with the name of the family.
    package func bytes(_ format: ExpositionFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        switch format {
        case .text004:
            append("HELP", of: definition.name, to: &bytes) { Escaping.appendLine(definition.help, to: &$0) }
            append("TYPE", of: definition.name, to: &bytes) { $0 += definition.type.rawValue.utf8 }
        case .openMetrics100:
            append("TYPE", of: definition.familyName, to: &bytes) { $0 += definition.type.rawValue.utf8 }
            if let unit = definition.unit {
                append("UNIT", of: definition.familyName, to: &bytes) { $0 += unit.utf8 }
            }
            append("HELP", of: definition.familyName, to: &bytes) {
                Escaping.appendQuoted(definition.help, to: &$0)
            }
        }
        return bytes
    }

    private func append(
        _ keyword: String,
        of name: String,
        to bytes: inout [UInt8],
        text: (inout [UInt8]) -> Void
    ) {
        bytes += "# \(keyword) \(name) ".utf8
        text(&bytes)
        bytes.append(UInt8(ascii: "\n"))
    }
}
