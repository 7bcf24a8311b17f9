// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTPEndpoint

@Suite struct RequestParserTests {
    struct Valid: CustomTestStringConvertible {
        let text: String
        let expected: [String]
        var testDescription: String { String(reflecting: text) }
    }

    struct Invalid: CustomTestStringConvertible {
        let text: String
        let status: Int
        init(_ status: Int, _ text: String) { (self.status, self.text) = (status, text) }
        var testDescription: String { "\(status) \(String(reflecting: String(text.prefix(80))))" }
    }

    static let valid: [Valid] = [
        Valid(text: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", expected: ["GET / [] http11 host=a"]),
        Valid(text: "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", expected: ["GET / [] http11 host=a"]),
        Valid(text: "GET / HTTP/1.0\r\n\r\n", expected: ["GET / [] http10 "]),
        Valid(text: "GET / HTTP/1.2\r\nHost:\r\n\r\n", expected: ["GET / [] http11 host="]),
        Valid(
            text: "GET /a%20b/%C3%A9?x=1&x=2+%2B&y&=z&&q=a=b HTTP/1.1\r\nHost: a:80\r\n\r\n",
            expected: ["GET /a b/é [x=1,x=2 +,y=,=z,q=a=b] http11 host=a:80"]
        ),
        Valid(text: "GET /? HTTP/1.1\r\nHost: a\r\n\r\n", expected: ["GET / [] http11 host=a"]),
        Valid(text: "GET //a/../b HTTP/1.1\r\nHost: a\r\n\r\n", expected: ["GET //a/../b [] http11 host=a"]),
        Valid(
            text: "GET http://b:1/c?d=e HTTP/1.1\r\nHost: a\r\n\r\n",
            expected: ["GET /c [d=e] http11 host=b:1"]
        ),
        Valid(
            text: "GET HTTPS://[::1]:1 HTTP/1.1\r\nHost: a\r\n\r\n",
            expected: ["GET / [] http11 host=[::1]:1"]
        ),
        Valid(text: "GET http://b?c=d HTTP/1.1\r\nHost: a\r\n\r\n", expected: ["GET / [c=d] http11 host=b"]),
        Valid(text: "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", expected: ["OPTIONS / [] http11 host=a"]),
        Valid(
            text: "get / HTTP/1.1\r\nHOST: a\r\nX-Y:  b\t c \t\r\nX-y:\u{e9}\r\nEmpty:\r\n\r\n",
            expected: ["get / [] http11 host=a;x-y=b\t c;x-y=é;empty="]
        ),
        Valid(
            text:
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: b\r\n\r\n",
            expected: ["POST / [] http11 host=a;content-length=3 abc", "GET / [] http11 host=b"]
        ),
        Valid(
            text: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2, 02\r\n\r\n\n\n",
            expected: ["POST / [] http11 host=a;content-length=2;content-length=2, 02 \n\n"]
        ),
        Valid(
            text: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n",
            expected: ["POST / [] http11 host=a;content-length=0", "GET / [] http11 host=b"]
        ),
        Valid(
            text: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "3\r\nabc\r\n0A ; x=\"y\"\r\n0123456789\r\n000\r\nTrailer: x\r\n\r\n"
                + "GET / HTTP/1.1\r\nHost: b\r\n\r\n",
            expected: [
                "POST / [] http11 host=a;transfer-encoding=Chunked abc0123456789", "GET / [] http11 host=b",
            ]
        ),
        Valid(
            text: "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\na",
            expected: ["POST / [] http11 host=a;expect=100-Continue;content-length=1 a"]
        ),
        Valid(
            text: "POST / HTTP/1.0\r\nExpect: anything\r\nContent-Length: 1\r\n\r\na",
            expected: ["POST / [] http10 expect=anything;content-length=1 a"]
        ),
    ]

    private static func line(_ text: String) -> String { "GET / HTTP/1.1\r\nHost: a\r\n\(text)\r\n\r\n" }
    private static func chunked(_ text: String) -> String { line("Transfer-Encoding: chunked") + text }

    static let invalid: [Invalid] = [
        // Request line
        Invalid(400, "GET /\r\n\r\n"),
        Invalid(400, "GET  / HTTP/1.1\r\n"),
        Invalid(400, "GET / HTTP/1.1 \r\n"),
        Invalid(400, "GET / HTTP/1.1\n"),
        Invalid(400, "GET /\u{7f} HTTP/1.1\r\n"),
        Invalid(400, "GET /\u{e9} HTTP/1.1\r\n"),
        Invalid(400, "GET /a#b HTTP/1.1\r\n"),
        Invalid(400, "GET a HTTP/1.1\r\n"),
        Invalid(400, "GET * HTTP/1.1\r\n"),
        Invalid(400, "GET ftp://a/ HTTP/1.1\r\n"),
        Invalid(400, "GET http:///a HTTP/1.1\r\n"),
        Invalid(400, "GET http://user@a/ HTTP/1.1\r\n"),
        Invalid(400, "GET /%4 HTTP/1.1\r\n"),
        Invalid(400, "GET /%4g HTTP/1.1\r\n"),
        Invalid(400, "GET /%00 HTTP/1.1\r\n"),
        Invalid(400, "GET /%ff HTTP/1.1\r\n"),
        Invalid(400, "GET /?a=%zz HTTP/1.1\r\n"),
        Invalid(400, "GET /?%=a HTTP/1.1\r\n"),
        Invalid(400, "G{}T / HTTP/1.1\r\n"),
        Invalid(400, " GET / HTTP/1.1\r\n"),
        Invalid(400, "\r\n\r\nGET / HTTP/1.1\r\n"),
        Invalid(400, "\u{16}\u{3}\u{1}"),
        Invalid(400, "GET / HTTP/11\r\n"),
        Invalid(400, "GET / http/1.1\r\n"),
        Invalid(400, "GET / HTTP/1.x\r\n"),
        Invalid(505, "GET / HTTP/2.0\r\n"),
        Invalid(505, "GET / HTTP/0.9\r\n"),
        Invalid(501, "CONNECT a:1 HTTP/1.1\r\n"),
        Invalid(414, "GET /\(String(repeating: "a", count: 64)) HTTP/1.1\r\n"),
        Invalid(414, "GET /\(String(repeating: "a", count: 200))"),
        // Header fields
        Invalid(400, "GET / HTTP/1.1\r\n\r\n"),
        Invalid(400, line("Host: a")),
        Invalid(400, "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
        Invalid(400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        Invalid(400, "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"),
        Invalid(400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        Invalid(400, line("Name : value")),
        Invalid(400, line("Name")),
        Invalid(400, line(": value")),
        Invalid(400, line("N\u{e4}me: value")),
        Invalid(400, line(" folded")),
        Invalid(400, line("A: b\r\n\tfolded")),
        Invalid(400, line("A: b\u{0}c")),
        Invalid(400, line("A: b\rc")),
        Invalid(400, line("A: b\u{1b}c")),
        Invalid(400, line("A: b\nC: d")),
        Invalid(431, line("A: \(String(repeating: "a", count: 256))")),
        Invalid(431, "GET / HTTP/1.1\r\nA: \(String(repeating: "a", count: 300))"),
        Invalid(431, line(String(repeating: "A: b\r\n", count: 8))),
        // Framing
        Invalid(400, line("Content-Length: 1\r\nContent-Length: 2")),
        Invalid(400, line("Content-Length: 1, 2")),
        Invalid(400, line("Content-Length: 1,")),
        Invalid(400, line("Content-Length:")),
        Invalid(400, line("Content-Length: -1")),
        Invalid(400, line("Content-Length: +1")),
        Invalid(400, line("Content-Length: 1x")),
        Invalid(400, line("Content-Length: 1\r\nTransfer-Encoding: chunked")),
        Invalid(400, line("Transfer-Encoding: chunked, chunked")),
        Invalid(400, line("Transfer-Encoding:")),
        Invalid(400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Invalid(501, line("Transfer-Encoding: gzip, chunked")),
        Invalid(501, line("Transfer-Encoding: identity")),
        Invalid(413, line("Content-Length: 33")),
        Invalid(413, line("Content-Length: 99999999999999999999")),
        Invalid(413, line("Expect: 100-continue\r\nContent-Length: 33")),
        Invalid(417, line("Expect: 100-continue, more\r\nContent-Length: 1")),
        // Chunks
        Invalid(400, chunked("x\r\n")),
        Invalid(400, chunked("\r\n")),
        Invalid(400, chunked("-1\r\n")),
        Invalid(400, chunked("1 1\r\n")),
        Invalid(400, chunked("1\nab")),
        Invalid(400, chunked("1;\u{0}\r\n")),
        Invalid(400, chunked("1\r\nab\r\n")),
        Invalid(400, chunked("0\r\nTrailer\r\n")),
        Invalid(413, chunked("20\r\n\(String(repeating: "a", count: 32))\r\n1\r\n")),
        Invalid(413, chunked("FFFFFFFFFFFFFFFFFFFFF\r\n")),
        Invalid(431, chunked("1;\(String(repeating: "a", count: 600))\r\n")),
        Invalid(431, chunked(String(repeating: "1;\(String(repeating: "a", count: 80))\r\na\r\n", count: 4))),
        Invalid(431, chunked("0\r\n\(String(repeating: "A: b\r\n", count: 9))")),
    ]

    static var limits: Limits {
        var limits = Limits()
        limits.requestHeaderBytes = 256
        limits.headerCount = 8
        limits.targetBytes = 64
        limits.bodyBytes = 32
        return limits
    }

    @Test(arguments: valid)
    func `parses a request however its bytes are split`(_ example: Valid) throws {
        for pieces in splits(of: Array(example.text.utf8)) {
            #expect(try Self.parse(pieces) == example.expected)
        }
    }

    @Test(arguments: invalid)
    func `rejects a malformed request however its bytes are split`(_ example: Invalid) {
        for pieces in splits(of: Array(example.text.utf8)) {
            let error = #expect(throws: RequestError.self) { try Self.parse(pieces) }
            #expect(error?.status == example.status)
        }
    }

    @Test func `reports a wait for 100 once, before the body`() throws {
        var parser = RequestParser(limits: Self.limits)
        parser.append(Array(Self.line("Expect: 100-continue\r\nContent-Length: 2").utf8).span)
        guard case .awaitsContinue = try parser.next() else {
            Issue.record("the wait is not reported")
            return
        }
        guard case .incomplete = try parser.next() else {
            Issue.record("the wait is reported twice")
            return
        }
        #expect(parser.stage == .readingBody)
        parser.append(Array("ab".utf8).span)
        guard case .request(let request) = try parser.next() else {
            Issue.record("the request is missing")
            return
        }
        #expect(request.body == Array("ab".utf8))
        #expect(parser.isIdle)
    }

    @Test func `accepts requests exactly at the limits`() throws {
        let path = "/" + String(repeating: "a", count: 63)
        let fields = "Host: a\r\n" + "B: \(String(repeating: "b", count: 240))\r\n"
        let text = "GET \(path) HTTP/1.1\r\n\(fields)\r\n"
        #expect(try Self.parse([Array(text.utf8)]).count == 1)
        let eight = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: 7) + "\r\n"
        #expect(try Self.parse([Array(eight.utf8)]).count == 1)
        let body = Self.line("Content-Length: 32") + String(repeating: "a", count: 32)
        #expect(try Self.parse([Array(body.utf8)]).count == 1)
    }

    private static func parse(_ pieces: [ArraySlice<UInt8>]) throws(RequestError) -> [String] {
        try parse(pieces.map(Array.init))
    }

    private static func parse(_ pieces: [[UInt8]]) throws(RequestError) -> [String] {
        var parser = RequestParser(limits: limits)
        var found: [String] = []
        for piece in pieces {
            parser.append(piece.span)
            reading: while true {
                switch try parser.next() {
                case .incomplete: break reading
                case .awaitsContinue: break
                case .request(let request): found.append(describe(request))
                }
            }
        }
        return found
    }

    private static func describe(_ request: Request) -> String {
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
        let headers = request.headers.entries.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
        let body = request.body.isEmpty ? "" : " " + String(decoding: request.body, as: UTF8.self)
        return "\(request.method) \(request.path) [\(query)] \(request.version) \(headers)\(body)"
    }
}

/// Returns all splits of bytes into two parts, the bytes one by one, and the bytes as a whole.
func splits(of bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
    [[bytes[...]], bytes.indices.map { bytes[$0...$0] }]
        + bytes.indices.dropFirst().map { [bytes[..<$0], bytes[$0...]] }
}
