// SPDX-License-Identifier: Apache-2.0

@testable import Exporter

/// A parsed scrape timeout is in Prometheus's range, and every timeout in that range is parsed.
///
/// The input is a field value. Its first four bytes are also a number of milliseconds.
enum TimeoutTarget {
    private static let longest = 86_400_000

    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let field = String(decoding: input, as: UTF8.self)
        if let limit = ScrapeTimeout.parse(field) {
            try FuzzFinding.require(
                limit >= .milliseconds(1) && limit <= .milliseconds(longest),
                "\(field) is \(limit)"
            )
        }
        let milliseconds = 1 + input.prefix(4).reduce(0) { $0 << 8 | Int($1) } % longest
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let written = rest == 0 ? "\(seconds)" : "\(seconds).\("\(1000 + rest)".dropFirst())"
        guard let read = ScrapeTimeout.parse(written) else {
            throw FuzzFinding(description: "\(written) is not read")
        }
        let difference = read - .milliseconds(milliseconds)
        try FuzzFinding.require(
            difference > .microseconds(-1) && difference < .microseconds(1),
            "\(written) is read as \(read)"
        )
    }
}
