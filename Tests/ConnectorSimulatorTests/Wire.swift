// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import FoundationEssentials

/// The API's messages, read by a decoder that shares no code with the simulator's writer.
enum Wire {
    struct Item: Decodable, Hashable {
        let a: Int
        let k: String
        let n: Int
        let t: Int

        var identity: String { "\(t).\(n)" }
    }

    struct Page: Decodable {
        struct Result: Decodable {
            let count: Int
            let items: [Item]
            let cursor: String?
        }
        let result: Result
        let success: Bool
    }

    struct Payload: Decodable, Hashable {
        let k: String
        let tunnel_id: String?
        let url: String?
    }

    struct Event: Decodable, Hashable {
        let e: Payload
        let n: Int
        let t: Int
        let v: String?

        var identity: String { "\(t).\(n)" }
    }

    struct Single: Decodable {
        let result: Event
        let success: Bool
    }

    struct Latest: Decodable {
        struct Result: Decodable {
            let count: Int
            let items: [Event]
        }
        let result: Result
        let success: Bool
    }

    struct Connector: Decodable {
        struct Device: Decodable {
            let id: String
            let serial_number: String
            let type: String
        }
        let id: String
        let activated: Bool
        let notes: String
        let last_updated: String
        let timezone: String
        let device: Device?
        let last_heartbeat: String?
        let last_seen_version: String?
        let license_key: String?
        let interrupt_window_hour_of_day: Int
        let interrupt_window_days_of_week: [String]
    }

    struct Connectors: Decodable {
        let result: [Connector]
        let success: Bool
    }

    struct Sites: Decodable {
        struct Site: Decodable {
            struct Location: Decodable {
                let lat: String
                let lon: String
            }
            let name: String
            let connector_id: String?
            let secondary_connector_id: String?
            let ha_mode: Bool
            let location: Location?
        }
        let result: [Site]
    }

    /// An event as the control interface shows it, with all fields.
    struct Known: Decodable, Hashable {
        let a: Int
        let k: String
        let n: Int
        let t: Int
        let e: Payload
        let v: String

        var item: Item { Item(a: a, k: k, n: n, t: t) }
        var identity: String { "\(t).\(n)" }
    }

    struct GroundTruth: Decodable {
        struct Reference: Decodable, Hashable {
            let k: String
            let t: Int
            let n: Int
        }
        struct Tunnel: Decodable, Hashable {
            let tunnel_id: String
            let newest: Reference
            let completed: Int
            let reset: Int
        }
        struct Operation: Decodable, Hashable {
            let start: Reference?
            let finish: Reference?
        }
        struct Connector: Decodable {
            let id: String
            let index: Int
            let removed: Bool
            let events: Int
            let counts: [String: Int]
            let newest: [String: Int]
            let tunnels: [Tunnel]
            let operations: [String: Operation]
        }
        struct Totals: Decodable {
            let events: Int
            let counts: [String: Int]
        }
        let now: Double
        let account_id: String
        let connectors: [Connector]
        let totals: Totals
    }

    struct Injected: Decodable, Hashable {
        let connector_id: String
        let a: Int
        let k: String
        let n: Int
        let t: Int
    }

    struct Requests: Decodable {
        let total: Int
        let peak_5m: Int
        let by_endpoint: [String: Int]
        let by_status: [String: Int]
        let by_token: [String: [String: Int]]
    }
}

extension SimulatorFixture {
    /// Reads all events that the API lists now, from the control interface.
    func known(_ index: Int, account: Int = 0) throws -> [Wire.Known] {
        let id = simulator.connectorIDs(account: account)[index]
        return try ask("GET", "/control/events", query: [("connector", id)]).decode([Wire.Known].self)
    }

    /// Reads the ground truth of an account.
    func truth(_ query: [(name: String, value: String)] = []) throws -> Wire.GroundTruth {
        try ask("GET", "/control/truth", query: query).decode(Wire.GroundTruth.self)
    }

    /// Reads one page of a connector's events.
    func page(
        _ index: Int,
        from: Int = 0,
        to: Int = 4_000_000_000,
        limit: Int? = nil,
        cursor: String? = nil,
        kind: String? = nil
    ) throws -> Wire.Page {
        var query = [("from", String(from)), ("to", String(to))]
        if let limit { query.append(("limit", String(limit))) }
        if let cursor { query.append(("cursor", cursor)) }
        if let kind { query.append(("k", kind)) }
        return try ask(path(index, SimulatorFixture.eventsPath), query: query).decode(Wire.Page.self)
    }

    /// Reads all pages of a connector's events.
    ///
    /// - Parameters:
    ///   - index: the index of the connector.
    ///   - from: the first second.
    ///   - to: the last second.
    ///   - limit: the number of events per page.
    ///   - kind: the only kind to list; `nil` for all.
    ///   - between: called between two pages.
    /// - Returns: the pages in their order.
    /// - Throws: if a response is not a page.
    func pages(
        _ index: Int,
        from: Int = 0,
        to: Int = 4_000_000_000,
        limit: Int? = nil,
        kind: String? = nil,
        between: () throws -> Void = {}
    ) throws -> [Wire.Page] {
        var pages = [try page(index, from: from, to: to, limit: limit, kind: kind)]
        while let cursor = pages.last?.result.cursor, !cursor.isEmpty, pages.count < 20_000 {
            try between()
            pages.append(try page(index, from: from, to: to, limit: limit, cursor: cursor, kind: kind))
        }
        return pages
    }

    func ask(_ path: String, query: [(name: String, value: String)] = []) throws -> Reply {
        try ask("GET", path, query: query)
    }

    /// Injects an event.
    @discardableResult func inject(_ body: String) throws -> Wire.Injected {
        try ask("POST", "/control/events", body: body).decode(Wire.Injected.self)
    }

    /// Sets the faults in force.
    func setFaults(_ json: String) throws -> Reply { try ask("POST", "/control/faults", body: json) }
}
