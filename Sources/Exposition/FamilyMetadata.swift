// SPDX-License-Identifier: Apache-2.0

/// The lines that go before the samples of a family.
package struct FamilyMetadata: Sendable, Hashable {
    /// The family.
    package let definition: MetricDefinition

    /// Takes the family.
    package init(_ definition: MetricDefinition) {
        self.definition = definition
    }

    /// Writes the lines of a format, each with its end.
    ///
    /// Source: Prometheus, "Exposition formats": HELP and TYPE, by the name of the samples; OpenMetrics 1.0,
    /// "MetricFamily metadata": "The ordering SHOULD be TYPE, UNIT, HELP", by the name of the family.
    package func bytes(_ dialect: ExpositionFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        switch dialect {
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
