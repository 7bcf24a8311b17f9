// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger

/// The lines of the subcommand `events`.
struct EventPrinter {
    private static let maxNameWidth = 24

    private var inventories: [ConnectorKey: Connector] = [:]
    private var nameWidth = 0
    private let kindWidth: Int
    private let isJSON: Bool
    private let usesColor: Bool
    private let clock: LocalTime

    init(of inventories: [ConnectorKey: Connector], isJSON: Bool, isUTC: Bool, usesColor: Bool) {
        self.isJSON = isJSON
        self.usesColor = usesColor
        clock = LocalTime(isUTC: isUTC)
        kindWidth = EventKind.documented.map(\.rawValue.count).max() ?? 0
        update(inventories)
    }

    /// Adds connectors that discovery has listed meanwhile.
    mutating func update(_ inventories: [ConnectorKey: Connector]) {
        self.inventories = inventories
        nameWidth = min(Self.maxNameWidth, inventories.map { Self.name($0.key, $0.value).count }.max() ?? 0)
    }

    func hasInventory(of key: ConnectorKey) -> Bool { inventories[key] != nil }

    /// Returns the line of an event, without a line feed.
    func line(of event: RecordedEvent) throws -> [UInt8] {
        let inventory = inventories[event.connector]
        if isJSON { return try JSONLine.encode(EventLine(event, of: inventory)) }
        let kind = PrintableText.escaped(event.event.kind.rawValue)
        let columns = [
            clock.text(event.event.id.t),
            Self.padded(Self.name(event.connector, inventory ?? Connector()), to: nameWidth),
            colored(Self.padded(kind, to: kindWidth), event.event.kind),
            details(of: event, inventory),
        ]
        var text = columns.joined(separator: "  ")
        while text.last == " " { text.removeLast() }
        return Array(text.utf8)
    }

    private func details(of event: RecordedEvent, _ inventory: Connector?) -> String {
        let fields = [
            ("site", inventory?.site?.name), ("tunnel", event.event.tunnelID), ("url", event.url),
            ("late", event.isLate ? "true" : nil),
        ]
        return fields.compactMap { name, value in value.map { "\(name)=\(PrintableText.escaped($0))" } }
            .joined(separator: " ")
    }

    private func colored(_ text: String, _ kind: EventKind) -> String {
        guard usesColor else { return text }
        let color = kind.isFailure ? "31" : kind.rawValue.hasSuffix("Success") ? "32" : nil
        return color.map { "\u{1b}[\($0)m\(text)\u{1b}[0m" } ?? text
    }

    private static func name(_ key: ConnectorKey, _ inventory: Connector) -> String {
        PrintableText.escaped(inventory.serialNumber ?? key.connector)
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
