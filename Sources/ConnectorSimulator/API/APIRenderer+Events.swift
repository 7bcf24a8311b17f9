// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

extension APIRenderer {
    /// The value of `cursor` in a list.
    enum CursorField: Equatable {
        case absent
        case null
        case text(String)
    }

    func page(_ events: [SimulatedEvent], cursor: CursorField) -> SimulatedResponse {
        list(events, capacity: 80, cursor: cursor) { json, event in
            json.object { json in
                json.eventFields(event)
                if options.hasExtraFields {
                    json.field("z", raw: #"{"k":[null,1e-7,"t"]}"#)
                    json.field("", false)
                }
            }
        } extraItem: { json, odd in
            json.field("a", raw: odd.time)
            json.field("k", "Reconcile")
            json.field("n", raw: odd.number)
            json.field("t", raw: odd.time)
        }
    }

    /// Renders the newest events.
    func latest(_ events: [SimulatedEvent]) -> SimulatedResponse {
        list(events, capacity: 160, cursor: .absent) {
            write($1, to: &$0)
        } extraItem: { json, odd in
            json.field("e", raw: #"{"k":"Reconcile"}"#)
            json.field("n", raw: odd.number)
            json.field("t", raw: odd.time)
        }
    }

    func event(_ event: SimulatedEvent) -> SimulatedResponse {
        envelope(capacity: 256) { json in
            guard let numbers = options.replacedNumbers else { return write(event, to: &json) }
            json.object { json in
                json.payload(of: event)
                json.field("n", raw: numbers.number)
                json.field("t", raw: numbers.time)
            }
        }
    }

    private func list(
        _ events: [SimulatedEvent],
        capacity: Int,
        cursor: CursorField,
        item: (inout JSONWriter, SimulatedEvent) -> Void,
        extraItem: (inout JSONWriter, RenderingOptions.OddNumbers) -> Void
    ) -> SimulatedResponse {
        envelope(capacity: 64 + capacity * events.count) { json in
            json.object { json in
                json.field("count", events.count + options.extraItems.count)
                json.array("items") { json in
                    for event in events { item(&json, event) }
                    for numbers in options.extraItems { json.object { extraItem(&$0, numbers) } }
                }
                switch cursor {
                case .absent: break
                case .null: json.field("cursor", raw: "null")
                case .text(let text): json.field("cursor", text)
                }
            }
        }
    }

    private func write(_ event: SimulatedEvent, to json: inout JSONWriter) {
        json.object { json in
            json.payload(of: event, hasExtraFields: options.hasExtraFields)
            json.field("n", number: event.n)
            json.field("t", number: event.t)
            if !options.omitsOptionalFields { json.field("v", event.version) }
            if options.hasExtraFields { json.field("r", raw: "[[[]]]") }
        }
    }
}

extension JSONWriter {
    /// Appends the fields that an event has in every list: `a`, `k`, `n` and `t`.
    mutating func eventFields(_ event: SimulatedEvent) {
        field("a", number: event.a)
        field("k", event.kind.rawValue)
        field("n", number: event.n)
        field("t", number: event.t)
    }

    /// Appends the payload of an event, `e`.
    mutating func payload(of event: SimulatedEvent, hasExtraFields: Bool = false) {
        object("e") { json in
            json.field("k", event.kind.rawValue)
            switch event.payload {
            case .none: break
            case .tunnel(let id): json.field("tunnel_id", id)
            case .url(let url): json.field("url", url)
            }
            if hasExtraFields { json.field("reason", raw: #"{"code":[1,2.5,null]}"#) }
        }
    }
}
