// SPDX-License-Identifier: Apache-2.0

package import Logging
import WireText

/// A value of `--log.format`: the syntax of a log line.
package enum LogFormat: String, Sendable, CaseIterable {
    /// `key=value`, as in other Prometheus exporters.
    case logfmt
    /// One JSON object per line.
    case json

    /// Creates a logger that writes to standard error.
    package func logger(label: String, level: LogLevel) -> Logger {
        var logger = Logger(label: label) { _ in LineLogHandler(format: self, descriptor: 2) }
        logger.logLevel = level.level
        return logger
    }

    /// Formats a line, without the line feed.
    ///
    /// Names and values are escaped, so that they cannot start another field or line.
    ///
    /// - Parameter fields: the fields in their order, without duplicate names.
    /// - Returns: the line.
    func line(_ fields: [LogField]) -> String {
        switch self {
        case .logfmt:
            fields.map { "\(Self.logfmtName($0.name))=\(Self.logfmtValue($0.value))" }.joined(separator: " ")
        case .json:
            "{"
                + fields.map { "\(PrintableText.quoted($0.name)):\(PrintableText.quoted($0.value))" }
                .joined(separator: ",") + "}"
        }
    }

    private static func logfmtValue(_ value: String) -> String {
        !value.isEmpty && value.utf8.allSatisfy(isPlain) ? value : PrintableText.quoted(value)
    }

    /// Replaces special characters of a name by underscores, because logfmt cannot quote names.
    private static func logfmtName(_ name: String) -> String {
        guard !name.utf8.allSatisfy(isPlain) else { return name.isEmpty ? "_" : name }
        return String(decoding: name.utf8.map { isPlain($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isVisible && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
            && byte != UInt8(ascii: "\\")
    }
}
