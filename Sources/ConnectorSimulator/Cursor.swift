// SPDX-License-Identifier: Apache-2.0

/// Where a list of events goes on, as text that means nothing to a client.
///
/// It holds the last event shown, not a count of events, so that what arrives between two pages neither hides an
/// event nor shows one twice.
struct Cursor: Sendable, Hashable {
    /// The last event shown; `nil` at the beginning of the list.
    var after: EventPosition?
    /// Whether the page that it leads to was shown before; a fault asks for that.
    var isRepetition = false
    /// Makes it differ from a cursor of the same place; a fault asks for that.
    var serial = 0

    init(after: EventPosition?, isRepetition: Bool = false, serial: Int = 0) {
        self.after = after
        self.isRepetition = isRepetition
        self.serial = serial
    }

    /// Reads a cursor that a client sends.
    ///
    /// - Returns: `nil` where it is not one of ours.
    init?(_ text: String) {
        guard let bytes = Self.decode(text) else { return nil }
        let fields = String(decoding: bytes, as: UTF8.self)
            .split(separator: ".", omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0] == "c1", let serial = Int(fields[4]) else { return nil }
        if fields[1].isEmpty, fields[2].isEmpty {
            after = nil
        } else {
            guard let t = Int(fields[1]), let n = Int(fields[2]) else { return nil }
            after = EventPosition(t: t, n: n)
        }
        isRepetition = fields[3] == "r"
        self.serial = serial
    }

    /// The text of the cursor, safe in a URL (RFC 4648, 5).
    var text: String {
        let place = after.map { "\($0.t).\($0.n)" } ?? "."
        return Self.encode(Array("c1.\(place).\(isRepetition ? "r" : "").\(serial)".utf8))
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
    )

    private static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= 200 else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
