// SPDX-License-Identifier: Apache-2.0

/// The content faults that affect one request, as changes of its input and of its rendering.
struct ContentFaults: Sendable {
    private let faults: Set<ContentFault>
    /// The connector that is missing, or `nil` for the first one.
    private var missingConnector: String?
    /// The connector that is listed twice, or `nil` for every connector.
    private var duplicateConnector: String?
    var random: SeededGenerator

    init(_ faults: [Fault], random: SeededGenerator) {
        var contents: Set<ContentFault> = []
        for fault in faults {
            guard case .content(let content) = fault.effect else { continue }
            contents.insert(content)
            if content == .vanish { missingConnector = fault.connector }
            if content == .duplicateConnectors { duplicateConnector = fault.connector }
        }
        self.faults = contents
        self.random = random
    }

    var isEmpty: Bool { faults.isEmpty }

    func contains(_ fault: ContentFault) -> Bool { faults.contains(fault) }

    var options: RenderingOptions {
        var options = RenderingOptions()
        options.numberStyle =
            contains(.numbersExponent) ? .exponent : contains(.numbersFloat) ? .float : .plain
        options.hasExtraFields = contains(.extraFields)
        options.omitsOptionalFields = contains(.missingOptional)
        options.hasInvalidUTF8 = contains(.invalidUTF8)
        options.hasDeepJSON = contains(.deepJSON)
        options.hasInvalidConnectors = contains(.strangeConnectors)
        if contains(.hugeNumbers) {
            options.extraItems += Self.hugeNumbers
            options.replacedNumbers = Self.hugeNumbers[0]
        }
        if contains(.negativeNumbers) {
            options.extraItems += Self.negativeNumbers
            options.replacedNumbers = options.replacedNumbers ?? Self.negativeNumbers[0]
        }
        return options
    }

    private static let hugeNumbers: [RenderingOptions.OddNumbers] = [
        .init(time: "99999999999999999999999999", number: "1e300"),
        .init(time: "9223372036854775808", number: "0"),
        .init(time: "1e308", number: "9223372036854775807"), .init(time: "1e999", number: "1"),
        .init(time: "1700000000.5", number: "0"),
    ]

    private static let negativeNumbers: [RenderingOptions.OddNumbers] = [
        .init(time: "-1700000000", number: "-1"), .init(time: "-9223372036854775809", number: "0"),
        .init(time: "-1e308", number: "0"), .init(time: "1700000000", number: "-1"),
    ]

    func applied(to connectors: [SimulatedConnector]) -> [SimulatedConnector] {
        var listed = connectors
        if contains(.vanish), let missing = missingConnector ?? listed.first?.identity.id {
            listed.removeAll { $0.identity.id == missing }
        }
        if contains(.duplicateConnectors) {
            listed = listed.flatMap {
                duplicateConnector == nil || duplicateConnector == $0.identity.id ? [$0, $0] : [$0]
            }
        }
        return listed
    }

    /// Returns the items of a page, duplicated and shuffled if the faults require it.
    mutating func applied<Item>(toPage page: [Item]) -> [Item] {
        var items = page
        if contains(.duplicateItems), let first = page.first {
            // At least one item is duplicated, because the fault would have no effect otherwise.
            items = page.flatMap { random.chance(0.3) ? [$0, $0] : [$0] }
            if items.count == page.count { items.insert(first, at: 0) }
        }
        if contains(.shuffle), items.count > 1 {
            for last in items.indices.dropFirst().reversed() { items.swapAt(last, random.whole(0, last)) }
        }
        return items
    }
}
