// SPDX-License-Identifier: Apache-2.0

/// The status line and header fields of an HTTP response, as far as a relay needs them.
struct ResponseHead {
    /// The encoded head, the empty line included and the relay's own field left out.
    private(set) var bytes: [UInt8]
    /// The number of bytes that the head had when it was received.
    let receivedCount: Int
    /// The number of body bytes that follow, or `nil` if only the end of the connection or of the chunks shows it.
    let bodyCount: Int?
    let instruction: WireInstruction
    /// Whether a response to the same request follows (RFC 9110, 15.2).
    let isInterim: Bool

    /// - Parameter received: a complete head.
    init(_ received: ArraySlice<UInt8>) {
        var length: Int?
        var instruction = WireInstruction()
        var kept = received
        var rest = received
        while let end = rest.firstIndex(of: 0x0a) {
            let line = rest[...end]
            rest = rest[(end + 1)...]
            // Both names that matter have 14 characters.
            guard line.count > 15, line[line.startIndex + 14] == 0x3a else { continue }
            let text = String(decoding: line, as: UTF8.self)
            let value = text.dropFirst(15).drop { $0 == " " }.prefix { !$0.isNewline }
            switch text.prefix(14).lowercased() {
            case "content-length": length = Int(value)
            case WireInstruction.headerName.lowercased():
                instruction = WireInstruction(headerValue: value)
                kept = received[..<line.startIndex] + rest
            default: break
            }
        }
        let status = received.dropFirst(9).prefix(3)
        isInterim = status.first == UInt8(ascii: "1")
        let hasNoBody = isInterim || status.elementsEqual("204".utf8) || status.elementsEqual("304".utf8)
        bodyCount = hasNoBody || instruction.hasNoBody ? 0 : length
        bytes = Array(kept)
        receivedCount = received.count
        self.instruction = instruction
    }

    var chunked: [UInt8] {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        let kept = lines.filter { !$0.lowercased().hasPrefix("content-length:") }
        return Array((kept.joined(separator: "\r\n") + "\r\nTransfer-Encoding: chunked\r\n\r\n").utf8)
    }
}
