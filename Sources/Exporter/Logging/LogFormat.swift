// SPDX-License-Identifier: Apache-2.0

package import Logging

/// The form of a log line.
package enum LogFormat: String, Sendable, CaseIterable {
    /// `key=value`, as the Prometheus exporters write it.
    case logfmt
    /// One JSON object per line.
    case json

    /// Makes a logger that writes to standard error.
    package func logger(label: String, level: LogLevel) -> Logger {
        var logger = Logger(label: label) { _ in LineLogHandler(format: self, descriptor: 2) }
        logger.logLevel = level.level
        return logger
    }

    /// One line, without its end: neither a name nor a value can begin another one.
    ///
    /// - Parameter fields: in the order in which they are shown, no name twice.
    /// - Returns: the line.
    func line(_ fields: [(name: String, value: String)]) -> String {
        switch self {
        case .logfmt:
            fields.map { "\(Self.name($0.name))=\(Self.logfmt($0.value))" }.joined(separator: " ")
        case .json:
            "{"
                + fields.map { "\(PrintableText.quoted($0.name)):\(PrintableText.quoted($0.value))" }
                .joined(separator: ",") + "}"
        }
    }

    private static func logfmt(_ value: String) -> String {
        !value.isEmpty && value.utf8.allSatisfy(isPlain) ? value : PrintableText.quoted(value)
    }

    /// A name cannot be quoted in logfmt: what would end it becomes an underscore.
    private static func name(_ name: String) -> String {
        guard !name.utf8.allSatisfy(isPlain) else { return name.isEmpty ? "_" : name }
        return String(decoding: name.utf8.map { isPlain($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
    }

    /// Visible ASCII without the quote, the equals sign and the backslash.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7e).contains(byte) && byte != 0x22 && byte != 0x3d && byte != 0x5c
    }
}
