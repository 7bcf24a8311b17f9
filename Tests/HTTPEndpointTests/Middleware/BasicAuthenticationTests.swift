// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPEndpoint
import TestSupport
import Testing

/// Basic authentication without a socket.
@Suite(.timeLimit(.minutes(1))) struct BasicAuthenticationTests {
    /// Hashes of other programs: Python's `crypt(3)`, and Go's bcrypt.
    static let users: [(name: String, hash: String, password: String)] = [
        ("a", "$2a$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", "secret"),
        ("b", "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", "secret"),
        ("y", "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", "secret"),
        (
            "colons", "$2b$04$abcdefghijklmnopqrstuuOBYUIeELhVyizhFlT23TTXDBwqC6iJm",
            "pässwörd:mit:doppelpunkt"
        ),
        ("nothing", "$2b$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq", ""),
        (
            "long", "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe",
            String(repeating: "a", count: 80)
        ),
        ("\u{e9}", "$2b$04$abcdefghijklmnopqrstuu0HtfOlPbTiymk5tcV.3TsFPDd3SYZqu", "other"),
        ("carol", "$2y$10$qRTBuFoULoYNA7AQ/F3ck.trZBPyjV64.oA4ZsSBCIWvXuvQlQTuu", "carol123"),
        ("", "$2b$04$abcdefghijklmnopqrstuu0HtfOlPbTiymk5tcV.3TsFPDd3SYZqu", "other"),
    ]

    static func authentication(
        of names: [String] = users.map(\.name),
        waitingLimit: Int = 64
    ) throws -> BasicAuthentication {
        try BasicAuthentication(
            users: users.filter { names.contains($0.name) }.map { ($0.name, try PasswordHash($0.hash)) },
            waitingLimit: waitingLimit
        )
    }

    /// Returns the value of the `Authorization` field.
    static func field(_ user: String, _ password: String) -> String {
        "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())"
    }

    /// Returns the response to a request with these `Authorization` fields.
    ///
    /// The inner handler responds with 200.
    static func respond(_ authentication: BasicAuthentication, _ fields: [String]) async -> Response {
        await withCheckedContinuation { continuation in
            authentication.wrapping { _, responder in responder.send(.text(200, "in")) }(
                Request(headers: Headers(fields.map { ("Authorization", $0) })),
                Responder { response in continuation.resume(returning: response) }
            )
        }
    }

    @Test(arguments: users)
    func `accepts a valid password, uncached and cached`(
        name: String,
        hash: String,
        password: String
    ) async throws {
        let authentication = try Self.authentication()
        for _ in 0..<3 {
            #expect(await Self.respond(authentication, [Self.field(name, password)]).status == 200)
            #expect(
                await Self.respond(authentication, [Self.field(name, password + "x")]).status
                    == (name == "long" ? 200 : 401)
            )
        }
    }

    @Test func `a 401 names the scheme and nothing else`() async throws {
        let response = await Self.respond(try Self.authentication(of: ["b"]), [])
        #expect(response.status == 401)
        #expect(response.headers.first { $0.name == "WWW-Authenticate" }?.value == "Basic")
        #expect(response.headers.first { $0.name == "Content-Type" }?.value == "text/plain; charset=utf-8")
        #expect(response.body.flatMap(\.self) == Array("Unauthorized\n".utf8))
    }

    static let refused: [(String, [String])] = [
        ("no field", []),
        ("an empty field", [""]),
        ("another scheme", ["Bearer \(Data("b:secret".utf8).base64EncodedString())"]),
        ("the scheme alone", ["Basic"]),
        ("two fields, both right", [field("b", "secret"), field("b", "secret")]),
        ("two fields, one wrong", [field("b", "secret"), field("b", "wrong")]),
        ("another password", [field("b", "Secret")]),
        ("a prefix of the password", [field("b", "secre")]),
        ("the password and a space", [field("b", "secret ")]),
        ("a NUL and more behind the password", [field("b", "secret\0more")]),
        ("a NUL at the end of the password", [field("b", "secret\0")]),
        ("an unknown user", [field("nobody", "secret")]),
        ("another's password", [field("b", "other")]),
        ("the name in capitals", [field("B", "secret")]),
        ("a name that looks the same", [field("e\u{301}", "other")]),
        ("an empty name and password", [field("", "")]),
        ("no colon", ["Basic \(Data("bsecret".utf8).base64EncodedString())"]),
        ("credentials without base 64", ["Basic b:secret"]),
        ("base 64 without padding", ["Basic YjpzZWNyZXQ"]),
        ("base 64 with too much padding", ["Basic YjpzZWNyZXQ=="]),
        ("base 64 with a space", ["Basic YjpzZW NyZXQ="]),
        ("base 64 and another word", ["Basic YjpzZWNyZXQ= x"]),
        ("base 64 with bits left over", ["Basic YjpzZWNyZXR="]),
        ("base 64 for URLs", ["Basic Yjpz_WNyZXQ="]),
        ("71 of 72 letters", [field("long", String(repeating: "a", count: 71))]),
        ("the hash for a password", [field("b", users[1].hash)]),
        ("a password that is not UTF-8", ["Basic \(Data([0x62, 0x3a, 0xff, 0xfe]).base64EncodedString())"]),
    ]

    @Test(arguments: refused)
    func `rejects all other credentials`(name: String, fields: [String]) async throws {
        let authentication = try Self.authentication(of: ["b", "long", "\u{e9}"])
        // Once with an empty cache, and once with a cached password.
        #expect(await Self.respond(authentication, fields).status == 401, "\(name)")
        #expect(await Self.respond(authentication, [Self.field("b", "secret")]).status == 200)
        #expect(await Self.respond(authentication, fields).status == 401, "\(name)")
    }

    @Test(arguments: ["basic", "BASIC", "Basic ", "Basic  "])
    func `ignores the case of the scheme and extra spaces`(scheme: String) async throws {
        let authentication = try Self.authentication(of: ["b"])
        #expect(await Self.respond(authentication, ["\(scheme) YjpzZWNyZXQ="]).status == 200)
    }

    @Test func `compares only the first 72 bytes of a password`() async throws {
        let authentication = try Self.authentication(of: ["long"])
        let first = String(repeating: "a", count: 72)
        for password in [first, first + "bcd", first + String(repeating: "z", count: 4000)] {
            #expect(await Self.respond(authentication, [Self.field("long", password)]).status == 200)
        }
    }

    @Test func `a cached password is valid for its own user only`() async throws {
        // Without lengths, name, hash and password of one user could be read as those of the other.
        let hash = "$2b$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq"
        let authentication = try BasicAuthentication(users: [
            ("x", try PasswordHash(hash)), ("x" + hash, try PasswordHash(Self.users[1].hash)),
        ])
        #expect(await Self.respond(authentication, [Self.field("x", "")]).status == 200)
        #expect(await Self.respond(authentication, [Self.field("x", hash)]).status == 401)
        #expect(await Self.respond(authentication, [Self.field("x" + hash, "")]).status == 401)
        // The same bytes as the second user's name, hash and password, split as the first one's.
        #expect(await Self.respond(authentication, [Self.field("x" + hash, "secret")]).status == 200)
        #expect(
            await Self.respond(authentication, [Self.field("x", Self.users[1].hash + "secret")]).status == 401
        )
        // An unknown user has no hash, and could put another user's hash into the name.
        let alone = try BasicAuthentication(users: [("x", try PasswordHash(hash))])
        #expect(await Self.respond(alone, [Self.field("x", "")]).status == 200)
        #expect(await Self.respond(alone, [Self.field("x" + hash, "")]).status == 401)
    }

    @Test func `rejections take the same time for all users`()
        async throws
    {
        let authentication = try Self.authentication(of: ["b", "carol"])
        func shortest(_ user: String) async -> Duration {
            var shortest = Duration.seconds(60)
            for index in 0..<3 {
                let start = ContinuousClock.now
                let response = await Self.respond(authentication, [Self.field(user, "wrong \(index)")])
                #expect(response.status == 401)
                shortest = min(shortest, start.duration(to: .now))
            }
            return shortest
        }
        // Carol's hash costs 64 times b's. An eighth tolerates other load on the machine.
        let highest = await shortest("carol")
        for user in ["b", "nobody"] { #expect(await shortest(user) > highest / 8, "\(user)") }
    }

    @Test func `rejects with 503 at the waiting limit, except cached passwords`() async throws {
        let authentication = try Self.authentication(of: ["b", "y"], waitingLimit: 3)
        #expect(await Self.respond(authentication, [Self.field("y", "secret")]).status == 200)
        // The accepted request blocks the password thread.
        let gate = Gate()
        let inside = Events<Int>()
        let held = Events<Int>()
        authentication.wrapping { _, responder in
            inside.record(1)
            gate.pass()
            responder.send(.text(200, ""))
        }(
            Request(headers: Headers([("Authorization", Self.field("b", "secret"))])),
            Responder { response in held.record(response.status) }
        )
        _ = try await onThread { try inside.next() }
        let waiting = Events<Int>()
        for index in 0..<3 {
            authentication.wrapping(echo)(
                Request(headers: Headers([("Authorization", Self.field("b", "wrong \(index % 2)"))])),
                Responder { response in waiting.record(response.status) }
            )
        }
        let overload = await Self.respond(authentication, [Self.field("b", "another")])
        #expect(overload.status == 503)
        #expect(overload.headers.contains { $0.name == "Retry-After" })
        #expect(await Self.respond(authentication, [Self.field("y", "secret")]).status == 200)
        #expect(await Self.respond(authentication, []).status == 401)
        gate.open()
        for _ in 0..<3 { #expect(try await onThread { try waiting.next() } == 401) }
        #expect(try await onThread { try held.next() } == 200)
        // The waiting requests are done, and new ones are checked again.
        #expect(await Self.respond(authentication, [Self.field("b", "another")]).status == 401)
    }

    @Test(arguments: [
        "", "doe", "$2b$04$", "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIr",
        "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW ",
        "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIr!",
        "$2x$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
        "$2$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrWx",
        "$2b$4a$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
        "$2b$044abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
        "$6$abcdefgh$abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
        "$2b$04$äbcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIr",
    ])
    func `rejects a text that is not a bcrypt hash`(text: String) {
        #expect(throws: PasswordHashError.malformed) { try PasswordHash(text) }
    }

    @Test(arguments: [0, 3, 32, 99])
    func `rejects a cost out of range`(cost: Int) {
        let digits = cost < 10 ? "0\(cost)" : "\(cost)"
        #expect(throws: PasswordHashError.cost(cost)) {
            try PasswordHash("$2b$\(digits)$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW")
        }
    }

    @Test func `never prints a hash`() throws {
        let hash = try PasswordHash(Self.users[1].hash)
        #expect("\(hash)" == "‹redacted›")
        #expect(String(reflecting: hash) == "‹redacted›")
    }
}
