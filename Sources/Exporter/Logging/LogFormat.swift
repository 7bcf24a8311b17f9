// SPDX-License-Identifier: Apache-2.0

package import Logging

/// The form of a log line.
package enum LogFormat: String, Sendable, CaseIterable {
    case logfmt, json

    /// Makes a logger that writes to standard error.
    package func logger(label: String, level: LogLevel) -> Logger {
        var logger = Logger(label: label) { _ in LineLogHandler(format: self, descriptor: 2) }
        logger.logLevel = level.level
        return logger
    }

    /// One line, without its end: no value can begin another one.
    ///
    /// - Parameter fields: in the order in which they are shown.
    /// - Returns: names and values, the values quoted where the format asks for it.
    func line(_ fields: [(name: String, value: String)]) -> String {
        switch self {
        case .logfmt: fields.map { "\($0.name)=\(Self.logfmt($0.value))" }.joined(separator: " ")
        case .json:
            "{" + fields.map { "\(Self.quoted($0.name)):\(Self.quoted($0.value))" }.joined(separator: ",")
                + "}"
        }
    }

    private static func logfmt(_ value: String) -> String {
        let isPlain =
            !value.isEmpty
            && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x3d && $0 != 0x5c }
        return isPlain ? value : quoted(value)
    }

    /// A JSON string (RFC 8259, 7), which logfmt takes as well.
    private static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _
            where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
                || [0x2028, 0x2029].contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
