// SPDX-License-Identifier: Apache-2.0

import Logging

/// A value of `--log.level`, as in other Prometheus exporters.
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
    /// The value of the `level` field: the name of a `LogLevel` in capitals.
    var fieldValue: String {
        switch self {
        case .trace, .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARN"
        case .error, .critical: "ERROR"
        }
    }
}
