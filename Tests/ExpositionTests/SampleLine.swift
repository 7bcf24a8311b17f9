// SPDX-License-Identifier: Apache-2.0

/// A sample line, parsed with the grammar of OpenMetrics independently of `SampleWriter`.
struct SampleLine: Equatable {
    var name = ""
    var labels: [[String]] = []
    var value = ""

    /// Parses a line without its line feed, or returns `nil` if the grammar does not allow it.
    init?(_ line: [UInt8]) {
        var rest = line[...]
        func take(while condition: (UInt8) -> Bool) -> String {
            let taken = rest.prefix(while: condition)
            rest = rest.dropFirst(taken.count)
            return String(decoding: taken, as: UTF8.self)
        }
        let isNameByte: (UInt8) -> Bool = { byte in
            byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
        }
        name = take(while: isNameByte)
        guard !name.isEmpty else { return nil }
        if rest.first == UInt8(ascii: "{") {
            repeat {
                rest = rest.dropFirst()
                let label = take(while: isNameByte)
                guard rest.starts(with: "=\"".utf8) else { return nil }
                rest = rest.dropFirst(2)
                var text: [UInt8] = []
                while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
                    guard byte != UInt8(ascii: "\n") else { return nil }
                    guard byte == UInt8(ascii: "\\") else {
                        text.append(byte)
                        continue
                    }
                    switch rest.popFirst() {
                    case UInt8(ascii: "n"): text.append(UInt8(ascii: "\n"))
                    case UInt8(ascii: "\""): text.append(UInt8(ascii: "\""))
                    case UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
                    default: return nil
                    }
                }
                labels.append([label, String(decoding: text, as: UTF8.self)])
            } while rest.first == UInt8(ascii: ",")
            guard rest.popFirst() == UInt8(ascii: "}") else { return nil }
        }
        guard rest.popFirst() == UInt8(ascii: " ") else { return nil }
        value = take { $0 > UInt8(ascii: " ") }
        guard rest.isEmpty, !value.isEmpty else { return nil }
    }
}
