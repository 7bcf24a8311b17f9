// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTPEndpoint

/// The bytes of responses.
@Suite struct ResponseWriterTests {
    private static let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let body: ResponseBody = [Array("01234".utf8), [], Array("56789".utf8)]

    @Test func `HEAD has no body`() {
        var driver = MachineDriver { _ in Response(status: 200, body: Self.body) }
        driver.receive("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(driver.output.hasSuffix("Content-Length: 10\r\n\r\n"))
        #expect(driver.log == ["handle HEAD /a", "sent"])
    }

    @Test(arguments: [
        (204, "HTTP/1.1 204 No Content\r\nDate: today\r\n\r\n"),
        (304, "HTTP/1.1 304 Not Modified\r\nDate: today\r\n\r\n"),
        (205, "HTTP/1.1 205 Reset Content\r\nDate: today\r\nContent-Length: 0\r\n\r\n"),
        (299, "HTTP/1.1 299 \r\nDate: today\r\nContent-Length: 1\r\n\r\nx"),
        (101, "HTTP/1.1 500 Internal Server Error\r\nDate: today\r\nContent-Length: 1\r\n\r\nx"),
        (1000, "HTTP/1.1 500 Internal Server Error\r\nDate: today\r\nContent-Length: 1\r\n\r\nx"),
    ])
    func `omits the body of statuses without one`(_ status: Int, _ output: String) {
        var driver = MachineDriver { _ in Response(status: status, body: [Array("x".utf8)]) }
        driver.receive(Self.get)
        #expect(driver.output == output)
    }

    @Test func `sanitizes the header fields of a handler`() {
        var driver = MachineDriver { _ in
            Response(
                status: 200,
                headers: [
                    ("X", "a\r\nSet-Cookie: b\u{0}"), ("Bad name", "x"), ("", "x"), ("content-length", "7"),
                    ("Connection", "upgrade"), ("Transfer-Encoding", "gzip"), ("DATE", "never"), ("Y", "é"),
                ]
            )
        }
        driver.receive(Self.get)
        #expect(
            driver.output
                == "HTTP/1.1 200 OK\r\nDate: today\r\nX: a  Set-Cookie: b \r\nY: é\r\nContent-Length: 0\r\n\r\n"
        )
    }

    @Test(arguments: [1, 2, 15, 16, 17, 100, 1000])
    func `sends all chunks whatever the kernel accepts at once`(_ step: Int) {
        let body = (0..<200).map { [UInt8](repeating: UInt8($0), count: $0 % 5) }
        var writer = ResponseWriter(head: [255, 254], body: ResponseBody(body))
        var written: [UInt8] = []
        while writer.remaining > 0 {
            let bytes = writer.copied(atMost: step)
            #expect(!bytes.isEmpty)
            written += bytes
            writer.advance(by: bytes.count)
        }
        #expect(written == [255, 254] + body.flatMap(\.self))
    }

    @Test(arguments: [[], Array("end".utf8)])
    func `sends shared chunks and then the response's own end`(_ end: [UInt8]) {
        let shared = [Array("01234".utf8), Array("56789".utf8)]
        let body = ResponseBody(sharing: shared, of: 10, end: end)
        #expect(body.byteCount == 10 + end.count)
        #expect(Array(body) == shared + (end.isEmpty ? [] : [end]))
        var driver = MachineDriver { _ in Response(status: 200, body: body) }
        driver.receive(Self.get)
        #expect(
            driver.output.hasSuffix(
                "Content-Length: \(10 + end.count)\r\n\r\n0123456789" + String(decoding: end, as: UTF8.self)
            )
        )
    }

    @Test func `closes the connection at the time limit of a response`() {
        var response = Response(status: 200, body: Self.body)
        response.timeLimit = .seconds(3)
        var driver = MachineDriver()
        driver.receive(Self.get)
        driver.isWritable = false
        driver.respond(0, response)
        driver.pass(.seconds(2))
        #expect(driver.log == ["handle GET /a"])
        driver.pass(.seconds(1))
        #expect(driver.log == ["handle GET /a", "aborted", "close"])
    }
}
