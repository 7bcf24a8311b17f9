// SPDX-License-Identifier: Apache-2.0

/// The state of a connector at one time, as it reported it.
///
/// It contains only the fields that metrics read. Lists are filtered and bounded.
///
/// Source: Cloudflare API, "Get latest Snapshots".
package struct Snapshot: Sendable, Hashable {
    /// When the connector recorded the snapshot, in seconds since the Unix epoch.
    package let t: Int

    /// When the connector booted, in seconds since the Unix epoch; `nil` if unknown.
    package var bootTime: Double?

    /// The values in the order of `SnapshotSchema.numbers`, then `flags`; not a number if absent.
    private let numbers: [Double]

    /// The values in the order of `SnapshotSchema.texts`.
    private let texts: [String?]

    /// The items by list.
    ///
    /// A list that was not collected is absent.
    private var lists: [SnapshotList: [SnapshotItem]]

    /// The number of items and parts of texts that exceeded a limit.
    package private(set) var dropped: Int

    /// Creates a snapshot.
    ///
    /// - Parameters:
    ///   - t: when it was recorded.
    ///   - numbers: returns the value of a number; `nil` if it is absent.
    ///   - flags: returns the value of a boolean; `nil` if it is absent.
    ///   - texts: returns the value of a text; `nil` if it is absent.
    ///   - lists: the well-formed items by list, in the order of the API.
    package init(
        t: Int,
        numbers: (String) -> Double?,
        flags: (String) -> Bool?,
        texts: (String) -> String?,
        lists: [SnapshotList: [SnapshotItem]]
    ) {
        self.t = t
        let schema = SnapshotSchema.snapshot
        self.numbers =
            schema.numbers.map { numbers($0) ?? .nan }
            + schema.flags.map { flags($0).map { $0 ? 1 : 0 } ?? .nan }
        self.texts = schema.texts.map { texts($0)?.cut }
        self.lists = [:]
        dropped = 0
        for (list, items) in lists {
            let bounded = SnapshotItems.bounded(items, of: list)
            self.lists[list] = bounded.items
            dropped += bounded.dropped
        }
        bootTime = Self.bootTime(of: self)
    }

    package func number(_ field: String) -> Double? {
        guard let index = SnapshotSchema.snapshot.numberIndex[field], numbers[index].isFinite else {
            return nil
        }
        return numbers[index]
    }

    func text(_ field: String) -> String? { SnapshotSchema.snapshot.textIndex[field].flatMap { texts[$0] } }

    /// Returns the items of a list, or none if it was not collected.
    package func items(of list: SnapshotList) -> [SnapshotItem] { lists[list] ?? [] }

    /// Whether a list was collected, possibly without items.
    func hasList(_ list: SnapshotList) -> Bool { lists[list] != nil }

    private static func bootTime(of snapshot: Snapshot) -> Double? {
        let uptime = snapshot.number("uptime_total_ms").map { Double(snapshot.t) - $0 / 1000 }
        let times = [snapshot.number("kernel_btime"), snapshot.number("system_boot_time_s"), uptime]
        return times.lazy.compactMap(\.self).first { $0 > 0 && $0 <= Double(snapshot.t) + 86_400 }
    }
}

extension Snapshot {
    /// The devices with leases, active or expired.
    package var leaseDevices: Set<String> {
        Set(items(of: .leases).lazy.compactMap { $0.identity.first })
    }

    /// Adds devices that had leases before, so that they show 0.
    package mutating func addLeaseDevices(_ devices: Set<String>) {
        guard let leases = lists[.leases] else { return }
        let missing = devices.subtracting(leaseDevices)
        let empty = missing.sorted().compactMap { device in
            SnapshotItem(of: .leases, numbers: { _ in nil }, flags: { _ in nil }, texts: { _ in device })
        }
        lists[.leases] = leases + empty
    }
}
