// SPDX-License-Identifier: Apache-2.0

import WireText

/// The part of a response that has been received, within its limits.
struct ResponseAssembly {
    /// The maximum size of all header lines of a transfer in bytes, including those of interim responses.
    static let headerLimit = 64 << 10

    enum ExceededLimit: Equatable {
        case header
        case body
    }

    /// The header fields of the newest response in the order of arrival, with lower-case names.
    private(set) var headers: [(name: String, value: String)] = []

    private(set) var body: [UInt8] = []

    /// The exceeded limit; the transfer fails if it is set.
    private(set) var exceededLimit: ExceededLimit?

    /// Whether the empty line that ends the header has been received.
    private(set) var isHeaderComplete = false

    private let bodyLimit: Int
    private var headerSize = 0

    /// Creates an empty response.
    ///
    /// - Parameter bodyLimit: The maximum size of the body in bytes.
    init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

    /// Adds a line of a header or a trailer.
    ///
    /// A status line discards the fields before it, so that interim responses leave no fields. Trailers are ignored,
    /// because no field that the exporter reads may be in a trailer (RFC 9110, 6.5.1).
    ///
    /// - Parameter bytes: The line, with or without its CRLF.
    /// - Returns: whether the transfer may continue.
    mutating func appendHeaderLine(_ bytes: some Collection<UInt8>) -> Bool {
        headerSize += bytes.count
        guard headerSize <= Self.headerLimit else {
            exceededLimit = .header
            return false
        }
        if bytes.starts(with: "HTTP/".utf8) {
            headers = []
            isHeaderComplete = false
        } else if !isHeaderComplete {
            appendField(Array(bytes)[...])
        }
        return true
    }

    /// Adds bytes to the body.
    ///
    /// - Returns: whether the transfer may continue. Bytes that exceed the limit are not added.
    mutating func appendBody(_ bytes: some Collection<UInt8>) -> Bool {
        guard bytes.count <= bodyLimit - body.count else {
            exceededLimit = .body
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    private mutating func appendField(_ line: ArraySlice<UInt8>) {
        var content = line
        while let last = content.last, last == .carriageReturn || last == .lineFeed { content.removeLast() }
        content = content.trimmed
        guard !content.isEmpty else {
            isHeaderComplete = true
            return
        }
        if let first = line.first, first.isBlank {
            // A line that starts with white space continues the field before it (RFC 9112, 5.2).
            guard !headers.isEmpty else { return }
            headers[headers.count - 1].value += " " + String(decoding: content, as: UTF8.self)
            return
        }
        guard let colon = content.firstIndex(of: UInt8(ascii: ":")), colon != content.startIndex else {
            return
        }
        let name = String(decoding: content[..<colon], as: UTF8.self).lowercased()
        let value = String(decoding: content[(colon + 1)...].trimmed, as: UTF8.self)
        headers.append((name, value))
    }
}
