// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import Testing

@Suite struct AccessTests {
    private static let other = "00000000000000000000000000000002"

    private func world(_ configure: (inout SimulatorConfiguration) -> Void = { _ in }) throws
        -> SimulatorFixture
    {
        try SimulatorFixture {
            $0.connectors = 2
            $0.history = 3600
            $0.accounts = 2
            $0.tokens = [
                AccessToken("simulator-token"), AccessToken("powerless", mayRead: false),
                AccessToken("elsewhere", accounts: [Self.other]),
            ]
            configure(&$0)
        }
    }

    @Test(
        arguments: [
            (nil, 401, 10_000), ("Bearer unknown", 401, 10_000), ("Bearer powerless", 403, 10_000),
            ("Bearer elsewhere", 403, 9109), ("Bearer", 400, 6003), ("simulator-token", 400, 6003),
            ("Basic c2ltdWxhdG9yLXRva2Vu", 400, 6003), ("bearer simulator-token", 200, nil),
            ("Bearer simulator-token", 200, nil),
        ] as [(String?, Int, Int?)]
    )
    func `each token is answered as Cloudflare answers it`(
        authorization: String?,
        status: Int,
        code: Int?
    ) throws {
        let world = try world()
        for path in [SimulatorFixture.connectorsPath, world.path(0, "/telemetry/events/latest")] {
            let reply = try world.ask("GET", path, authorization: authorization)
            #expect(reply.status == status)
            #expect(reply.code == code)
            if status == 401 { #expect(reply.text.hasPrefix(#"{"result":null,"success":false"#)) }
        }
    }

    @Test func `an unknown account is forbidden, and a malformed one is not routed`() throws {
        let world = try world()
        let foreign = try world.ask("/client/v4/accounts/0123456789abcdef0123456789abcdef/magic/connectors")
        #expect(foreign.status == 403)
        #expect(foreign.code == 9109)
        let broken = try world.ask("/client/v4/accounts/me/magic/connectors")
        #expect(broken.status == 404)
        #expect(broken.code == 7003)
        #expect(try world.ask("GET", "/client/v4/accounts/\(Self.other)/magic/connectors").status == 200)
    }

    @Test(arguments: [
        "/client/v4/", "/client/v4/zones", "/index.html",
        "/client/v4/accounts/\(SimulatorFixture.account)/magic/connectors/",
        "/client/v4/accounts/\(SimulatorFixture.account)/magic/cloud",
        "/client/v5/accounts/\(SimulatorFixture.account)/magic/connectors",
        "/client/v4/accounts/\(SimulatorFixture.account)/magic/connectors/x/telemetry",
        "/client/v4/accounts/\(SimulatorFixture.account)/magic/connectors/x/telemetry/events/1.1/2",
    ])
    func `an unknown path is 7003`(path: String) throws {
        let world = try world()
        let reply = try world.ask(path)
        #expect(reply.status == 404)
        #expect(reply.code == 7003)
    }

    @Test func `the root lists the routes`() throws {
        let reply = try world().ask("GET", "/", authorization: nil)
        #expect(reply.status == 200)
        #expect(reply.text.contains("/control/truth"))
    }

    @Test(arguments: ["", "/telemetry/events", "/telemetry/events/latest", "/telemetry/events/1.1"])
    func `an unknown connector, or one of another account, is not found`(rest: String) throws {
        let world = try world()
        let foreign = world.simulator.connectorIDs(account: 1)[0]
        for id in ["00000000000000000000000000000000", foreign] {
            let reply = try world.ask("\(SimulatorFixture.connectorsPath)/\(id)\(rest)")
            #expect(reply.status == 404)
            #expect(try reply.decode(SimulatorFixture.ErrorEnvelope.self).success == false)
        }
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func `only GET is allowed`(method: String) throws {
        let world = try world()
        let reply = try world.ask(method, SimulatorFixture.connectorsPath)
        #expect(reply.status == 405)
        #expect(reply.header("allow") == "GET, HEAD")
    }

    @Test func `a token that is revoked is refused, and one that is added is not`() throws {
        let world = try world()
        let body = #"{"revoke": ["simulator-token"], "add": ["fresh", {"token": "weak", "read": false}]}"#
        #expect(try world.ask("POST", "/control/tokens", body: body).status == 200)
        let revoked = try world.ask(SimulatorFixture.connectorsPath)
        #expect(revoked.status == 403)
        #expect(revoked.code == 9109)
        #expect(
            try world.ask("GET", SimulatorFixture.connectorsPath, authorization: "Bearer fresh").status == 200
        )
        #expect(
            try world.ask("GET", SimulatorFixture.connectorsPath, authorization: "Bearer weak").status == 403
        )
        _ = try world.ask("POST", "/control/tokens", body: #"{"add": ["simulator-token"]}"#)
        #expect(try world.ask(SimulatorFixture.connectorsPath).status == 200)
    }

    @Test func `every response has the remaining requests, and one too many starts the block`() throws {
        let world = try world {
            $0.rateLimit = 5
            $0.rateLimitWindow = 300
            $0.rateLimitBlock = 120
        }
        for used in 1...5 {
            let reply = try world.ask(used == 3 ? "/client/v4/nothing" : SimulatorFixture.connectorsPath)
            #expect(reply.header("ratelimit") == "\"default\";r=\(5 - used);t=\(300 - (used - 1))")
            #expect(reply.header("ratelimit-policy") == "\"default\";q=5;w=300")
            #expect(reply.header("retry-after") == nil)
            world.pass(1)
        }
        let blocked = try world.ask(SimulatorFixture.connectorsPath)
        #expect(blocked.status == 429)
        #expect(blocked.code == 10_100)
        #expect(blocked.header("retry-after") == "120")
        #expect(blocked.header("ratelimit") == "\"default\";r=0;t=120")
        #expect(blocked.text.contains("More than 5 requests per 300 seconds reached."))
        world.pass(119.5)
        let still = try world.ask(SimulatorFixture.connectorsPath)
        #expect(still.status == 429)
        #expect(still.header("retry-after") == "1")
        #expect(
            try world.ask("GET", SimulatorFixture.connectorsPath, authorization: "Bearer elsewhere").status
                == 403
        )
        world.pass(0.5)
        let free = try world.ask(SimulatorFixture.connectorsPath)
        #expect(free.status == 200)
        #expect(free.header("ratelimit") == "\"default\";r=4;t=300")
    }

