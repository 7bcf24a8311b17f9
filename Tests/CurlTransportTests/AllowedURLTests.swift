// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct AllowedURLTests {
    @Test(
        arguments: [
            "http://192.0.2.1/", "http://api.cloudflare.com/client/v4", "http://[2001:db8::1]/",
            "http://127.0.0.1.example.com/", "http://localhost.example.com/", "http://[::ffff:192.0.2.1]/",
            "http://0.0.0.0/", "http://128.0.0.1/", "http://[::2]/", "http://[1::1]/",
        ]
    )
    func `rejects http to other machines`(url: String) async {
        let error = await makeTransport().failure(of: url)
        #expect(error?.reason == .refused)
        #expect(
            error?.description
                == "\(url): http is for this machine only (127.0.0.0/8, ::1, localhost); use https"
        )
    }

    @Test(arguments: [
        "ftp://127.0.0.1/", "file:///etc/passwd", "FILE:///etc/passwd", "gopher://127.0.0.1/",
        "dict://127.0.0.1/",
    ])
    func `rejects other schemes`(url: String) async {
        let error = await makeTransport().failure(of: url)
        #expect(error?.reason == .refused)
        #expect(error?.description == "\(url): the scheme is not allowed; use https")
    }

    @Test(
        arguments: [
            "", "/client/v4", "api.cloudflare.com", "https://", "https://a:b:c/",
            "https://[::1/",
            "https://127.0.0.1:99999/", "javascript:alert(1)", "https://exa mple.com/", "https://a\0b/",
            "https://a\r\nX-Injected: b/", "https://ex\u{e4}mple.com/", "https://127.0.0.1/\u{7f}",
        ]
    )
    func `rejects invalid URLs`(url: String) async {
        #expect(await makeTransport().failure(of: url)?.reason == .refused)
    }

    @Test(arguments: [
        "https://user:hunter2@127.0.0.1/x", "http://:hunter2@localhost/", "https://user@a.example/",
    ])
    func `rejects a user or password, which the error does not contain`(url: String) async {
        let error = await makeTransport().failure(of: url)
        #expect(error?.reason == .refused)
        #expect(error?.description.contains("hunter2") == false)
        #expect(error?.description.contains("user:") == false)
        #expect(
            error?.description.hasSuffix(": a user and a password in a URL are not allowed; remove them")
                == true
        )
    }

    @Test func `removes the query from errors`() async {
        let error = await makeTransport().failure(of: "ftp://127.0.0.1/a?cursor=opaque#part")
        #expect(error?.description.contains("opaque") == false)
        #expect(error?.description.hasPrefix("ftp://127.0.0.1/a: ") == true)
    }
}
