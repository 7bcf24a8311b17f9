// SPDX-License-Identifier: Apache-2.0

import WireText

/// An incremental parser that turns a byte stream into requests, without I/O or a clock.
///
/// After it has thrown it must not be used again, because the start of the next request is unknown.
///
/// Source: RFC 9112.
struct RequestParser {
    /// The result of parsing the bytes that have arrived.
    enum Step {
        /// More bytes are needed.
        case incomplete
        /// The client waits for 100 (Continue) before it sends the body. Returned once per request.
        case awaitsContinue
        /// A complete request. Its `peer` is empty.
        case request(Request)
    }

    private enum State: Equatable {
        case requestLine
        case fields
        case sizedBody(remaining: Int)
        case chunkSize
        case chunkData(remaining: Int)
        case chunkEnd
        case trailers
    }

    /// Whether the current request has the method `HEAD`, even if its head is malformed.
    private(set) var isReadingHEAD = false

    private let limits: Limits
    private var buffer = LineBuffer()
    private var state = State.requestLine
    private var head: RequestHead?
    private var body: [UInt8] = []
    /// The bytes of fields, trailers and chunk extensions so far, bounded by `Limits.requestHeaderBytes`.
    private var headerBytes = 0
    private var headerLines = 0
    private var hasSkippedLine = false

    init(limits: Limits) { self.limits = limits }

    /// Whether no byte of a further request has arrived.
    var isIdle: Bool { state == .requestLine && buffer.count == 0 }

    /// Whether the head is complete and the body is not.
    var isReadingBody: Bool { state != .requestLine && state != .fields }

    /// Appends received bytes.
    mutating func append(_ bytes: Span<UInt8>) { buffer.append(bytes) }

    /// Parses as many of the received bytes as possible, at most to the end of one request.
    ///
    /// - Throws: the error to respond with if the request is rejected.
    mutating func next() throws(RequestError) -> Step {
        while true {
            let before = state
            let count = buffer.count
            if let step = try advance() { return step }
            if state == before, buffer.count == count { return .incomplete }
        }
    }

    /// Parses one element of the grammar.
    ///
    /// Changes nothing if too few bytes have arrived.
    private mutating func advance() throws(RequestError) -> Step? {
        switch state {
        case .requestLine: try readRequestLine()
        case .fields: return try readField()
        case .sizedBody(let remaining):
            let rest = remaining - readBody(remaining)
            state = .sizedBody(remaining: rest)
            if rest == 0 { return finish() }
        case .chunkSize: try readChunkSize()
        case .chunkData(let remaining):
            let rest = remaining - readBody(remaining)
            state = rest == 0 ? .chunkEnd : .chunkData(remaining: rest)
        case .chunkEnd:
            if try readLine(limit: 0, .malformed("Chunk longer than its size.")) != nil {
                state = .chunkSize
            }
        case .trailers: return try readTrailer()
        }
        return nil
    }
}

extension RequestParser {
    /// Reads the request line.
    ///
    /// Skips one empty line before it, because older clients send one after a body.
    ///
    /// Source: RFC 9112, 2.2.
    private mutating func readRequestLine() throws(RequestError) {
        // A client that speaks TLS to this port sends no line end. Rejecting its first byte avoids a timeout.
        if let first = buffer.first, !first.isTokenCharacter, first != .carriageReturn, first != .lineFeed {
            throw .invalidRequestLine
        }
        // The 48 bytes are for the method, the version and two spaces.
        guard let line = try readLine(limit: limits.targetBytes + 48, .targetTooLong) else { return }
        if line.isEmpty, !hasSkippedLine {
            hasSkippedLine = true
            return
        }
        isReadingHEAD = line.starts(with: "HEAD ".utf8)
        head = try RequestHead(parsing: line, targetLimit: limits.targetBytes)
        state = .fields
    }

    private mutating func readField() throws(RequestError) -> Step? {
        guard let line = try readHeaderLine() else { return nil }
        guard line.isEmpty else {
            try head?.append(line)
            return nil
        }
        try head?.complete()
        guard let head else { return nil }
        let expectsContinue = try head.expectsContinue()
        let framing = try BodyFraming(head.headers, version: head.version)
        guard framing == .none || limits.bodyBytes > 0 else { throw .bodyNotAllowed }
        switch framing {
        case .none: return finish()
        case .sized(let length):
            guard length <= limits.bodyBytes else { throw .bodyTooLarge }
            state = .sizedBody(remaining: length)
        case .chunked: state = .chunkSize
        }
        // A client that already sends its body does not wait (RFC 9110, 10.1.1).
        return expectsContinue && buffer.count == 0 ? .awaitsContinue : nil
    }

    /// Reads `1f;extension` (RFC 9112, 7.1).
    ///
    /// Extensions are ignored and count as header bytes.
    private mutating func readChunkSize() throws(RequestError) {
        guard let line = try readLine(limit: 512, .headerTooLarge) else { return }
        let digits = line.prefix { $0.hexadecimalValue != nil }
        let rest = line[digits.endIndex...].trimmed
        guard !digits.isEmpty, rest.isEmpty || rest.first == UInt8(ascii: ";"),
            rest.allSatisfy(\.isFieldValueCharacter)
        else { throw .malformed("Invalid chunk size.") }
        try countHeaderBytes(rest.count)
        let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) ?? .max
        guard size <= limits.bodyBytes - body.count else { throw .bodyTooLarge }
        state = size == 0 ? .trailers : .chunkData(remaining: size)
    }

    /// Validates and ignores a trailer field, because no handler uses one (RFC 9112, 7.1.2).
    private mutating func readTrailer() throws(RequestError) -> Step? {
        guard let line = try readHeaderLine() else { return nil }
        guard !line.isEmpty else { return finish() }
        _ = try RequestHead.parseField(line)
        return nil
    }

    private mutating func readBody(_ remaining: Int) -> Int {
        let bytes = buffer.read(limit: remaining)
        body.append(contentsOf: bytes)
        return bytes.count
    }

    /// Returns the complete request and resets the state for the next one.
    private mutating func finish() -> Step? {
        guard let head else { return nil }
        let request = Request(
            method: head.method,
            path: head.target.path,
            query: head.target.query,
            version: head.version,
            headers: head.headers,
            body: body
        )
        self.head = nil
        body = []
        state = .requestLine
        (headerBytes, headerLines, hasSkippedLine) = (0, 0, false)
        buffer.releaseExcessCapacity()
        return .request(request)
    }

    /// Reads a field line, or the empty line after the last one, within the limits for the whole header.
    private mutating func readHeaderLine() throws(RequestError) -> ArraySlice<UInt8>? {
        let left = limits.requestHeaderBytes - headerBytes
        guard let line = try readLine(limit: max(left, 0), .headerTooLarge) else { return nil }
        guard !line.isEmpty else { return line }
        headerLines += 1
        guard headerLines <= limits.headerCount else { throw .headerTooLarge }
        try countHeaderBytes(line.count + 2)
        return line
    }

    private mutating func countHeaderBytes(_ count: Int) throws(RequestError) {
        headerBytes += count
        guard headerBytes <= limits.requestHeaderBytes else { throw .headerTooLarge }
    }

    private mutating func readLine(
        limit: Int,
        _ tooLong: @autoclosure () -> RequestError
    ) throws(RequestError) -> ArraySlice<UInt8>? {
        do throws(LineBuffer.Failure) {
            return try buffer.readLine(limit: limit)
        } catch {
            switch error {
            case .tooLong: throw tooLong()
            case .bareLineFeed: throw .bareLineFeed
            }
        }
    }
}
