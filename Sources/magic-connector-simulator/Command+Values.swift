// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ConnectorSimulator
import Glibc
import Logging
import WireText

/// Parsers for the values of flags. Their errors name the remedy; the argument parser adds the flag.
extension Command {
    /// Parses a duration, in seconds.
    static func duration(_ text: String) throws -> Double {
        guard let duration = PrometheusDuration(text) else {
            throw ValidationError("use a duration like 90s, 5m, 1h30m or 1d")
        }
        return duration.seconds
    }

    static func whole<Number: FixedWidthInteger>(_ text: String) throws -> Number {
        guard let number = Number(text) else { throw ValidationError("use a whole number, like 25") }
        return number
    }

    static func number(_ text: String) throws -> Double {
        guard let number = Double(text), number.isFinite else {
            throw ValidationError("use a number, like 0.5 or 20")
        }
        return number
    }

    static func token(_ text: String) throws -> AccessToken { try AccessToken.parse(text) }

    static func fault(_ text: String) throws -> Fault { try Fault.parse(text) }

    static func order(_ text: String) throws -> EventOrder {
        guard let order = EventOrder(rawValue: text) else {
            throw ValidationError("use oldest-first or newest-first")
        }
        return order
    }

    /// Parses a log level.
    static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("use one of \(names)")
        }
        return level
    }

    /// Writes an error to standard error, in one line.
    static func report(error message: String) {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        let bytes = Array("magic-connector-simulator: \(line)\n".utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
