// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPEndpoint
import TestSupport
import Testing

/// Who comes in and who does not, asked without a socket.
@Suite(.timeLimit(.minutes(1))) struct `Basic authentication` {
    /// Hashes that other programs made: `crypt(3)` of Python, and Go's.
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

    static func guardian(
        of names: [String] = users.map(\.name),
        waitingLimit: Int = 64
    ) throws -> BasicAuthentication {
        try BasicAuthentication(
            users: users.filter { names.contains($0.name) }.map { ($0.name, try PasswordHash($0.hash)) },
            waitingLimit: waitingLimit
        )
    }

    /// What a browser sends.
    static func field(_ user: String, _ password: String) -> String {
        "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())"
    }

    /// The answer to a request with these `Authorization` fields; the handler behind the guard answers 200.
    static func answer(_ guardian: BasicAuthentication, _ fields: [String]) async -> Response {
        await withCheckedContinuation { continuation in
            guardian.wrapping { _, responder in responder.send(.text(200, "in")) }(
                Request(headers: Headers(fields.map { ("Authorization", $0) })),
                Responder { response, _ in continuation.resume(returning: response) }
            )
        }
    }

    @Test(arguments: users)
    func `the right password opens, at first and when it is known`(
        name: String,
        hash: String,
        password: String
    ) async throws {
        let guardian = try Self.guardian()
        for _ in 0..<3 {
            #expect(await Self.answer(guardian, [Self.field(name, password)]).status == 200)
            #expect(
                await Self.answer(guardian, [Self.field(name, password + "x")]).status
                    == (name == "long" ? 200 : 401)
            )
        }
    }

    @Test func `a refusal says how to ask, and nothing else`() async throws {
        let response = await Self.answer(try Self.guardian(of: ["b"]), [])
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
        ("a part of the password", [field("b", "secre")]),
        ("more than the password", [field("b", "secret ")]),
        ("a NUL and more behind the password", [field("b", "secret\0more")]),
        ("a NUL at the end of the password", [field("b", "secret\0")]),
        ("a stranger", [field("nobody", "secret")]),
        ("another's password", [field("b", "other")]),
        ("the name in capitals", [field("B", "secret")]),
        ("a name that looks the same", [field("e\u{301}", "other")]),
        ("nobody with nothing", [field("", "")]),
        ("no colon", ["Basic \(Data("bsecret".utf8).base64EncodedString())"]),
        ("cleartext", ["Basic b:secret"]),
        ("base 64 without padding", ["Basic YjpzZWNyZXQ"]),
        ("base 64 with too much padding", ["Basic YjpzZWNyZXQ=="]),
        ("base 64 with a space", ["Basic YjpzZW NyZXQ="]),
        ("base 64 and more", ["Basic YjpzZWNyZXQ= x"]),
        ("base 64 with bits left over", ["Basic YjpzZWNyZXR="]),
        ("base 64 for URLs", ["Basic Yjpz_WNyZXQ="]),
        ("71 of 72 letters", [field("long", String(repeating: "a", count: 71))]),
        ("the hash for a password", [field("b", users[1].hash)]),
        ("bytes that are no text", ["Basic \(Data([0x62, 0x3a, 0xff, 0xfe]).base64EncodedString())"]),
    ]

    @Test(arguments: refused)
    func `everything else is refused`(name: String, fields: [String]) async throws {
        let guardian = try Self.guardian(of: ["b", "long", "\u{e9}"])
        // Once before anything is known, and once after.
        #expect(await Self.answer(guardian, fields).status == 401, "\(name)")
        #expect(await Self.answer(guardian, [Self.field("b", "secret")]).status == 200)
        #expect(await Self.answer(guardian, fields).status == 401, "\(name)")
    }

    @Test(arguments: ["basic", "BASIC", "Basic ", "Basic  "])
    func `the scheme is not minded the case or the spaces of`(scheme: String) async throws {
        let guardian = try Self.guardian(of: ["b"])
        #expect(await Self.answer(guardian, ["\(scheme) YjpzZWNyZXQ="]).status == 200)
    }

    @Test func `only the first 72 bytes of a password count, however long it is`() async throws {
        let guardian = try Self.guardian(of: ["long"])
        let first = String(repeating: "a", count: 72)
        for password in [first, first + "bcd", first + String(repeating: "z", count: 4000)] {
            #expect(await Self.answer(guardian, [Self.field("long", password)]).status == 200)
        }
    }

    @Test func `what is known of one is not known of another`() async throws {
        // With no lengths between them, name, hash and password of one could be read as those of the other.
        let hash = "$2b$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq"
        let guardian = try BasicAuthentication(users: [
            ("x", try PasswordHash(hash)), ("x" + hash, try PasswordHash(Self.users[1].hash)),
        ])
        #expect(await Self.answer(guardian, [Self.field("x", "")]).status == 200)
        #expect(await Self.answer(guardian, [Self.field("x", hash)]).status == 401)
        #expect(await Self.answer(guardian, [Self.field("x" + hash, "")]).status == 401)
        // The same bytes as the second user's name, hash and password, divided as the first one's.
        #expect(await Self.answer(guardian, [Self.field("x" + hash, "secret")]).status == 200)
        #expect(await Self.answer(guardian, [Self.field("x", Self.users[1].hash + "secret")]).status == 401)
        // A stranger has no hash, and so might put a user's into his name.
        let alone = try BasicAuthentication(users: [("x", try PasswordHash(hash))])
        #expect(await Self.answer(alone, [Self.field("x", "")]).status == 200)
        #expect(await Self.answer(alone, [Self.field("x" + hash, "")]).status == 401)
    }

    @Test func `a refusal takes as long for a stranger, and for a user of a cheap hash, as for the dearest`()
        async throws
    {
        let guardian = try Self.guardian(of: ["b", "carol"])
        func shortest(_ user: String) async -> Duration {
            var shortest = Duration.seconds(60)
            for index in 0..<3 {
                let start = ContinuousClock.now
                let response = await Self.answer(guardian, [Self.field(user, "wrong \(index)")])
                #expect(response.status == 401)
                shortest = min(shortest, start.duration(to: .now))
            }
            return shortest
        }
        // Carol's hash costs 64 times b's: an eighth leaves room for whatever else the machine does.
        let dearest = await shortest("carol")
        for user in ["b", "nobody"] { #expect(await shortest(user) > dearest / 8, "\(user)") }
    }

    @Test func `when too many wait the next is told to come later, and who is known comes in`() async throws {
        let guardian = try Self.guardian(of: ["b", "y"], waitingLimit: 3)
        #expect(await Self.answer(guardian, [Self.field("y", "secret")]).status == 200)
        // The thread is held by whom it has just let in.
        let gate = Gate()
        let inside = Events<Int>()
        let held = Events<Int>()
        guardian.wrapping { _, responder in
            inside.record(1)
            gate.pass()
            responder.send(.text(200, ""))
        }(
            Request(headers: Headers([("Authorization", Self.field("b", "secret"))])),
            Responder { response, _ in held.record(response.status) }
        )
        _ = try await onThread { try inside.next() }
        let waiting = Events<Int>()
        for index in 0..<3 {
            guardian.wrapping(echo)(
                Request(headers: Headers([("Authorization", Self.field("b", "wrong \(index % 2)"))])),
                Responder { response, _ in waiting.record(response.status) }
            )
        }
        let overload = await Self.answer(guardian, [Self.field("b", "another")])
        #expect(overload.status == 503)
        #expect(overload.headers.contains { $0.name == "Retry-After" })
        #expect(await Self.answer(guardian, [Self.field("y", "secret")]).status == 200)
        #expect(await Self.answer(guardian, []).status == 401)
        gate.open()
        for _ in 0..<3 { #expect(try await onThread { try waiting.next() } == 401) }
        #expect(try await onThread { try held.next() } == 200)
        // The places are free again.
        #expect(await Self.answer(guardian, [Self.field("b", "another")]).status == 401)
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
    func `a text that is not a bcrypt hash is none`(text: String) {
        #expect(throws: PasswordHashError.malformed) { try PasswordHash(text) }
    }

    @Test(arguments: [0, 3, 32, 99])
    func `a cost that bcrypt does not know is refused`(cost: Int) {
        let digits = cost < 10 ? "0\(cost)" : "\(cost)"
        #expect(throws: PasswordHashError.cost(cost)) {
            try PasswordHash("$2b$\(digits)$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW")
        }
    }

    @Test func `a hash does not show itself`() throws {
        let hash = try PasswordHash(Self.users[1].hash)
        #expect("\(hash)" == "‹redacted›")
        #expect(String(reflecting: hash) == "‹redacted›")
    }
}
