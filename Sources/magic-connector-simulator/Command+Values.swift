// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ConnectorSimulator
import Glibc
import Logging

/// The values of flags; what cannot be read says what to write.
extension Command {
    /// Reads a duration, in seconds.
    static func duration(_ text: String) throws -> Double {
        guard let seconds = DurationText.seconds(text) else {
            throw ValidationError("write a duration like 90s, 5m, 1h30m or 1d.")
        }
        return seconds
    }

    /// Reads a whole number.
    static func whole<Number: FixedWidthInteger>(_ text: String) throws -> Number {
        guard let number = Number(text) else { throw ValidationError("write a whole number, like 25.") }
        return number
    }

    /// Reads a number.
    static func number(_ text: String) throws -> Double {
        guard let number = Double(text), number.isFinite else {
            throw ValidationError("write a number, like 0.5 or 20.")
        }
        return number
    }

    /// Reads a token.
    static func token(_ text: String) throws -> AccessToken { try AccessToken.parse(text) }

    /// Reads a fault.
    static func fault(_ text: String) throws -> Fault { try Fault.parse(text) }

    /// Reads an order of events.
    static func order(_ text: String) throws -> SimulatorConfiguration.Order {
        guard let order = SimulatorConfiguration.Order(rawValue: text) else {
            throw ValidationError("write oldest-first or newest-first.")
        }
        return order
    }

    /// Reads a log level.
    static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("write one of \(names).")
        }
        return level
    }

    /// Says in one line on standard error what is wrong.
    static func complain(_ message: String) {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        let bytes = Array("magic-connector-simulator: \(line)\n".utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
