// SPDX-License-Identifier: Apache-2.0

/// Collects a response as it arrives, within its limits.
struct ResponseAssembly {
    /// The most bytes that all header lines of a transfer may have, those of interim responses included.
    static let headerLimit = 64 << 10

    /// Why more bytes were not taken.
    enum Refusal: Equatable {
        case headerTooLarge
        case bodyTooLarge
    }

    /// Header fields of the newest response in the order of arrival, names in lower case.
    private(set) var headers: [(name: String, value: String)] = []

    /// The decompressed body so far.
    private(set) var body: [UInt8] = []

    /// Set once bytes were refused; the transfer ends then.
    private(set) var refusal: Refusal?

    /// Whether the empty line has come that ends a header.
    private(set) var isHeaderComplete = false

    private let bodyLimit: Int
    private var headerBytes = 0

    /// Starts with nothing.
    ///
    /// - Parameter bodyLimit: the most bytes that the body may have.
    init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

    /// Takes a line of a header or a trailer.
    ///
    /// A status line begins anew, so that of several responses (103, then 200) the last one's fields are left.
    /// Trailers are passed over: nothing that is read here may come after the body (RFC 9110, 6.5.1).
    ///
    /// - Parameter line: with or without its CRLF.
    /// - Returns: whether the transfer may go on.
    mutating func takeHeader(_ line: some Collection<UInt8>) -> Bool {
        headerBytes += line.count
        guard headerBytes <= Self.headerLimit else {
            refusal = .headerTooLarge
            return false
        }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            headers = []
            isHeaderComplete = false
        } else if !isHeaderComplete {
            takeField(text)
        }
        return true
    }

    /// Takes a piece of the body.
    ///
    /// - Returns: whether the transfer may go on; a piece that does not fit is not taken at all.
    mutating func takeBody(_ bytes: some Collection<UInt8>) -> Bool {
        guard bytes.count <= bodyLimit - body.count else {
            refusal = .bodyTooLarge
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    private mutating func takeField(_ text: String) {
        let line = text.utf8.trimmingWhiteSpace()
        guard !line.isEmpty else {
            isHeaderComplete = true
            return
        }
        if let first = text.utf8.first, first == 0x20 || first == 0x09 {
            // A line that begins with white space goes on with the one before it (RFC 9112, 5.2).
            guard !headers.isEmpty else { return }
            headers[headers.count - 1].value += " \(Substring(line))"
            return
        }
        guard let colon = line.firstIndex(of: 0x3a), colon != line.startIndex else { return }
        let value = line[line.index(after: colon)...].trimmingWhiteSpace()
        headers.append((Substring(line[..<colon]).lowercased(), String(Substring(value))))
    }
}

extension BidirectionalCollection<UInt8> {
    /// Without spaces, tabs and line ends at either side.
    fileprivate func trimmingWhiteSpace() -> SubSequence {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) })
        else {
            return self[endIndex...]
        }
        return self[first...last]
    }
}
