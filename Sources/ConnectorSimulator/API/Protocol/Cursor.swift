// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The position in a list of events, as opaque text for clients.
///
/// It contains the last listed event, not a count of events. Therefore an event that arrives between two pages neither
/// hides another event nor lists one twice.
struct Cursor: Sendable, Hashable {
    /// The last listed event, or `nil` at the beginning of the list.
    var after: EventPosition?
    /// Whether the page was listed before, because a fault repeats pages.
    var isRepetition = false
    /// Distinguishes cursors of the same position, because a fault requires unique cursors.
    var serial = 0

    init(after: EventPosition?, isRepetition: Bool = false, serial: Int = 0) {
        self.after = after
        self.isRepetition = isRepetition
        self.serial = serial
    }

    /// Parses the text of a cursor; `nil` if the simulator did not create it.
    init?(_ text: String) {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let encoded = text.replacing("-", with: "+").replacing("_", with: "/") + padding
        guard text.utf8.count <= 200, let data = Data(base64Encoded: encoded) else { return nil }
        let fields = String(decoding: data, as: UTF8.self)
            .split(separator: ".", omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0] == "c1", let serial = Int(fields[4]) else { return nil }
        if !fields[1].isEmpty || !fields[2].isEmpty {
            guard let t = Int(fields[1]), let n = Int(fields[2]) else { return nil }
            after = EventPosition(t: t, n: n)
        }
        isRepetition = fields[3] == "r"
        self.serial = serial
    }

    /// The text of the cursor, which needs no escaping in a URL (RFC 4648, 5).
    var text: String {
        let position = after.map { "\($0.t).\($0.n)" } ?? "."
        return Data("c1.\(position).\(isRepetition ? "r" : "").\(serial)".utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
