// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import FoundationEssentials
import Testing

/// A JSON value, read by a decoder that shares no code with the simulator's writer.
enum JSONValue: Decodable, Hashable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let number = try? value.decode(Double.self) {
            // Most values are numbers, and a failed attempt is slow.
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let array = try? value.decode([JSONValue].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    var items: [JSONValue] {
        if case .array(let items) = self { items } else { [] }
    }

    var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var type: String {
        switch self {
        case .null: "null"
        case .flag: "boolean"
        case .number: "number"
        case .text: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The members of an array whose field has a text.
    func item(_ field: String, _ text: String) -> JSONValue? { items.first { $0[field]?.text == text } }

    /// The fields of an object with their types: `disks[].name string`.
    func fields(_ prefix: String = "") -> Set<String> {
        guard case .object(let members) = self else { return [] }
        var fields: Set<String> = []
        for (name, value) in members {
            fields.insert("\(prefix)\(name) \(value.type)")
            for item in value.items { fields.formUnion(item.fields("\(prefix)\(name)[].")) }
        }
        return fields
    }
}

/// The fields of the reference, from `Fixtures/snapshot-fields.txt`.
enum SnapshotFields {
    static let lines: [(path: String, type: String, isRequired: Bool)] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "Fixtures/snapshot-fields.txt"
        )
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let parts = line.split(separator: " ")
            return (String(parts[0]), String(parts[1]), parts[2] == "required")
        }
    }()

    /// Every field with its type.
    static var all: Set<String> { Set(lines.map { "\($0.path) \($0.type)" }) }

    /// The required fields of a snapshot itself.
    static var required: Set<String> {
        Set(lines.filter { $0.isRequired && !$0.path.contains("[]") }.map { "\($0.path) \($0.type)" })
    }
}

extension SimulatorFixture {
    static let snapshotsPath = "/telemetry/snapshots"
    static let latestPath = "/telemetry/snapshots/latest"

    /// The index of the first connector of a kind.
    func first(_ deviceType: String) throws -> Int {
        let list = try ask(SimulatorFixture.connectorsPath).decode(Wire.Connectors.self).result
        return try #require(list.firstIndex { $0.device?.type == deviceType })
    }

    /// Reads the items of `latest`.
    func latest(_ index: Int) throws -> [JSONValue] {
        try ask(path(index, SimulatorFixture.latestPath)).decode(JSONValue.self)["result"]?["items"]?.items
            ?? []
    }

    /// Reads the newest snapshot.
    func snapshot(_ index: Int) throws -> JSONValue { try latest(index).first ?? .null }

    /// Changes a box.
    @discardableResult func change(_ index: Int, _ members: String) throws -> Reply {
        let id = simulator.connectorIDs()[index]
        return try ask("POST", "/control/snapshots", body: #"{"connector": "\#(id)", \#(members)}"#)
    }

    /// Reads the pages of the list of snapshots.
    func snapshotPages(
        _ index: Int,
        from: Int = 0,
        to: Int = 4_000_000_000,
        limit: Int = 100
    ) throws -> [[JSONValue]] {
        var pages: [[JSONValue]] = []
        var cursor: String?
        repeat {
            var query = [("from", String(from)), ("to", String(to)), ("limit", String(limit))]
            if let cursor { query.append(("cursor", cursor)) }
            let result = try ask(path(index, SimulatorFixture.snapshotsPath), query: query)
                .decode(JSONValue.self)["result"]
            pages.append(result?["items"]?.items ?? [])
            cursor = result?["cursor"]?.text
        } while cursor != nil && pages.count < 1000
        return pages
    }
}
