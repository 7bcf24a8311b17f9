// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// One event as the simulator generated it, or as the exporter shows it as JSON.
struct EventFields: Hashable, Decodable {
    let connector: String
    let id: String
    let kind: String
    let a: Int?
    let tunnelID: String?
    let url: String?

    private enum CodingKeys: String, CodingKey {
        case connector = "connector_id"
        case id, kind, a
        case tunnelID = "tunnel_id"
        case url
    }
}

extension EventFields {
    private struct GroundTruth: Decodable {
        struct Payload: Decodable {
            let tunnel_id: String?
            let url: String?
        }

        let t: Int
        let n: Int
        let k: String
        let a: Int
        let e: Payload
    }

    /// Returns all events that the simulator has generated.
    static func all(of fixture: ExporterFixture) async throws -> Set<EventFields> {
        var events: Set<EventFields> = []
        for connector in try await fixture.connectorIDs() {
            let path = "events?connector=\(connector)&from=0&to=9999999999"
            for event in try await fixture.control(path, as: [GroundTruth].self) {
                events.insert(
                    EventFields(
                        connector: connector,
                        id: "\(event.t).\(event.n)",
                        kind: event.k,
                        a: event.a,
                        tunnelID: event.e.tunnel_id,
                        url: event.e.url
                    )
                )
            }
        }
        return events
    }

    /// Decodes lines of JSON, each of which must be complete.
    static func parse(_ text: String) throws -> [EventFields] {
        let decoder = JSONDecoder()
        return try text.split(separator: "\n").map {
            try decoder.decode(EventFields.self, from: Data($0.utf8))
        }
    }

    /// The identity and the kind.
    var key: [String] { [connector, id, kind] }

    /// The recording time, in seconds.
    var time: Int { Int(id.split(separator: ".").first ?? "") ?? 0 }

    /// The position among events of the same time.
    var number: Int { Int(id.split(separator: ".").last ?? "") ?? 0 }
}
