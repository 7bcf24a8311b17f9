// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// What a reader who misses nothing would say of a connector's events.
struct Truth: Sendable {
    /// The newest event of something, by its order.
    private typealias Newest = SimulatedEvent

    /// What is known of one tunnel.
    private struct Tunnel: Sendable {
        var newest: Newest
        var completed = 0
        var reset = 0
    }

    /// What is known of one operation.
    private struct Operation: Sendable {
        var start: Newest?
        var finish: Newest?
    }

    private(set) var count = 0
    private(set) var counts: [EventKind: Int] = [:]
    private var newest: [EventKind: Int] = [:]
    private var tunnels: [String: Tunnel] = [:]
    private var operations: [String: Operation] = [:]

    /// - Parameter events: in order.
    init(_ events: [SimulatedEvent]) {
        for event in events { take(event) }
    }

    private mutating func take(_ event: SimulatedEvent) {
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

    /// Appends the members of the connector's object, each after a comma.
    func write(to json: inout JSONWriter) {
        json.raw(",\"events\":")
        json.integer(count)
        json.raw(",\"counts\":")
        json.object(counts.map { ($0.key.rawValue, $0.value) })
        json.raw(",\"newest\":")
        json.object(newest.map { ($0.key.rawValue, $0.value) })
        json.raw(",\"tunnels\":[")
        for (index, id) in tunnels.keys.sorted().enumerated() {
            guard let tunnel = tunnels[id] else { continue }
            if index > 0 { json.raw(",") }
            json.raw("{\"tunnel_id\":")
            json.string(id)
            json.raw(",\"newest\":")
            Self.write(tunnel.newest, to: &json)
            json.raw(",\"completed\":")
            json.integer(tunnel.completed)
            json.raw(",\"reset\":")
            json.integer(tunnel.reset)
            json.raw("}")
        }
        json.raw("],\"operations\":{")
        for (index, name) in operations.keys.sorted().enumerated() {
            if index > 0 { json.raw(",") }
            json.string(name)
            json.raw(":{\"start\":")
            Self.write(operations[name]?.start, to: &json)
            json.raw(",\"finish\":")
            Self.write(operations[name]?.finish, to: &json)
            json.raw("}")
        }
        json.raw("}")
    }

    private static func write(_ event: SimulatedEvent?, to json: inout JSONWriter) {
        guard let event else { return json.raw("null") }
        json.raw("{\"k\":")
        json.string(event.kind.rawValue)
        json.raw(",\"t\":")
        json.integer(event.t)
        json.raw(",\"n\":")
        json.integer(event.n)
        json.raw("}")
    }
}
