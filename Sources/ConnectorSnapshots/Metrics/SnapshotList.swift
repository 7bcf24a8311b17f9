// SPDX-License-Identifier: Apache-2.0

/// A list of items in a snapshot.
///
/// The raw value is the field in the API.
package enum SnapshotList: String, Sendable, Hashable, CaseIterable {
    case tunnels
    case interfaces
    case netdevs
    case bonds
    case disks
    case mounts
    case thermals
    case leases = "dhcp_leases"
    case routes

    /// The text fields that identify an item.
    ///
    /// An item without one of them is malformed.
    package var identity: [String] {
        switch self {
        case .tunnels: ["tunnel_id"]
        case .interfaces, .netdevs, .bonds, .disks: ["name"]
        case .mounts: ["name", "mount_point", "file_system"]
        case .thermals: ["label"]
        case .leases: ["interface_name"]
        case .routes: ["kind"]
        }
    }

    /// The labels with the values of `identity`.
    ///
    /// `device` is the label of node_exporter. It is not the `device_id` of `info`.
    package var labels: [String] {
        switch self {
        case .tunnels: ["tunnel_id"]
        case .interfaces, .netdevs, .disks, .leases: ["device"]
        case .bonds: ["master"]
        case .mounts: ["device", "mountpoint", "fstype"]
        case .thermals: ["sensor"]
        case .routes: ["kind"]
        }
    }

    /// The maximum number of items with series of their own; `nil` if items are only counted.
    var limit: Int? {
        switch self {
        case .tunnels, .interfaces, .netdevs, .bonds, .thermals: 64
        case .disks, .mounts: 32
        case .leases, .routes: nil
        }
    }

    /// The index in `identity` that must be unique; the last of equal items is kept, unless `prefers` decides.
    var keyIndex: Int { self == .mounts ? 1 : 0 }
}
