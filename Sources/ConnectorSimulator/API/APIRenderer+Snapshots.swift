// SPDX-License-Identifier: Apache-2.0

extension APIRenderer {
    /// Renders a page of the list of snapshots.
    ///
    /// - Parameters:
    ///   - items: when each snapshot was collected and recorded.
    ///   - cursor: the value of `cursor`.
    /// - Returns: a response with status 200.
    func snapshotPage(_ items: [(a: Int, t: Int)], cursor: CursorField) -> SimulatedResponse {
        envelope(capacity: 64 + 40 * items.count) { json in
            json.object { json in
                json.field("count", items.count + options.extraItems.count)
                json.array("items") { json in
                    for item in items {
                        json.object { json in
                            json.field("a", number: item.a)
                            json.field("t", number: item.t)
                            if options.hasExtraFields { json.field("z", raw: #"{"k":[null,1e-7,"t"]}"#) }
                        }
                    }
                    for numbers in options.extraItems {
                        json.object { json in
                            json.field("a", raw: numbers.time)
                            json.field("t", raw: numbers.time)
                        }
                    }
                }
                switch cursor {
                case .absent: break
                case .null: json.field("cursor", raw: "null")
                case .text(let text): json.field("cursor", text)
                }
            }
        }
    }

    /// Renders the newest snapshots.
    func latestSnapshots(_ snapshots: [SnapshotObject]) -> SimulatedResponse {
        envelope(capacity: 32_768 * snapshots.count) { json in
            json.object { json in
                json.field("count", snapshots.count)
                json.array("items") { json in
                    for snapshot in snapshots { snapshot.write(to: &json) }
                }
            }
        }
    }

    func snapshot(_ snapshot: SnapshotObject) -> SimulatedResponse {
        envelope(capacity: 32_768) { snapshot.write(to: &$0) }
    }
}
