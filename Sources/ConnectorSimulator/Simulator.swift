// SPDX-License-Identifier: Apache-2.0

import Glibc
package import HTTPEndpoint
package import Logging
import Synchronization

/// A server of Cloudflare's API for Magic WAN Connectors, on loopback, with generated connectors and events.
///
/// It serves the list of connectors and their telemetry events below `/client/v4`, and a control for tests below
/// `/control`. The endpoint thread renders every response, from memory.
package final class Simulator: Sendable {
    package let configuration: SimulatorConfiguration

    private let relay: Relay
    private let endpoint: HTTPEndpoint
    private let host: String
    private let core: Core

    /// The state that the endpoint's handler and the simulator share.
    private final class Core: Sendable {
        let clock: @Sendable () -> Double
        let state: Mutex<SimulatorState>

        init(clock: @escaping @Sendable () -> Double, state: SimulatorState) {
            self.clock = clock
            self.state = Mutex(state)
        }

        func response(to request: Request) -> SimulatedResponse {
            if request.path == "/" { return .guide }
            let now = clock()
            let isControl = request.path.hasPrefix("/control/")
            return state.withLock {
                isControl ? $0.respondToControl(request, now: now) : $0.respond(to: request, now: now)
            }
        }
    }

    /// Generates the connectors and their history, and listens.
    ///
    /// - Parameters:
    ///   - configuration: the settings.
    ///   - clock: seconds since the Unix epoch.
    ///   - logger: the logger of the endpoint.
    /// - Throws: an error that names the flag, the problem and the remedy.
    package init(
        configuration: SimulatorConfiguration,
        clock: @escaping @Sendable () -> Double = Simulator.systemTime,
        logger: Logger
    ) throws(SimulatorError) {
        try configuration.check()
        let (host, port) = try Self.loopback(configuration.listenAddress)
        let core = Core(
            clock: clock,
            state: SimulatorState(configuration, start: Int(clock().rounded(.down)))
        )
        var limits = Limits()
        // A test can inject a whole history in one request.
        limits.bodyBytes = 16 << 20
        do throws(SimulatorError) {
            let listener = try Relay.listen(on: .unnamed)
            guard let address = WireAddress(host: host, port: port) else {
                throw SimulatorError("\"\(host)\" is not an IP address")
            }
            relay = try Relay(listeningOn: address, upstream: WireAddress(of: listener))
            endpoint = try Self.endpoint(on: listener, limits, logger) { request, responder in
                responder.send(core.response(to: request).response(to: request.method))
            }
        } catch {
            throw SimulatorError("--web.listen-address: \(configuration.listenAddress): \(error.description)")
        }
        self.host = host.contains(":") ? "[\(host)]" : host
        self.configuration = configuration
        self.core = core
    }

    private static func endpoint(
        on listener: WireSocket,
        _ limits: Limits,
        _ logger: Logger,
        _ handler: @escaping Handler
    ) throws(SimulatorError) -> HTTPEndpoint {
        // The endpoint closes its descriptor itself.
        let address = ListenAddress.inherited(descriptor: dup(listener.descriptor))
        do throws(EndpointError) {
            return try HTTPEndpoint(listening: [address], limits: limits, logger: logger, handler: handler)
        } catch {
            throw SimulatorError(error.description)
        }
    }

    /// Returns the response to a request that did not arrive through a socket.
    package func response(to request: Request) -> SimulatedResponse { core.response(to: request) }

    /// The system clock, in seconds since the Unix epoch.
    ///
    /// The corresponding C function is `clock_gettime(2)`.
    package static let systemTime: @Sendable () -> Double = {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Parses a loopback address.
    ///
    /// Other addresses are rejected, because the control needs no token.
    private static func loopback(_ text: String) throws(SimulatorError) -> (host: String, port: UInt16) {
        let address: ListenAddress
        do throws(EndpointError) {
            address = try ListenAddress.parse(text)
        } catch {
            throw SimulatorError("--web.listen-address: \(error.description)")
        }
        if case .tcp(let host?, let port) = address, isLoopback(host) {
            return (host == "localhost" ? "127.0.0.1" : host, UInt16(port))
        }
        throw SimulatorError(
            "--web.listen-address: \"\(text)\" is not a loopback address; use one like 127.0.0.1:10978"
        )
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The port that clients connect to.
    package var port: Int { Int(relay.port) }

    private var address: String { "\(host):\(port)" }

    /// The URL that replaces `https://api.cloudflare.com/client/v4`.
    package var baseURL: String { "http://\(address)/client/v4" }

    /// The URL of the control.
    package var controlURL: String { "http://\(address)/control" }

    /// The identifiers of the accounts, in order.
    package var accountIDs: [String] { core.state.withLock { $0.fleet.accounts.map(\.id) } }

    /// The identifiers of an account's connectors, in order.
    package func connectorIDs(account: Int = 0) -> [String] {
        core.state.withLock { $0.fleet.accounts[account].connectors.map(\.identity.id) }
    }

    /// The number of events of all connectors that the API lists now.
    package var listedEvents: Int {
        let now = core.clock()
        return core.state.withLock { state in
            state.fleet.advance(to: now)
            return state.fleet.accounts.reduce(0) { sum, account in
                account.connectors.reduce(sum) { $0 + $1.listed(from: .min, to: .max, now: Int(now)).count }
            }
        }
    }

    /// Serves until `stop()`.
    package func run() async {
        await endpoint.run()
        await relay.finish(within: .seconds(1))
    }

    /// Stops; responses that are being sent have one second to arrive.
    package func stop() {
        relay.stop()
        endpoint.stop(grace: .seconds(1))
    }
}

extension SimulatedResponse {
    /// The list of routes, for a browser.
    fileprivate static let guide = SimulatedResponse(
        headers: [("Content-Type", "text/plain; charset=utf-8")],
        body: Array(
            """
            magic-connector-simulator: a Cloudflare API for Magic WAN Connectors, for tests and demonstrations.

            GET    /client/v4/accounts/{account}/magic/connectors
            GET    /client/v4/accounts/{account}/magic/connectors/{id}
            GET    /client/v4/accounts/{account}/magic/sites
            GET    /client/v4/accounts/{account}/tokens/verify
            GET    /client/v4/user/tokens/verify
            GET    /client/v4/accounts/{account}/magic/connectors/{id}/telemetry/events?from&to[&cursor][&k][&limit]
            GET    /client/v4/accounts/{account}/magic/connectors/{id}/telemetry/events/{t}.{n}
            GET    /client/v4/accounts/{account}/magic/connectors/{id}/telemetry/events/latest
            GET    /client/v4/accounts/{account}/magic/connectors/{id}/telemetry/snapshots?from&to[&cursor][&limit]
            GET    /client/v4/accounts/{account}/magic/connectors/{id}/telemetry/snapshots/{t}
            GET    /client/v4/accounts/{account}/magic/connectors/{id}/telemetry/snapshots/latest

            GET    /control/truth[?account][&from]       the metrics of a correct exporter
            GET    /control/events?connector[&from][&to] every event with its payload
            POST   /control/events                       {"index": 0, "kind": "FinishAttestationFailure"}
            GET    /control/snapshots?connector[&t]      the newest snapshot as served, or that of t, with "a"
            POST   /control/snapshots                    {"connector": "id", "tunnel": 0, "health": "down"}, or
                                                         "interface" and "carrier", "disk_used", "temperature",
                                                         "ha_state", "silent", "reboot", "failover", "reset",
                                                         "forget"; a snapshot shows the change at once
            GET    /control/faults                       the faults in force (POST an array, DELETE)
            GET    /control/requests                     the requests of the API (DELETE resets)
            POST   /control/tokens                       {"add": ["text"], "revoke": ["text"]}
            POST   /control/connectors                   {"remove": "id"} or restore, deactivate, activate, power_on,
                                                         {"power_off": "id", "ago": 60}
            POST   /control/life                         {"paused": true} stops all scripts

            """.utf8
        )
    )
}