    @Test func `a window that is over gives everything back`() throws {
        let world = try world {
            $0.rateLimit = 2
            $0.rateLimitWindow = 10
        }
        for _ in 0..<5 {
            #expect(try world.ask(SimulatorFixture.connectorsPath).status == 200)
            #expect(try world.ask(SimulatorFixture.connectorsPath).status == 200)
            world.pass(10)
        }
        _ = try world.ask(SimulatorFixture.connectorsPath)
        _ = try world.ask(SimulatorFixture.connectorsPath)
        #expect(try world.ask(SimulatorFixture.connectorsPath).status == 429)
    }

    @Test func `no limit is no limit and no header`() throws {
        let world = try world { $0.rateLimit = 0 }
        for _ in 0..<2000 { #expect(try world.ask("/client/v4/nothing").status == 404) }
        #expect(try world.ask(SimulatorFixture.connectorsPath).header("ratelimit") == nil)
    }

    @Test func `the control reports requests by endpoint, status and token, and the peak`() throws {
        let world = try world { $0.rateLimit = 0 }
        for second in 0..<400 {
            if second < 350 { _ = try world.ask(SimulatorFixture.connectorsPath) }
            world.pass(1)
        }
        _ = try world.ask("GET", SimulatorFixture.connectorsPath, authorization: nil)
        _ = try world.ask(world.path(0, "/telemetry/events/latest"))
        let requests = try world.ask("/control/requests").decode(Wire.Requests.self)
        #expect(requests.total == 352)
        #expect(requests.peak_5m == 300)
        #expect(requests.by_endpoint == ["connectors": 351, "latest": 1])
        #expect(requests.by_status == ["200": 351, "401": 1])
        #expect(requests.by_token == ["simulator-token": ["total": 351, "peak_5m": 300]])
        #expect(try world.ask("DELETE", "/control/requests").decode(Wire.Requests.self).total == 0)
    }

    @Test(
        arguments: [
            ("t", "t", true, nil), ("t:none", "t", false, nil), ("t:\(other)", "t", true, [other]),
        ] as [(String, String, Bool, [String]?)]
    )
    func `tokens of the command line have permissions`(
        argument: String,
        text: String,
        mayRead: Bool,
        accounts: [String]?
    ) throws {
        #expect(try AccessToken.parse(argument) == AccessToken(text, mayRead: mayRead, accounts: accounts))
    }

    @Test(arguments: ["", ":none", "a b", "t:some", "t:"])
    func `rejects a malformed token`(argument: String) {
        #expect(throws: SimulatorError.self) { try AccessToken.parse(argument) }
    }
}
