// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The properties of the terminal that a command prints to.
struct Terminal {
    /// Whether colours may be used: on a terminal that supports them, unless `NO_COLOR` is set.
    ///
    /// Source: no-color.org.
    let usesColor: Bool

    /// The number of columns; `nil` if the output is not a terminal.
    let width: Int?

    init(environment: [String: String]) {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        usesColor =
            isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        var size = winsize()
        let hasSize =
            unsafe isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        width = hasSize ? Int(size.ws_col) : nil
    }
}
