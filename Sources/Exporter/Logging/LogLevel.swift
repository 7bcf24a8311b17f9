// SPDX-License-Identifier: Apache-2.0

import Logging

/// The levels of the Prometheus exporters.
package enum LogLevel: String, Sendable, CaseIterable {
    case debug, info, warn, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warn: .warning
        case .error: .error
        }
    }
}

extension Logger.Level {
    /// As `--log.level` names it, in the capitals of a log line.
    var shown: String {
        switch self {
        case .trace, .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARN"
        case .error, .critical: "ERROR"
        }
    }
}
