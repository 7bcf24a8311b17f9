// SPDX-License-Identifier: Apache-2.0

/// A group of metrics that can be switched off.
///
/// The raw value is the configuration value.
package enum SnapshotCollector: String, Sendable, Hashable, CaseIterable {
    case highAvailability = "ha"
    case system
    case memory
    case pressure
    case network
    case tunnels
    case disks
    case filesystems
    case temperatures
    case dhcp
    case routes
    case netstat
}
