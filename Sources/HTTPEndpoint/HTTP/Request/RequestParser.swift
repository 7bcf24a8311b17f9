// SPDX-License-Identifier: Apache-2.0

import WireText

/// Turns a stream of bytes into requests; no I/O, no clock.
///
/// After it has thrown it must not be asked again: where the next request begins is not known any more.
///
/// Source: RFC 9112.
struct RequestParser {
    /// What the bytes so far are enough for.
    enum Step {
        /// Nothing more.
        case incomplete
        /// The client waits for 100 (Continue) before it sends the body; reported once.
        case awaitsContinue
        /// A whole request; its `peer` is empty.
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

    /// Whether the request that is being read has the method `HEAD`, although the rest of it may be none.
    private(set) var isReadingHEAD = false

    private let limits: Limits
    private var buffer = LineBuffer()
    private var state = State.requestLine
    private var head: RequestHead?
    private var body: [UInt8] = []
    /// What the field lines, trailers and chunk lines of this request have used of `Limits.requestHeaderBytes`.
    private var headerBytes = 0
    private var headerLines = 0
    private var hasSkippedLine = false

    /// Makes a parser at the beginning of a connection.
    init(limits: Limits) { self.limits = limits }

    /// Whether no byte of a further request has arrived.
    var isIdle: Bool { state == .requestLine && buffer.count == 0 }

    /// Whether a head is whole and its body is not.
    var isInBody: Bool { state != .requestLine && state != .fields }

    /// Adds what has arrived.
    mutating func append(_ bytes: Span<UInt8>) { buffer.append(bytes) }

    /// Goes on as far as the bytes reach, at most to the end of one request.
    ///
    /// - Throws: what to answer to a request that is refused.
    mutating func next() throws(RequestError) -> Step {
        while true {
            let before = state
            let count = buffer.count
            if let step = try advance() { return step }
            if state == before, buffer.count == count { return .incomplete }
        }
    }

    /// Does one step of the grammar; one that changes nothing has too few bytes.
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
            if try line(atMost: 0, .malformed("A chunk is longer than it says.")) != nil {
                state = .chunkSize
            }
        case .trailers: return try readTrailer()
        }
        return nil
    }
}

extension RequestParser {
    /// Reads the first line; an empty one before it is passed over, as older clients send one after a body.
    ///
    /// Source: RFC 9112, 2.2.
    private mutating func readRequestLine() throws(RequestError) {
        // A TLS client that takes this for a TLS server sends no line end; it need not wait for the time-out.
        if let first = buffer.first, !first.isTokenCharacter, first != .carriageReturn, first != .lineFeed {
            throw .malformed("The first line is not a request line.")
        }
        // Beside the target there are a method, a version and two spaces.
        guard let line = try line(atMost: limits.targetBytes + 48, .targetTooLong) else { return }
        if line.isEmpty, !hasSkippedLine {
            hasSkippedLine = true
            return
        }
        isReadingHEAD = line.starts(with: "HEAD ".utf8)
        head = try RequestHead(parsing: line, targetLimit: limits.targetBytes)
        state = .fields
    }

    private mutating func readField() throws(RequestError) -> Step? {
        guard let line = try headerLine() else { return nil }
        guard line.isEmpty else {
            try head?.append(line)
            return nil
        }
        try head?.complete()
        guard let head else { return nil }
        let expectsContinue = try head.expectsContinue()
        switch try BodyFraming(head.headers, version: head.version) {
        case .none: return finish()
        case .sized(let length):
            guard length <= limits.bodyBytes else { throw .bodyTooLarge }
            body.reserveCapacity(length)
            state = .sizedBody(remaining: length)
        case .chunked: state = .chunkSize
        }
        // A client that already sends its body does not wait (RFC 9110, 10.1.1).
        return expectsContinue && buffer.count == 0 ? .awaitsContinue : nil
    }

    /// Reads `1f;extension` (RFC 9112, 7.1); extensions are dropped, and count as header bytes.
    private mutating func readChunkSize() throws(RequestError) {
        guard let line = try line(atMost: 512, .headerTooLarge) else { return }
        let digits = line.prefix { $0.hexadecimalValue != nil }
        let rest = line[digits.endIndex...].trimmed
        guard !digits.isEmpty, rest.isEmpty || rest.first == UInt8(ascii: ";"),
            rest.allSatisfy(\.isFieldValueCharacter)
        else { throw .malformed("A chunk does not begin with its size.") }
        try charge(rest.count)
        let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) ?? .max
        guard size <= limits.bodyBytes - body.count else { throw .bodyTooLarge }
        state = size == 0 ? .trailers : .chunkData(remaining: size)
    }

    /// Checks and drops a trailer: nothing here needs one (RFC 9112, 7.1.2).
    private mutating func readTrailer() throws(RequestError) -> Step? {
        guard let line = try headerLine() else { return nil }
        guard !line.isEmpty else { return finish() }
        _ = try RequestHead.field(line)
        return nil
    }

    private mutating func readBody(_ remaining: Int) -> Int {
        let bytes = buffer.take(atMost: remaining)
        body.append(contentsOf: bytes)
        return bytes.count
    }

    /// Ends the request, so that the next bytes begin another.
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
        buffer.giveBack()
        return .request(request)
    }

    /// Takes a field line or the empty line after them, within the limits that all of them share.
    private mutating func headerLine() throws(RequestError) -> ArraySlice<UInt8>? {
        let left = limits.requestHeaderBytes - headerBytes
        guard let line = try line(atMost: max(left, 0), .headerTooLarge) else { return nil }
        guard !line.isEmpty else { return line }
        headerLines += 1
        guard headerLines <= limits.headerCount else { throw .headerTooLarge }
        try charge(line.count + 2)
        return line
    }

    private mutating func charge(_ count: Int) throws(RequestError) {
        headerBytes += count
        guard headerBytes <= limits.requestHeaderBytes else { throw .headerTooLarge }
    }

    private mutating func line(
        atMost limit: Int,
        _ tooLong: @autoclosure () -> RequestError
    ) throws(RequestError) -> ArraySlice<UInt8>? {
        do throws(LineBuffer.Failure) {
            return try buffer.line(atMost: limit)
        } catch {
            switch error {
            case .tooLong: throw tooLong()
            case .bareLineFeed: throw .bareLineFeed
            }
        }
    }
}
