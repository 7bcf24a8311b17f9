// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// Events in the API's words.
extension Telling {
    /// What stands under `cursor`.
    enum CursorField: Equatable {
        case absent
        case null
        case text(String)
    }

    /// A page of the list of events.
    mutating func page(_ events: [SimulatedEvent], cursor: CursorField) -> Answer {
        let events = arranged(events)
        let extra = Self.monsters.count { has($0.0) }
        return envelope(capacity: 64 + 80 * events.count) { json in
            json.raw("{\"count\":")
            json.integer(events.count + extra)
            json.raw(",\"items\":[")
            for (index, event) in events.enumerated() {
                if index > 0 { json.raw(",") }
                json.raw("{\"a\":")
                json.number(event.a)
                json.raw(",\"k\":")
                json.string(event.kind.rawValue)
                json.raw(",\"n\":")
                json.number(event.n)
                json.raw(",\"t\":")
                json.number(event.t)
                if has(.extraFields) { json.raw(",\"z\":{\"k\":[null,1e-7,\"t\"]},\"\":false") }
                json.raw("}")
            }
            writeMonsters(to: &json, isFirst: events.isEmpty) { json, number, sequence in
                json.raw("{\"a\":")
                json.raw(number)
                json.raw(",\"k\":\"Reconcile\",\"n\":")
                json.raw(sequence)
                json.raw(",\"t\":")
                json.raw(number)
                json.raw("}")
            }
            json.raw("]")
            switch cursor {
            case .absent: break
            case .null: json.raw(",\"cursor\":null")
            case .text(let text):
                json.raw(",\"cursor\":")
                json.string(text)
            }
            json.raw("}")
        }
    }

    /// The newest events.
    mutating func latest(_ events: [SimulatedEvent]) -> Answer {
        let events = arranged(events)
        let extra = Self.monsters.count { has($0.0) }
        return envelope(capacity: 64 + 160 * events.count) { json in
            json.raw("{\"count\":")
            json.integer(events.count + extra)
            json.raw(",\"items\":[")
            for (index, event) in events.enumerated() {
                if index > 0 { json.raw(",") }
                write(event, to: &json)
            }
            writeMonsters(to: &json, isFirst: events.isEmpty) { json, number, sequence in
                json.raw("{\"e\":{\"k\":\"Reconcile\"},\"n\":")
                json.raw(sequence)
                json.raw(",\"t\":")
                json.raw(number)
                json.raw("}")
            }
            json.raw("]}")
        }
    }

    /// One event.
    func event(_ event: SimulatedEvent) -> Answer {
        envelope(capacity: 256) { json in
            if has(.hugeNumbers) || has(.negativeNumbers) {
                let isHuge = has(.hugeNumbers)
                json.raw("{\"e\":")
                json.payload(of: event)
                json.raw(",\"n\":")
                json.raw(isHuge ? "1e300" : "-1")
                json.raw(",\"t\":")
                json.raw(isHuge ? "99999999999999999999999999" : "-1700000000")
                json.raw("}")
            } else {
                write(event, to: &json)
            }
        }
    }

    private func write(_ event: SimulatedEvent, to json: inout JSONWriter) {
        json.raw("{\"e\":")
        json.payload(of: event, hasExtraFields: has(.extraFields))
        json.raw(",\"n\":")
        json.number(event.n)
        json.raw(",\"t\":")
        json.number(event.t)
        if !has(.missingOptional) {
            json.raw(",\"v\":")
            json.string(event.version)
        }
        if has(.extraFields) { json.raw(",\"r\":[[[]]]") }
        json.raw("}")
    }

    /// Adds items whose numbers make no sense.
    private func writeMonsters(
        to json: inout JSONWriter,
        isFirst: Bool,
        _ write: (inout JSONWriter, _ number: StaticString, _ sequence: StaticString) -> Void
    ) {
        var isFirst = isFirst
        for (distortion, number, sequence) in Self.monsters where has(distortion) {
            if !isFirst { json.raw(",") }
            isFirst = false
            write(&json, number, sequence)
        }
    }

    private static let monsters: [(Distortion, number: StaticString, sequence: StaticString)] = [
        (.hugeNumbers, "99999999999999999999999999", "1e300"), (.hugeNumbers, "9223372036854775808", "0"),
        (.hugeNumbers, "1e308", "9223372036854775807"), (.hugeNumbers, "1e999", "1"),
        (.hugeNumbers, "1700000000.5", "0"), (.negativeNumbers, "-1700000000", "-1"),
        (.negativeNumbers, "-9223372036854775809", "0"), (.negativeNumbers, "-1e308", "0"),
        (.negativeNumbers, "1700000000", "-1"),
    ]

    /// The items of a page, doubled and shuffled where that is asked for.
    private mutating func arranged(_ events: [SimulatedEvent]) -> [SimulatedEvent] {
        var items = events
        if has(.duplicateItems), let first = events.first {
            // At least one, or the fault would not be there.
            items = events.flatMap { random.chance(0.3) ? [$0, $0] : [$0] }
            if items.count == events.count { items.insert(first, at: 0) }
        }
        if has(.shuffle), items.count > 1 {
            for last in items.indices.dropFirst().reversed() { items.swapAt(last, random.whole(0, last)) }
        }
        return items
    }
}

extension JSONWriter {
    /// Appends the payload of an event, `e`.
    mutating func payload(of event: SimulatedEvent, hasExtraFields: Bool = false) {
        raw("{\"k\":")
        string(event.kind.rawValue)
        switch event.payload {
        case .none: break
        case .tunnel(let id):
            raw(",\"tunnel_id\":")
            string(id)
        case .url(let url):
            raw(",\"url\":")
            string(url)
        }
        if hasExtraFields { raw(",\"reason\":{\"code\":[1,2.5,null]}") }
        raw("}")
    }
}
