// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The metrics that a correct exporter derives from a connector's events.
struct GroundTruth: Sendable {
    private struct Tunnel: Sendable {
        var newest: SimulatedEvent
        var completed = 0
        var reset = 0
    }

    private struct Operation: Sendable {
        var start: SimulatedEvent?
        var finish: SimulatedEvent?
        /// The newest start of the agent that ended an open run.
        var interruption: SimulatedEvent?

        var isOpen: Bool {
            guard let start else { return false }
            return [finish, interruption].allSatisfy { ($0?.position).map { $0 < start.position } ?? true }
        }
    }

    private(set) var count = 0
    private(set) var counts: [EventKind: Int] = [:]
    private var newest: [EventKind: Int] = [:]
    private var tunnels: [String: Tunnel] = [:]
    private var operations: [String: Operation] = [:]

    /// - Parameter events: the events of one connector, in order.
    init(_ events: [SimulatedEvent]) {
        for event in events { add(event) }
    }

    private mutating func add(_ event: SimulatedEvent) {
        count += 1
        counts[event.kind, default: 0] += 1
        newest[event.kind] = event.t
        if let id = event.tunnel, event.kind.isRekey {
            var tunnel = tunnels[id] ?? Tunnel(newest: event)
            tunnel.newest = event
            if event.kind == .rekeyComplete { tunnel.completed += 1 }
            if event.kind == .rekeyReset { tunnel.reset += 1 }
            tunnels[id] = tunnel
        }
        if let name = Self.starts[event.kind] { operations[name, default: Operation()].start = event }
        if event.kind == .initialize {
            for name in operations.keys where name != "upgrade" && operations[name]?.isOpen == true {
                operations[name]?.interruption = event
            }
        }
        if let name = Self.finishes[event.kind] { operations[name, default: Operation()].finish = event }
    }

    private static let starts: [EventKind: String] = [
        .startAttestation: "attestation", .startRotateCryptKey: "crypt_key_rotation",
        .startRotatePki: "pki_rotation", .startUpgrade: "upgrade",
    ]

    private static let finishes: [EventKind: String] = [
        .finishAttestationSuccess: "attestation", .finishAttestationFailure: "attestation",
        .finishRotateCryptKeySuccess: "crypt_key_rotation",
        .finishRotateCryptKeyFailure: "crypt_key_rotation",
        .finishRotatePkiSuccess: "pki_rotation", .finishRotatePkiFailure: "pki_rotation",
        .finishUpgradeSuccess: "upgrade", .finishUpgradeFailure: "upgrade",
    ]

    /// Appends the members of the connector's object.
    func write(to json: inout JSONWriter) {
        json.field("events", count)
        json.field("counts", counts: counts)
        json.field("newest", counts: newest)
        json.array("tunnels") { json in
            for (id, tunnel) in tunnels.sorted(by: { $0.key < $1.key }) {
                json.object { json in
                    json.field("tunnel_id", id)
                    json.reference("newest", to: tunnel.newest)
                    json.field("completed", tunnel.completed)
                    json.field("reset", tunnel.reset)
                }
            }
        }
        json.object("operations") { json in
            for (name, operation) in operations.sorted(by: { $0.key < $1.key }) {
                json.object(name) { json in
                    json.reference("start", to: operation.start)
                    json.reference("finish", to: operation.finish)
                    json.reference("interruption", to: operation.interruption)
                }
            }
        }
    }
}

extension JSONWriter {
    /// Appends a member that identifies an event: `k`, `t` and `n`, or null.
    fileprivate mutating func reference(_ name: String, to event: SimulatedEvent?) {
        guard let event else { return field(name, raw: "null") }
        object(name) { json in
            json.field("k", event.kind.rawValue)
            json.field("t", event.t)
            json.field("n", event.n)
        }
    }
}
