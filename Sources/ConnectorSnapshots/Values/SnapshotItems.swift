// SPDX-License-Identifier: Apache-2.0

/// The filters and limits of lists, whose names come from outside.
enum SnapshotItems {
    /// Returns the items of a list that have series.
    ///
    /// Uninteresting items are filtered out. Of items with the same key, one is kept. Items beyond the limit of the list
    /// are dropped.
    ///
    /// - Returns: the items, and the number of dropped ones.
    static func bounded(_ items: [SnapshotItem], of list: SnapshotList) -> (
        items: [SnapshotItem], dropped: Int
    ) {
        guard let limit = list.limit else { return (items, 0) }
        var kept: [SnapshotItem] = []
        var positions: [String: Int] = [:]
        var dropped: Set<String> = []
        for item in items where isIncluded(item) {
            var item = item
            item.identity = item.identity.map(\.cut)
            let key = item.identity[list.keyIndex]
            if let position = positions[key] {
                if isPreferred(item, over: kept[position]) { kept[position] = item }
            } else if kept.count < limit {
                positions[key] = kept.count
                kept.append(item)
            } else {
                dropped.insert(key)
            }
        }
        return (kept, dropped.count)
    }

    /// Returns whether an item replaces an earlier one with the same key: the worse tunnel, the warmer sensor, and
    /// otherwise the later item, which hides the earlier one.
    private static func isPreferred(_ item: SnapshotItem, over other: SnapshotItem) -> Bool {
        switch item.list {
        case .tunnels:
            let severities = [item, other].map { TunnelHealth(of: $0).severity }
            return severities[0] > severities[1]
        case .thermals:
            let field = "current_celcius"
            return (item.number(field) ?? -.infinity) > (other.number(field) ?? -.infinity)
        default:
            return true
        }
    }

    /// Returns whether an item has series, by the default filters of node_exporter.
    private static func isIncluded(_ item: SnapshotItem) -> Bool {
        let name = item.identity[0]
        switch item.list {
        case .netdevs, .interfaces:
            return name != "lo" && !name.hasPrefix("veth") && !name.hasPrefix("dummy")
        case .disks:
            return !isPartitionOrLoop(name)
        case .mounts:
            let path = item.identity[1]
            let isKernel = ["/dev", "/proc", "/sys", "/run"].contains {
                path == $0 || path.hasPrefix("\($0)/")
            }
            return !isKernel && !["tmpfs", "overlay", "squashfs"].contains(item.identity[2])
        default:
            return true
        }
    }

    /// Whether a block device is a partition, a loop device, a RAM disk or a floppy disk.
    ///
    /// Source: node_exporter, `^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$`.
    private static func isPartitionOrLoop(_ name: String) -> Bool {
        let stem = name.utf8.reversed().drop { (0x30...0x39).contains($0) }
        guard stem.count < name.utf8.count else { return false }
        let prefix = String(decoding: stem.reversed(), as: UTF8.self)
        if ["ram", "zram", "loop", "fd"].contains(prefix) { return true }
        if prefix.hasPrefix("nvme") && prefix.hasSuffix("p") {
            let parts = prefix.dropFirst(4).dropLast().split(separator: "n", omittingEmptySubsequences: false)
            return parts.count == 2
                && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        }
        guard let letter = prefix.utf8.last, (0x61...0x7a).contains(letter) else { return false }
        return ["hd", "sd", "vd", "xvd"].contains(String(prefix.dropLast()))
    }
}

extension String {
    /// The maximum length of a text from a snapshot, in bytes.
    private static var longestText: Int { 128 }

    /// The text, cut to the maximum length at the boundary of a character.
    var cut: String {
        guard utf8.count > Self.longestText else { return self }
        var length = 0
        let kept = unicodeScalars.prefix { scalar in
            length += UTF8.width(scalar)
            return length <= Self.longestText
        }
        return String(String.UnicodeScalarView(kept))
    }
}
